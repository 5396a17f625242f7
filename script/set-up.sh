# Shared by script/demo and script/test, which source it: finds Python, installs Debian packages, keeps .venv up to date.
# shellcheck shell=bash

say() { printf '%s\n' "$*"; }
stop() { printf '\n%s\n' "$*" >&2; exit 1; }

on_debian() { command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; }
may_install() { on_debian && [ "$(id -u)" -eq 0 ]; }

# Prints those of the given Debian packages that are not installed.
missing_packages() {
    local package
    for package in "$@"; do
        [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)" = installed ] || printf '%s ' "$package"
    done
}

apt_updated=""
install_packages() {
    local missing report
    missing="$(missing_packages "$@")"
    [ -n "$missing" ] || return 0
    say "Installing Debian packages: $missing"
    report="$(mktemp)"
    if [ -z "$apt_updated" ]; then
        apt-get update >"$report" 2>&1 || {
            cat "$report" >&2
            stop "apt-get update failed. Is this machine on the network?"
        }
        apt_updated=yes
    fi
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing >"$report" 2>&1 || {
        cat "$report" >&2
        stop "These Debian packages could not be installed: $missing"
    }
    rm -f "$report"
}

# Sets $python to one that is new enough and can make a virtual environment.
python=""
find_python() {
    local candidate
    for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
        if "$candidate" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            python="$(command -v "$candidate")"
            return 0
        fi
    done
    return 1
}

need_python() {
    find_python && return 0
    if may_install; then
        install_packages python3 python3-venv
        find_python && return 0
    fi
    on_debian && stop "Python 3.11 or newer is needed. As root: apt-get install python3 python3-venv"
    stop "Python 3.11 or newer is needed, with its venv module."
}

fingerprint() { "$python" -c 'import hashlib, sys; print(hashlib.sha256(b"".join(open(f, "rb").read() for f in sys.argv[1:])).hexdigest())' "$@"; }

# Makes .venv hold what the given lock names; does nothing when it already does.
need_venv() {
    local lock="$1" stamp=".venv/installed-$1.sha256" wanted
    if [ -d .venv ] && ! .venv/bin/python -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        say "The folder .venv does not work here (moved, or another Python). Making it anew."
        rm -rf .venv
    fi
    [ -d .venv ] || "$python" -m venv .venv || stop "A virtual environment could not be made in .venv."
    wanted="$(fingerprint "$lock")"
    [ "$(cat "$stamp" 2>/dev/null || true)" = "$wanted" ] && return 0
    say "Installing Python packages from $lock …"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes --only-binary :all: \
        -r "$lock" || stop "The Python packages could not be installed. Is this machine on the network?"
    printf '%s\n' "$wanted" > "$stamp"
}

# The libraries that make PDFs, by what is there rather than by who installed it.
pdf_packages="libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
pdf_libraries_found() { libraries_found libpango-1.0.so.0 libpangoft2-1.0.so.0 libharfbuzz-subset.so.0; }
libraries_found() { "$python" -c 'import ctypes, sys; [ctypes.CDLL(name) for name in sys.argv[1:]]' "$@" 2>/dev/null; }
