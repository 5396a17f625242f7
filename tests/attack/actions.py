"""Everything that may be done through a form, with what a person would send: each is carried out as it stands."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from django.utils.http import urlencode
from fido2.utils import websafe_encode

from cases.log.entry_text import level_in_words
from cases.models import Case, User
from guide.questionnaire.step_form import fields_of
from guide.rules.deadlines import add_working_days
from guide.steps import BY_KEY
from tests.attack.matrix import ADMIN_MODELS, FOR_ALL
from tests.attack.walk import address, ask, fields
from tests.attack.world import CHALLENGE, FILINGS, PASSWORD, SECRET, WORD, World, everything
from tests.figures import LONG
from tests.guide.sections import IDS
from tests.guide.software_key import SoftwareKey
from tests.insight import mark_in

_case = "sager/<uuid:public_id>/"
SUBMISSION = "7b0e5a52-8b5e-4a3e-9a3e-0c1d2e3f4a5b"
Body = dict[str, list[str]]


@dataclass(frozen=True)
class Action:
    """One form sent by one actor. ``answer`` is the status with which it says that it was carried out."""

    actor: str
    pattern: str
    body: Callable[[World], Body]
    answer: int = 302
    fills: dict[str, str] = field(default_factory=dict)
    case: str = ""
    """The case that it is about, if not the one that the actor asks for otherwise."""
    ready: Callable[[World, Client], None] = lambda world, client: None
    """What the browser was told or asked before."""
    found: Callable[[World], dict[str, str]] = lambda world: {}
    """What else goes into the address."""
    shown: Callable[[World, Body], Body] = lambda world, body: body
    """What is sent in place of a changed body by somebody who was shown what it asks for."""

    def about(self, world: World) -> Case:
        """The case that it is done with."""
        return world[self.case] if self.case else world.case_of(self.actor)

    def client(self, world: World) -> Client:
        """A browser in which it may be done."""
        client = world.client(self.actor)
        self.ready(world, client)
        return client

    def path(self, world: World) -> str:
        """The address that the form is sent to."""
        known = {**world.fills(self.actor), "object_id": object_of(world, self.pattern)}
        known["public_id"] = str(self.about(world).public_id)
        return address(self.pattern, {**known, **self.fills, **self.found(world)})

    def send(self, world: World, body: Body | None = None, **headers: str) -> HttpResponse:
        """Send the form as it stands, or with another body."""
        typed = self.body(world) if body is None else body
        return ask(self.client(world), "POST", self.path(world), urlencode(typed, doseq=True), **headers)

    def page(self, world: World) -> HttpResponse:
        """The page that the form stands on."""
        return ask(self.client(world), "GET", self.path(world))


def _typed(**body: str) -> Callable[[World], Body]:
    return lambda world: {"submission_id": [SUBMISSION], **{name: [value] for name, value in body.items()}}


def _section(name: str, button: str) -> Callable[[World], Body]:
    key, _dot, section = name.partition(".")
    step, otherwise = BY_KEY[key], next(given for step, given in FILINGS if step == key)
    controls = {"handling": [button], "base_seq": ["999999999"], "submission_id": [SUBMISSION]}
    own = step.names([section])
    return lambda world: {**fields_of(own, everything(step, WORD, otherwise)), **controls}


def _first_questions(world: World) -> Body:
    return {**_section("afdaek.hvem", "videre")(world), "victim_age": ["13"]}


def _in_section(name: str, button: str, actor: str = "leader") -> Action:
    step, _dot, section = name.partition(".")
    return Action(actor, SECTION, _section(name, button), 302, {"step": step, "section": section})


def _duty(world: World) -> Body:
    typed = {"outcome": "done", "reason": f"{WORD} klaret", "submission_id": SUBMISSION}
    return {f"{world.duty}-{name}": [value] for name, value in typed.items()}


def _colleague(actor: str, **more: str) -> Callable[[World], Body]:
    return lambda world: _typed(colleague=str(world.users[actor].public_id), **more)(world)


def _follow_up(world: World) -> Body:
    day = add_working_days(timezone.localdate(), 5).strftime("%d-%m-%Y")
    return _colleague("leader", text=f"{WORD} følger op", day=day)(world)


def _thread(actor: str, **body: str) -> Callable[[World], Body]:
    """A form of the thread, by somebody who was shown the newest line and the level."""

    def typed(world: World) -> Body:
        case = Case.objects.unscoped("test").get(pk=world.case_of(actor).pk)
        level = level_in_words(case.levels, case.confirmed_level)
        return _typed(seq="999999", level=level, **body)(world)

    return typed


def _looks_after(pattern: str) -> str:
    return "keeper" if pattern in FOR_ALL else "administrator"


def _read_through(world: World, body: Body) -> Body:
    """What a leader sends who was shown what the rest of it asks for."""
    asked = urlencode({**body, "handling": ["vis"]}, doseq=True)
    preview = ask(world.client("leader"), "POST", address(_case + "indsigt/", world.fills("leader")), asked)
    return {**body, "read": ["on"], "laest": [mark_in(preview)]}


def _insight(kind: str) -> Callable[[World], Body]:
    typed = _typed(person="-", name=f"{WORD} navn", scope="hele", others=f"{WORD} andre", handling=kind)
    return lambda world: _read_through(world, typed(world))


def _on_page(pattern: str, **typed: str) -> Callable[[World], Body]:
    """What stands on the administrator's page already, with a change."""

    def body(world: World) -> Body:
        client = world.client(_looks_after(pattern))
        page = ask(client, "GET", address(pattern, {"object_id": object_of(world, pattern)}))
        shown = {name: given for name, given in fields(page.content.decode()).items() if not name.startswith("_")}
        place = {"municipality": world.municipality.pk, "school": world.school.pk}
        return {**shown, **{name: [value.format(**place)] for name, value in typed.items()}}

    return body


def object_of(world: World, pattern: str) -> str:
    """A row for the administrator's page to show."""
    return str(world.rows.get("/".join(pattern.split("/")[1:3]), world.cases["named"].pk))


def _with_another_session(world: World) -> Body:
    Client().force_login(world.users["owner"])
    return {"which": ["others"]}


def _gave_password(world: World, client: Client) -> None:
    """Give the password, as somebody who has a second factor too."""
    client.post("/konto/login/", {"login": world.users["owner"].email, "password": PASSWORD})


def recently(world: World, client: Client) -> None:
    """Have given the password once more, just now; a telephone and a key are asked for something to prove."""
    _put(
        client,
        account_authentication_methods=[{"method": "password", "at": time.time(), "reauthenticated": True}],
        account_authentication_methods_user=client.session["_auth_user_id"],
        **{"mfa.totp.secret": SECRET, "mfa.webauthn.state": _STATE},
    )


def _challenged(world: World, client: Client) -> None:
    _put(client, **{"mfa.webauthn.state": _STATE})


def _gave_password_and_challenged(world: World, client: Client) -> None:
    _gave_password(world, client)
    _challenged(world, client)


def _followed_link(world: World, client: Client) -> None:
    """Have opened the link of the mail about a forgotten password."""
    client.get(address(RESET_LINK, {**_of_link(world), "key": default_token_generator.make_token(_forgetful(world))}))


def _forgetful(world: World) -> User:
    return User.objects.get(pk=world.users["colleague"].pk)


def _of_link(world: World) -> dict[str, str]:
    return {"uidb36": user_pk_to_url_str(_forgetful(world)), "key": "set-password"}


def _put(client: Client, **told: object) -> None:
    session = client.session
    session.update(told)
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key


def _code(world: World) -> Body:
    _earlier, now, _later = yield_hotp_counters_from_time()
    return {"code": [format_hotp_value(hotp_value(SECRET, now))]}


def _signed(world: World) -> Body:
    key = SoftwareKey()
    key.handle = websafe_encode(user_pk_to_url_str(world.users["owner"]).encode())
    return {"credential": [json.dumps(key.sign({"publicKey": {"challenge": CHALLENGE}}))]}


def _registered(world: World) -> Body:
    key = SoftwareKey(number=b"\x09" * 16)
    answer = key.register({"publicKey": {"challenge": CHALLENGE, "user": {"id": ""}}})
    return {"credential": [json.dumps(answer)], "name": ["Min nøgle"]}


_STATE = {"challenge": CHALLENGE, "user_verification": "required"}
PRINTED = {
    "kort.pdf": "ssp_named",
    "resume.pdf": "ssp_named",
    "log.pdf": "owner",
    "sagsmappe.zip": "leader",
    "politiark.pdf": "leader",
    "logark.pdf": "participant",
    "underretning/<slug:child>/udkast.pdf": "leader",
}
STEP = _case + "trin/<slug:step>/"
SECTION = STEP + "<slug:section>/"
PROPOSAL = "opbevaring/<uuid:proposal_id>/"
RESET_LINK = r"konto/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$"
ACTIONS: dict[str, Action] = {
    "open a case": Action("owner", "sager/ny/", lambda world: {}),
    "open a case with answers": Action(
        "owner", "sager/ny/", lambda world: {"kinds": ["extortion"], "shown": ["nude"], "victim_age": ["14"]}
    ),
    "answer the first questions": Action(
        "leader", _case + "foerst/<slug:section>/", _first_questions, 302, {"section": "hvem"}
    ),
    **{f"file {name}": _in_section(name, "gem") for name in IDS},
    **{f"draft {name}": replace(_in_section(name, ""), pattern=SECTION + "kladde/", answer=204) for name in IDS},
    "add a row": _in_section("afdaek.personer", "tilfoej:people"),
    "take out a row": _in_section("afdaek.personer", "fjern:people:0"),
    "refresh": _in_section("afdaek.sted", "opdater"),
    "throw a draft away": _in_section("behandl.presse", "kasser", "owner"),
    "skip a step": Action("leader", STEP + "spring-over/", _typed(reason=f"{WORD} springer"), 302, {"step": "stop"}),
    "tick a duty": Action("leader", _case + "plan/<slug:duty>/", _duty),
    "set a follow-up": Action("leader", _case + "opfoelgning/", _follow_up),
    "tell the leaders": Action("owner", _case + "nu/ledelsen/", _typed()),
    "label a case": Action("leader", _case + "kendetegn/", _typed(label="8.b, Snapchat")),
    "search": Action("leader", _case + "log/", _typed(q=f"{WORD} soger", art="note", orden="aeldste", side="1"), 200),
    **{
        f"print {name}": Action(actor, f"{_case}{name}", _typed(recipient="selv"), 200, ready=recently)
        for name, actor in PRINTED.items()
    },
    "print for somebody else": Action(
        "leader", _case + "resume.pdf", _typed(recipient="anden", purpose=f"{WORD} modtager"), 200, ready=recently
    ),
    "check a paper": Action("administrator", "papirkontrol/", _typed(kode="k7q2-m9fx-3bcd"), 200),
    "note": Action(
        "ssp_named",
        _case + "log/notat/",
        _typed(
            nature="fact", day="01-02-2026", clock="8.15", who=f"{WORD} a", where=f"{WORD} b", text=f"{WORD} noterer"
        ),
    ),
    "correct": Action("leader", _case + "log/<int:seq>/ret/", _typed(text=f"{WORD} retter")),
    "draft a note": Action("ssp_named", _case + "log/notat/kladde/", _typed(text=f"{WORD} halvt"), 204),
    "draft a correction": Action("leader", _case + "log/<int:seq>/ret/kladde/", _typed(text=f"{WORD} halvt"), 204),
    "refer": Action(
        "leader",
        _case + "henvis/",
        _typed(
            form="named",
            purpose=f"{WORD} formaal",
            message=f"{WORD} besked",
            parts="afdaek",
            basis="ssp",
            necessity=f"{WORD} behov",
            handling="send",
        ),
    ),
    "ask without names": Action(
        "leader",
        _case + "henvis/",
        _typed(form="anonymous", purpose="Hvad gør vi nu?", message="", parts="afdaek", handling="send_nu"),
    ),
    "look at what SSP will read": Action(
        "leader",
        _case + "henvis/",
        _typed(form="anonymous", purpose="Ring til Bjarke på 22 33 44 55.", message="", handling="send"),
        200,
    ),
    "write to SSP": Action("leader", _case + "henvis/", _thread("leader", text=f"{WORD} til ssp", handling="svar")),
    "be done with SSP": Action("leader", _case + "henvis/", _thread("leader", handling="faerdig")),
    **{
        f"answer {actor}": Action(
            actor, _case + "henvis/", _thread(actor, change="returned", text=f"{WORD} fra ssp", handling="svar")
        )
        for actor in ("ssp_named", "ssp_anonymous")
    },
    "claim a referral": Action("ssp_named", _case + "henvis/", _thread("ssp_named", handling="tag")),
    "hand over a referral": Action(
        "ssp_named",
        _case + "henvis/",
        lambda world: {
            "handling": ["giv"],
            "giv-colleague": [str(world.users["ssp_colleague"].public_id)],
            "giv-submission_id": [SUBMISSION],
        },
    ),
    "step aside": Action(
        "ssp_named",
        _case + "henvis/",
        lambda world: {"handling": ["vig"], "vig-sure": ["on"], "vig-submission_id": [SUBMISSION]},
    ),
    "take a case": Action("leader", _case + "tag/", _typed()),
    "end a referral": Action(
        "leader",
        _case + "henvis/",
        lambda world: {
            "handling": ["traek_tilbage"],
            "slut-reason": [f"{WORD} slut"],
            "slut-submission_id": [SUBMISSION],
        },
    ),
    "let a colleague in": Action("leader", _case + "adgang/", _colleague("colleague", handling="tilfoej")),
    "end an access": Action("leader", _case + "adgang/", _colleague("participant", handling="fjern")),
    "close": Action(
        "leader", _case + "status/", _typed(reason=f"{WORD} lukker", despite="on", despite_ssp="on", handling="afslut")
    ),
    "assign": Action("leader", _case + "ansvarlig/", _colleague("colleague")),
    "open again": Action(
        "leader", _case + "status/", _typed(reason=f"{WORD} genåbner", handling="genaabn"), case="held"
    ),
    "propose to erase": Action("leader", _case + "opbevaring/", _typed(handling="foreslaa"), case="ripe"),
    "hold": Action("leader", _case + "opbevaring/", _typed(reason=f"{WORD} bevares", handling="stop"), case="ripe"),
    "release": Action(
        "leader", _case + "opbevaring/", _typed(reason=f"{WORD} afgjort", handling="ophaev"), case="held"
    ),
    "keep after all": Action("leader", PROPOSAL, _typed(handling="behold"), case="due"),
    "erase": Action("administrator", PROPOSAL, _typed(handling="slet"), case="due"),
    **{
        f"hand out as {kind}": Action(
            "leader",
            _case + "indsigt/",
            _insight(kind),
            200,
            shown=_read_through,
        )
        for kind in ("pdf", "json")
    },
    "try": Action("anonymous", "proev/", lambda world: {"kinds": ["extortion"], "shown": ["nude"]}, 200),
    "log in": Action(
        "anonymous",
        "konto/login/",
        lambda world: {"login": [world.users["colleague"].email], "password": [PASSWORD]},
    ),
    "forget a password": Action(
        "anonymous", "konto/password/reset/", lambda world: {"email": [world.users["colleague"].email]}
    ),
    "change a password": Action(
        "colleague",
        "konto/password/change/",
        lambda world: {
            "oldpassword": [PASSWORD],
            "password1": ["et ganske andet kodeord"],
            "password2": ["et ganske andet kodeord"],
        },
    ),
    "choose a new password": Action(
        "anonymous",
        RESET_LINK,
        lambda world: {"password1": ["et ganske andet kodeord"], "password2": ["et ganske andet kodeord"]},
        ready=_followed_link,
        found=_of_link,
    ),
    "log in with a code": Action("anonymous", "konto/2fa/authenticate/", _code, ready=_gave_password),
    "log in with a password and a key": Action(
        "anonymous", "konto/2fa/authenticate/", _signed, ready=_gave_password_and_challenged
    ),
    "log in with a key": Action("anonymous", "konto/2fa/webauthn/login/", _signed, ready=_challenged),
    "give the password again": Action("owner", "konto/reauthenticate/", lambda world: {"password": [PASSWORD]}),
    "give a code again": Action("owner", "konto/2fa/reauthenticate/", _code),
    "show a key again": Action("owner", "konto/2fa/webauthn/reauthenticate/", _signed, ready=_challenged),
    "set up a telephone": Action("colleague", "konto/2fa/totp/activate/", _code, ready=recently),
    "give up a telephone": Action("owner", "konto/2fa/totp/deactivate/", lambda world: {}, ready=recently),
    "make recovery codes": Action("owner", "konto/2fa/recovery-codes/generate/", lambda world: {}, ready=recently),
    "set up a key": Action("colleague", "konto/2fa/webauthn/add/", _registered, ready=recently),
    "name a key": Action(
        "owner", "konto/2fa/webauthn/keys/<int:pk>/edit/", lambda world: {"name": ["Ny nøgle"]}, ready=recently
    ),
    "give up a key": Action("owner", "konto/2fa/webauthn/keys/<int:pk>/remove/", lambda world: {}, ready=recently),
    "end other sessions": Action("owner", "konto/her-er-du-logget-ind/", _with_another_session),
    "log out": Action("owner", "konto/logout/", lambda world: {}),
}
for _model, _change in {
    "cases/user": {"name": "Bo Bæk"},
    "cases/school": {"name": "Nyskolen"},
    "cases/municipality": {"name": "Nykommune"},
    "cases/closeddays": {"name": "Vinterferie"},
    "cases/retentionrule": {"months": "70"},
    "guide/contact": {"audience": "Alle"},
    "guide/legalnote": {"plain": "Klart sprog."},
    "guide/localcontact": {"phone": "87654321"},
    "guide/accessibility": {"known_faults": "Kortet kan ikke læses op."},
}.items():
    _pattern = f"admin/{_model}/<path:object_id>/change/"
    ACTIONS[f"change {_model}"] = Action(_looks_after(_pattern), _pattern, _on_page(_pattern, **_change))
for _model, _new in {
    "cases/user": {
        "name": "Bo Bæk",
        "email": "bo@example.dk",
        "role": "administrator",
        "municipality": "{municipality}",
        "school": "",
    },
    "cases/municipality": {"name": "Enda En Kommune"},
    "cases/school": {"name": "Enda en skole", "municipality": "{municipality}", "phone": "12345678"},
    "cases/closeddays": {"school": "{school}", "first": "2026-12-21", "last": "2027-01-03", "name": "Juleferie"},
    "cases/retentionrule": {
        "municipality": "{municipality}",
        "school": "{school}",
        "status": "closed",
        "months": "90",
        "basis": "Kassationsplanen",
    },
    "guide/localcontact": {
        "municipality": "{municipality}",
        "key": "social_doegnvagt",
        "phone": "12345678",
        "url": "",
        "note": "",
        "last_verified": "",
    },
}.items():
    _pattern = f"admin/{_model}/add/"
    ACTIONS[f"add {_model}"] = Action(_looks_after(_pattern), _pattern, _on_page(_pattern, **_new))
ACTIONS["add schools from a list"] = Action(
    "administrator",
    "admin/fra-liste/",
    _on_page("admin/fra-liste/", rows="skole;telefon\nListeskolen;12345678", handling="opret"),
)
# After the changes: whoever carries all of them out in a row takes away last.
for _model in (
    "cases/closeddays",
    "cases/retentionrule",
    "guide/localcontact",
    "guide/accessibility",
    "guide/singlesignon",
    "mfa/authenticator",
):
    ACTIONS[f"delete {_model}"] = Action(
        "administrator", f"admin/{_model}/<path:object_id>/delete/", lambda world: {"post": ["yes"]}
    )


def with_few_sections(*verbs: str) -> list[str]:
    """The actions, less those that "file" or "draft" a section, by these verbs, of four sections in five.

    For tests that send each form in many ways: one view takes all sections. `script/prove fuzz` sends all.
    """
    left_out = {f"{verb} {name}" for verb in verbs for number, name in enumerate(IDS) if number % 5}
    return [name for name in ACTIONS if LONG or name not in left_out]


_ADMIN_MODELS = tuple(f"admin/{model}/" for model in ADMIN_MODELS)
NO_ACTION = {
    "admin/": "a list of lists",
    r"admin/^(?P<app_label>guide|cases|mfa)/$": "a list of lists",
    "admin/login/": "leads to the login of the product, or on",
    "konto/bliv/": "takes no field, and renews the idle limit: tests/guide/accounts/test_sessions.py",
    "konto/skjul/": "takes no field, and locks the session: tests/guide/accounts/test_sessions.py",
    "admin/logout/": "takes no field, and does what konto/logout/ does",
    "admin/password_change/": "leads to the form of the product",
    "admin/guide/accessibility/add/": "the municipality has one: tests/cases/administration",
    "admin/guide/singlesignon/add/": "a provider has to be switched on: tests/guide/accounts/test_sso.py",
    **dict.fromkeys(_ADMIN_MODELS, "a list: nothing is done with many rows at once"),
    **dict.fromkeys([f"{model}<path:object_id>/history/" for model in _ADMIN_MODELS], "shows what was done"),
    **dict.fromkeys([f"{model}<path:object_id>/" for model in _ADMIN_MODELS], "leads to the page for changes"),
}
"""Addresses that answer to a form and do nothing with it, or nothing here, and why."""

ON_CASES = {name: action for name, action in ACTIONS.items() if action.pattern.startswith(("sager/", PROPOSAL))}
