# Shared by script/test and script/prove, which source it after set-up.sh: installs what tests need, makes a scratch folder
# that goes away at the end, and starts PostgreSQL in it.
# shellcheck shell=bash disable=SC2154

# The browser is Debian's Chromium without a window, in which a page opens in a third of the time; script/prove takes the
# whole one. libatomic1: what drives the browser cannot start without it, and a bare Debian lacks it. strace: sees what is
# written.
chromium="${chromium:-chromium-headless-shell}"
test_packages="$chromium libatomic1 postgresql poppler-utils strace"
chromium_path() {
    command -v "$chromium" || command -v chromium || command -v chromium-browser || command -v google-chrome || true
}
postgres_bin() {
    local folder
    folder="$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)"
    [ -n "$folder" ] || folder="$(dirname "$(command -v initdb || true)")"
    [ -x "$folder/initdb" ] && printf '%s' "$folder"
}
tools_found() {
    if may_install; then command -v "$chromium" >/dev/null; else [ -n "$(chromium_path)" ]; fi &&
        pdf_libraries_found && libraries_found libatomic.so.1 && [ -n "$(postgres_bin)" ] &&
        command -v pdftotext >/dev/null && command -v strace >/dev/null
}

need_python
if ! tools_found; then
    # shellcheck disable=SC2086
    if may_install; then
        install_packages $pdf_packages $test_packages
    else
        stop "The tests need these first (Debian's names): $pdf_packages $test_packages"
    fi
fi
need_venv requirements-dev.txt

scratch="$(mktemp -d "${TMPDIR:-/tmp}/handlekort-test.XXXXXX")"
pg_bin="$(postgres_bin)"
as_postgres() { if [ "$(id -u)" -eq 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
tidy_up() {
    [ ! -f "$scratch/pg/data/postmaster.pid" ] || (cd / && as_postgres "$pg_bin/pg_ctl" -D "$scratch/pg/data" -m immediate -s stop) || true
    rm -rf "$scratch"
}
trap tidy_up EXIT

export HANDLEKORT_CHROMIUM="${HANDLEKORT_CHROMIUM:-$(chromium_path)}"
unset DATABASE_URL HANDLEKORT_DEMO HANDLEKORT_DATA HANDLEKORT_STATIC ALLOWED_HOSTS SECRET_KEY HANDLEKORT_KEYS DJANGO_SETTINGS_MODULE
export HANDLEKORT_WEB_ROLE=handlekort_web
unset HANDLEKORT_PROVE HANDLEKORT_FIGURES HANDLEKORT_FIGURES_COMMAND HANDLEKORT_TESTS_UNTIL
# Each stage starts many processes, and each would compile everything again.
unset PYTHONDONTWRITEBYTECODE
run() { .venv/bin/python -m "$@"; }

# Starts a throwaway PostgreSQL on a Unix socket and sets $postgresql_url, the owner's. Tests take the web server's role.
postgresql_url=""
start_postgresql() {
    [ -z "$postgresql_url" ] || return 0
    mkdir -p "$scratch/pg" && chmod 755 "$scratch" || return 1
    [ "$(id -u)" -ne 0 ] || chown postgres "$scratch/pg" || return 1
    (
        cd / &&
            as_postgres "$pg_bin/initdb" -D "$scratch/pg/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >/dev/null &&
            as_postgres "$pg_bin/pg_ctl" -D "$scratch/pg/data" -l "$scratch/pg/log" -w -s start \
                -o "-k $scratch/pg -c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off" &&
        as_postgres "$pg_bin/createuser" -h "$scratch/pg" -U postgres "$HANDLEKORT_WEB_ROLE"
    ) || { cat "$scratch/pg/log" 2>/dev/null; return 1; }
    postgresql_url="postgres://postgres@${scratch//\//%2F}%2Fpg/postgres"
}

# The scanner gets a venv of its own inside .venv: it wants other versions of what the product stands on.
need_scanner() {
    local lock=requirements-scan.txt folder=.venv/scanner wanted
    wanted="$(fingerprint "$lock")"
    if [ "$(cat "$folder/installed.sha256" 2>/dev/null || true)" != "$wanted" ]; then
        say "Installing the scanner from $lock …"
        rm -rf "$folder"
        { "$python" -m venv "$folder" && "$folder/bin/pip" install --quiet --disable-pip-version-check --no-input \
            --require-hashes --prefer-binary -r "$lock"; } || { say "The scanner could not be installed."; return 1; }
        printf '%s\n' "$wanted" > "$folder/installed.sha256"
    fi
    export HANDLEKORT_WAPITI="$PWD/$folder/bin/wapiti"
}
