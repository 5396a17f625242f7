"""Everything that may be done through a form, with what a person would send: each is carried out as it stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from django.http import HttpResponse
from django.test import Client
from django.utils.http import urlencode

from guide.steps import BY_KEY
from tests.attack.walk import address, ask, fields
from tests.attack.world import FILINGS, PASSWORD, WORD, World, everything

_case = "sager/<uuid:public_id>/"
SUBMISSION = "7b0e5a52-8b5e-4a3e-9a3e-0c1d2e3f4a5b"
Body = dict[str, list[str]]


@dataclass(frozen=True)
class Deed:
    """One form sent by one actor. ``answer`` is the status with which it says that it was carried out."""

    actor: str
    pattern: str
    body: Callable[[World], Body]
    answer: int = 302
    fills: dict[str, str] = field(default_factory=dict)

    def path(self, world: World) -> str:
        """The address that the form is sent to."""
        known = {**world.fills(self.actor), "object_id": object_of(world, self.pattern)}
        return address(self.pattern, {**known, **self.fills})

    def send(self, world: World, body: Body | None = None, **headers: str) -> HttpResponse:
        """Send the form as it stands, or with another body."""
        typed = self.body(world) if body is None else body
        return ask(world.client(self.actor), "POST", self.path(world), urlencode(typed, doseq=True), **headers)

    def page(self, world: World) -> HttpResponse:
        """The page that the form stands on."""
        return ask(world.client(self.actor), "GET", self.path(world))


def _typed(**body: str) -> Callable[[World], Body]:
    return lambda world: {"submission_id": [SUBMISSION], **{name: [value] for name, value in body.items()}}


def _step(key: str, button: str) -> Callable[[World], Body]:
    otherwise = next(given for step, given in FILINGS if step == key)
    controls = {"handling": [button], "base_seq": ["999999999"], "submission_id": [SUBMISSION]}
    return lambda world: {**everything(BY_KEY[key], WORD, otherwise), **controls}


def _duty(world: World) -> Body:
    typed = {"outcome": "done", "reason": f"{WORD} klaret", "submission_id": SUBMISSION}
    return {f"{world.duty}-{name}": [value] for name, value in typed.items()}


def _colleague(actor: str, **more: str) -> Callable[[World], Body]:
    return lambda world: _typed(colleague=str(world.users[actor].public_id), **more)(world)


def _on_page(pattern: str, **typed: str) -> Callable[[World], Body]:
    """What stands on the administrator's page already, with a change."""

    def body(world: World) -> Body:
        page = ask(world.client("administrator"), "GET", address(pattern, {"object_id": object_of(world, pattern)}))
        shown = {name: given for name, given in fields(page.content.decode()).items() if not name.startswith("_")}
        return {**shown, **{name: [value] for name, value in typed.items()}}

    return body


def object_of(world: World, pattern: str) -> str:
    """A row for the administrator's page to show."""
    return str(world.rows.get("/".join(pattern.split("/")[1:3]), world.cases["named"].pk))


def _with_another_session(world: World) -> Body:
    Client().force_login(world.users["owner"])
    return {"which": ["others"]}


STEP = _case + "trin/<slug:step>/"
DEEDS: dict[str, Deed] = {
    "open a case": Deed("owner", "sager/ny/", lambda world: {}),
    **{f"file {key}": Deed("leader", STEP, _step(key, "gem"), 302, {"step": key}) for key in BY_KEY},
    **{f"draft {key}": Deed("leader", STEP + "kladde/", _step(key, ""), 204, {"step": key}) for key in BY_KEY},
    "add a row": Deed("leader", STEP, _step("afdaek", "tilfoej:people"), 302, {"step": "afdaek"}),
    "take out a row": Deed("leader", STEP, _step("afdaek", "fjern:people:0"), 302, {"step": "afdaek"}),
    "refresh": Deed("leader", STEP, _step("afdaek", "opdater"), 302, {"step": "afdaek"}),
    "throw a draft away": Deed("owner", STEP, _step("behandl", "kasser"), 302, {"step": "behandl"}),
    "skip a step": Deed("leader", STEP + "spring-over/", _typed(reason=f"{WORD} springer"), 302, {"step": "stop"}),
    "tick a duty": Deed("leader", _case + "plan/<slug:duty>/", _duty),
    "search": Deed("leader", _case + "log/", _typed(q=f"{WORD} soger", art="note", orden="aeldste", side="1"), 200),
    "note": Deed(
        "ssp_named",
        _case + "log/notat/",
        _typed(
            nature="fact", day="01-02-2026", clock="8.15", who=f"{WORD} a", where=f"{WORD} b", text=f"{WORD} noterer"
        ),
    ),
    "correct": Deed("leader", _case + "log/<int:seq>/ret/", _typed(text=f"{WORD} retter")),
    "draft a note": Deed("ssp_named", _case + "log/notat/kladde/", _typed(text=f"{WORD} halvt"), 204),
    "draft a correction": Deed("leader", _case + "log/<int:seq>/ret/kladde/", _typed(text=f"{WORD} halvt"), 204),
    "refer": Deed(
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
    "end a referral": Deed(
        "leader",
        _case + "henvis/",
        lambda world: {
            "handling": ["traek_tilbage"],
            "slut-reason": [f"{WORD} slut"],
            "slut-submission_id": [SUBMISSION],
        },
    ),
    "let a colleague in": Deed("leader", _case + "adgang/", _colleague("colleague", handling="tilfoej")),
    "end an access": Deed("leader", _case + "adgang/", _colleague("participant", handling="fjern")),
    "close": Deed("leader", _case + "status/", _typed(reason=f"{WORD} lukker", despite="on", handling="afslut")),
    "assign": Deed("leader", _case + "ansvarlig/", _colleague("colleague")),
    "try": Deed("anonymous", "proev/", lambda world: {"kinds": ["extortion"], "shown": ["nude"]}, 200),
    "log in": Deed(
        "anonymous",
        "konto/login/",
        lambda world: {"login": [world.users["colleague"].email], "password": [PASSWORD]},
    ),
    "forget a password": Deed(
        "anonymous", "konto/password/reset/", lambda world: {"email": [world.users["colleague"].email]}
    ),
    "change a password": Deed(
        "colleague",
        "konto/password/change/",
        lambda world: {
            "oldpassword": [PASSWORD],
            "password1": ["et ganske andet kodeord"],
            "password2": ["et ganske andet kodeord"],
        },
    ),
    "end other sessions": Deed("owner", "konto/her-er-du-logget-ind/", _with_another_session),
    "log out": Deed("owner", "konto/logout/", lambda world: {}),
}
for _model, _change in {
    "cases/user": {"name": "Bo Bæk"},
    "cases/school": {"name": "Nyskolen"},
    "cases/municipality": {"name": "Nykommune"},
    "cases/retentionrule": {"months": "70"},
    "guide/contact": {"audience": "Alle"},
    "guide/legalnote": {"plain": "Klart sprog."},
    "guide/localcontact": {"phone": "87654321"},
}.items():
    _pattern = f"admin/{_model}/<path:object_id>/change/"
    DEEDS[f"change {_model}"] = Deed("administrator", _pattern, _on_page(_pattern, **_change))
for _model, _new in {
    "cases/user": {
        "name": "Bo Bæk",
        "email": "bo@example.dk",
        "role": "administrator",
        "municipality": "",
        "school": "",
    },
    "cases/municipality": {"name": "Enda En Kommune"},
}.items():
    _pattern = f"admin/{_model}/add/"
    DEEDS[f"add {_model}"] = Deed("administrator", _pattern, _on_page(_pattern, **_new))

ON_CASES = {name: deed for name, deed in DEEDS.items() if deed.pattern.startswith("sager/")}
