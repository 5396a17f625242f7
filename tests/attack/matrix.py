"""Who gets what: every address of the product × every method × everybody who may come by, in one table.

A row names a pattern, the kind of page it is, and one letter for each actor, in the order of ``ACTORS``:
strangers (anonymous, only a password, deactivated), the school (owner, participant, colleague, staff elsewhere, leader,
leader elsewhere), SSP (named, anonymous, not asked, another municipality's, referral ended), administrator.
"""

from tests.attack.walk import METHODS
from tests.attack.world import ACTORS

KINDS = {
    # What a page answers whom it lets in.   GET HEAD POST PUT PATCH DELETE OPTIONS
    "page": "200 200 405 405 405 405 405",
    "read and search": "200 200 200 405 405 405 405",
    "form": "200 200 422 405 405 405 405",
    "only post": "405 405 422 405 405 405 405",
    "told": "405 405 302:nu 405 405 405 405",
    "taken": "405 405 302:sag 405 405 405 405",
    # An empty label takes it away.
    "labelled": "405 405 302:sag 405 405 405 405",
    # An empty form files a section, but not on top of a filing that it does not know.
    "section": "200 200 409 405 405 405 405",
    "draft": "405 405 204 405 405 405 405",
    "first page": "200 200 302:foerst 405 405 405 405",
    "tasks": "302:sag 302:sag 405 405 405 405 405",
    "new case": "200 200 302:foerst 405 405 405 405",
    "proposal": "200 200 302:opbevaring 405 405 405 405",
    "missing": "404 404 404 404 404 404 404",
    "short address": "302:tilgaengelighed 302:tilgaengelighed 405 405 405 405 405",
    "hide": "200 200 204 405 405 405 405",
    "not switched on": "404 405 405 405 405 405 405",
    "sessions": "200 200 302:own_sessions 405 405 405 405",
    "demo only": "405 405 404 405 405 405 405",
    # allauth's pages: a form's errors come with 200, and PUT counts as POST.
    "account form": "200 200 200 200 405 405 200",
    "account page": "200 200 405 405 405 405 200",
    "logout": "200 200 302:start 405 405 405 200",
    "old link": "200 200 200 200 200 200 200",
    "no codes": "404 404 405 405 405 405 200",
    "key again": "200 200 302:account_login 302:account_login 405 405 200",
    "key login": "302:account_login 302:account_login 302:account_login 302:account_login 405 405 200",
    # Django's admin: most of its pages do not look at the method.
    "admin": "200 200 200 200 200 200 200",
    "admin page": "200 200 405 405 405 405 200",
    "admin index": "302:admin:index 302:admin:index 302:admin:index 302:admin:index 302:admin:index 302:admin:index "
    "302:admin:index",
    "admin logout": "405 405 302:start 405 405 405 200",
    "admin refused": "403 403 403 403 403 403 403",
    "admin lookup": "403 403 405 405 405 405 200",
    "admin look only": "200 200 403 200 200 200 200",
    "admin password": "302:account_change_password " * 7,
}

EVERYWHERE = {
    # Letters that do not ask what kind of page it is.
    "L": "302:account_login 302:account_login 403 403 403 403 302:account_login",
    "l": "302:admin:login 302:admin:login 403 403 403 403 302:admin:login",
    "i": "302:account_login " * 7,
    "2": "302:mfa_index " * 7,
    "h": "302:mine_sager " * 7,
    "r": "302:henvis 302:henvis 405 405 405 405 405",
    "p": "302:account_reauthenticate " * 7,
    "a": "302:admin:login " * 7,
    "b": "302:admin:index " * 7,
    "f": "403 " * 7,
    "n": "404 " * 7,
    "o": "302:start 302:start 302:start 405 405 405 200",
}
HIDDEN, FORBIDDEN, READ_ONLY, WELCOME = "0-s+"

_case = "sager/<uuid:public_id>/"

TABLE = {
    # pattern                                     kind            strangers school ssp admin
    "": ("page", "+++ ++++++ +++++ +"),
    "akut/": ("page", "+++ ++++++ +++++ +"),
    "vejledning/": ("page", "+++ ++++++ +++++ +"),
    "vejledning/<slug:step>/": ("page", "+++ ++++++ +++++ +"),
    "samtaler/": ("page", "+++ ++++++ +++++ +"),
    "vaegkort/": ("page", "+++ ++++++ +++++ +"),
    "niveauer/": ("page", "+++ ++++++ +++++ +"),
    "kontakter/": ("page", "+++ ++++++ +++++ +"),
    "proev/": ("read and search", "+++ ++++++ +++++ +"),
    "tilgaengelighed/": ("page", "+++ ++++++ +++++ +"),
    "was/": ("short address", "+++ ++++++ +++++ +"),
    "databeskyttelse/": ("page", "+++ ++++++ +++++ +"),
    "helbred/": ("page", "+++ ++++++ +++++ +"),
    "helbred/klar/": ("page", "+++ ++++++ +++++ +"),
    "static/css/base.css": ("page", "+++ ++++++ +++++ +"),
    "nowhere/": ("missing", "+++ ++++++ +++++ +"),
    "demo/log-ind/": ("demo only", "+++ ++++++ +++++ +"),
    # The cases.
    "sager/": ("page", "L2L ++++++ +++++ +"),
    "sager/ny/": ("new case", "L2L ++++++ ----- -"),
    _case: ("page", "L2L ++00+0 r-000 0"),
    _case + "foerst/<slug:section>/": ("first page", "L2L ++00+0 --000 0"),
    _case + "nu/": ("page", "L2L ++00+0 +-000 0"),
    _case + "nu/ledelsen/": ("told", "L2L ++00+0 --000 0"),
    _case + "kendetegn/": ("labelled", "L2L ++00+0 --000 0"),
    _case + "trin/<slug:step>/": ("tasks", "L2L ++00+0 +-000 0"),
    _case + "trin/<slug:step>/<slug:section>/": ("section", "L2L ++00+0 --000 0"),
    _case + "trin/<slug:step>/<slug:section>/kladde/": ("draft", "L2L ++00+0 --000 0"),
    _case + "trin/<slug:step>/spring-over/": ("form", "L2L ++00+0 --000 0"),
    _case + "plan/": ("page", "L2L ++00+0 +-000 0"),
    _case + "plan/<slug:duty>/": ("only post", "L2L ++00+0 --000 0"),
    _case + "opfoelgning/": ("form", "L2L ++00+0 --000 0"),
    _case + "log/": ("read and search", "L2L ++00+0 +-000 0"),
    _case + "log/notat/": ("form", "L2L ++00+0 +-000 0"),
    _case + "log/notat/kladde/": ("draft", "L2L ++00+0 +-000 0"),
    _case + "log/<int:seq>/ret/": ("form", "L2L ++00+0 +-000 0"),
    _case + "log/<int:seq>/ret/kladde/": ("draft", "L2L ++00+0 +-000 0"),
    _case + "resume/": ("page", "L2L ++00+0 +-000 0"),
    _case + "papirer/": ("page", "L2L ++00+0 +-000 0"),
    _case + "samtaler/": ("page", "L2L ++00+0 +-000 0"),
    _case + "underretning/<slug:child>/": ("page", "L2L ++00+0 --000 0"),
    _case + "underretning/<slug:child>/udkast.pdf": ("form", "L2L ++00+0 --000 0"),
    _case + "kort/": ("page", "L2L ++00+0 +-000 0"),
    _case + "kort.pdf": ("form", "L2L ++00+0 +-000 0"),
    _case + "log.pdf": ("form", "L2L ++00+0 --000 0"),
    _case + "sagsmappe.zip": ("form", "L2L ++00+0 --000 0"),
    _case + "resume.pdf": ("form", "L2L ++00+0 +-000 0"),
    _case + "politiark.pdf": ("form", "L2L ++00+0 --000 0"),
    _case + "logark.pdf": ("form", "L2L ++00+0 --000 0"),
    _case + "henvis/": ("form", "L2L +-00+0 ++000 0"),
    _case + "adgang/": ("form", "L2L +-00+0 --000 0"),
    _case + "status/": ("form", "L2L --00+0 --000 0"),
    _case + "ansvarlig/": ("form", "L2L --00+0 --000 0"),
    _case + "tag/": ("taken", "L2L --00+0 --000 0"),
    _case + "opbevaring/": ("read and search", "L2L --00+0 --000 0"),
    _case + "indsigt/": ("form", "L2L --00+0 --000 0"),
    "papirkontrol/": ("read and search", "L2L ++++++ +++++ +"),
    "statistik/": ("page", "L2L ----++ +++++ -"),
    "opslag/": ("page", "L2L ----++ ----- -"),
    "opbevaring/": ("page", "L2L ----++ ----- +"),
    # A button that nobody pressed keeps the case.
    "opbevaring/<uuid:proposal_id>/": ("proposal", "L2L ----+0 ----- +"),
    # Accounts. It is a while since they logged in, so that the password is asked for again. The owner has a phone
    # for codes and a key; the others only say that they have shown one.
    "konto/signup/": ("missing", "+++ ++++++ +++++ +"),
    "konto/email/": ("missing", "+++ ++++++ +++++ +"),
    "konto/confirm-email/": ("missing", "+++ ++++++ +++++ +"),
    "konto/confirm-email/<str:key>/": ("missing", "+++ ++++++ +++++ +"),
    r"konto/^confirm-email/(?P<key>[-:\w]+)/$": ("missing", "+++ ++++++ +++++ +"),
    "konto/login/code/confirm/": ("missing", "+++ ++++++ +++++ +"),
    "konto/password/set/": ("missing", "+++ ++++++ +++++ +"),
    "konto/sso/<slug:provider_key>/": ("not switched on", "+++ ++++++ +++++ +"),
    "konto/sso/<slug:provider_key>/retur/": ("not switched on", "+++ ++++++ +++++ +"),
    "konto/her-er-du-logget-ind/": ("sessions", "L2L ++++++ +++++ +"),
    # A POST locks the session: whoever has a password or second factor here gives it again, others log in again.
    "konto/bliv/": ("draft", "L2L ++++++ +++++ +"),
    "konto/skjul/": ("hide", "L2L ++++++ +++++ +"),
    "konto/login/": ("account form", "+h+ hhhhhh hhhhh h"),
    "konto/logout/": ("logout", "o+o ++++++ +++++ +"),
    "konto/inactive/": ("account page", "+++ ++++++ +++++ +"),
    "konto/reauthenticate/": ("account form", "L+L ++++++ +++++ +"),
    "konto/password/change/": ("account form", "L2L ++++++ +++++ +"),
    "konto/password/reset/": ("account form", "+++ ++++++ +++++ +"),
    "konto/password/reset/done/": ("account page", "+++ ++++++ +++++ +"),
    r"konto/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": ("old link", "+++ ++++++ +++++ +"),
    "konto/password/reset/key/done/": ("account page", "+++ ++++++ +++++ +"),
    "konto/2fa/": ("account page", "L+L ++++++ +++++ +"),
    "konto/2fa/authenticate/": ("account form", "ihi hhhhhh hhhhh h"),
    "konto/2fa/reauthenticate/": ("account form", "L2L +ppppp ppppp p"),
    "konto/2fa/totp/activate/": ("account form", "LpL pppppp ppppp p"),
    "konto/2fa/totp/deactivate/": ("account form", "L2L pnnnnn nnnnn n"),
    "konto/2fa/recovery-codes/": ("no codes", "L2L ++++++ +++++ +"),
    "konto/2fa/recovery-codes/generate/": ("account form", "L2L pppppp ppppp p"),
    "konto/2fa/recovery-codes/download/": ("missing", "L2L ++++++ +++++ +"),
    "konto/2fa/webauthn/": ("account page", "L+L ++++++ +++++ +"),
    "konto/2fa/webauthn/add/": ("account form", "LpL pppppp ppppp p"),
    "konto/2fa/webauthn/reauthenticate/": ("key again", "L2L +ppppp ppppp p"),
    "konto/2fa/webauthn/keys/<int:pk>/remove/": ("account form", "L2L pppppp ppppp p"),
    "konto/2fa/webauthn/keys/<int:pk>/edit/": ("account form", "L2L pppppp ppppp p"),
    "konto/2fa/webauthn/login/": ("key login", "+h+ hhhhhh hhhhh h"),
    # The administrator's pages.
    "admin/": ("admin", "l2l aaaaaa aaaaa +"),
    "admin/login/": ("admin index", "iii ffffff fffff +"),
    "admin/logout/": ("admin logout", "l2l bbbbbb bbbbb +"),
    "admin/password_change/": ("admin password", "l2l aaaaaa aaaaa +"),
    "admin/password_change/done/": ("admin page", "l2l aaaaaa aaaaa +"),
    "admin/autocomplete/": ("admin lookup", "l2l aaaaaa aaaaa +"),
    "admin/jsi18n/": ("admin page", "l2l aaaaaa aaaaa +"),
    "admin/foer-brug/": ("page", "L2L aaaaaa aaaaa +"),
    "admin/fra-liste/": ("form", "L2L aaaaaa aaaaa +"),
    r"admin/^(?P<app_label>guide|cases|mfa)/$": ("admin", "l2l aaaaaa aaaaa +"),
    r"admin/(?P<url>.*)$": ("missing", "l2l aaaaaa aaaaa +"),
}

_ADMIN_LETTERS = "L2L aaaaaa aaaaa "
# What the administrator of one municipality among several may not: that is for one without a municipality.
FOR_ALL = {
    "admin/cases/municipality/add/": FORBIDDEN,
    "admin/guide/contact/<path:object_id>/change/": READ_ONLY,
    "admin/guide/legalnote/<path:object_id>/change/": READ_ONLY,
}
_ADMIN_PAGES = ("", "add/", "<path:object_id>/history/", "<path:object_id>/delete/", "<path:object_id>/change/")
ADMIN_MODELS = {
    # model               list   add               history  delete           change
    "guide/contact": ("admin", "admin refused", "admin", "admin refused", "admin"),
    "guide/legalnote": ("admin", "admin refused", "admin", "admin refused", "admin"),
    "guide/localcontact": ("admin", "admin", "admin", "admin", "admin"),
    "guide/accessibility": ("admin", "admin", "admin", "admin", "admin"),
    "guide/singlesignon": ("admin", "admin", "admin", "admin", "admin look only"),
    "cases/municipality": ("admin", "admin", "admin", "admin refused", "admin"),
    "cases/school": ("admin", "admin", "admin", "admin refused", "admin"),
    "cases/user": ("admin", "admin", "admin", "admin refused", "admin"),
    "cases/closeddays": ("admin", "admin", "admin", "admin", "admin"),
    "cases/retentionrule": ("admin", "admin", "admin", "admin", "admin"),
    "mfa/authenticator": ("admin", "admin refused", "admin", "admin", "admin look only"),
}


def rows() -> dict[str, tuple[str, str]]:
    """The whole table: pattern -> kind and letters."""
    whole = dict(TABLE)
    for model, kinds in ADMIN_MODELS.items():
        for page, kind in zip(_ADMIN_PAGES, kinds, strict=True):
            pattern = f"admin/{model}/{page}"
            whole[pattern] = (kind, _ADMIN_LETTERS + FOR_ALL.get(pattern, WELCOME))
        # Django's address of old, which leads to the page of today.
        whole[f"admin/{model}/<path:object_id>/"] = (
            f"302:admin:{model.replace('/', '_')}_change",
            _ADMIN_LETTERS + WELCOME,
        )
    return whole


def declared(actor: str) -> dict[str, dict[str, str]]:
    """Pattern -> method -> what this actor gets."""
    place = ACTORS.index(actor)
    return {pattern: _outcomes(kind, letters.replace(" ", "")[place]) for pattern, (kind, letters) in rows().items()}


def hidden_from(actor: str) -> list[str]:
    """The patterns whose case this actor is not to know of."""
    place = ACTORS.index(actor)
    return [pattern for pattern, (_kind, letters) in rows().items() if letters.replace(" ", "")[place] == HIDDEN]


def takes_forms(kind: str) -> bool:
    """Whether such a page does something, or could, with what is sent to it."""
    return _welcome(kind)[METHODS.index("POST")] not in {"403", "404", "405"}


def _welcome(kind: str) -> list[str]:
    return (KINDS.get(kind) or f"{kind} " * len(METHODS)).split()


def _outcomes(kind: str, letter: str) -> dict[str, str]:
    welcome = _welcome(kind)
    if letter in EVERYWHERE:
        given = EVERYWHERE[letter].split()
    elif letter == WELCOME:
        given = welcome
    elif letter == READ_ONLY:
        given = [*welcome[:2], "403", *welcome[3:]]
    else:
        refusal = {HIDDEN: "404", FORBIDDEN: "403"}[letter]
        given = ["405" if status == "405" else refusal for status in welcome]
    return dict(zip(METHODS, given, strict=True))


def figures() -> dict[str, int]:
    """How much the table holds, for whoever publishes it."""
    urls = len(rows())
    hidden = sum(
        status == "404"
        for actor in ACTORS
        for pattern in hidden_from(actor)
        for status in declared(actor)[pattern].values()
    )
    return {
        "urls": urls,
        "actors": len(ACTORS),
        "methods": len(METHODS),
        "checks": urls * len(ACTORS) * len(METHODS),
        "hidden_compared": hidden,
    }
