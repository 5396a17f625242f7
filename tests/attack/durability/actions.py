"""What the users of these tests do: save sections and notes, each with a number and a text of its own."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from urllib.parse import urlencode
from uuid import uuid4

HOST = "handlekort.example"
TOKEN = "a1" * 16
"""The secret of the forms, as cookie and as field."""

# A form opened after every filing there can be: no action is refused as stale, whatever else has been filed.
_NEWEST = "999999999"


@dataclass(frozen=True)
class Action:
    """One save: where it is sent, the form's own number, and what was typed."""

    path: str
    submission: str
    text: str
    fields: tuple[tuple[str, str], ...]

    @property
    def body(self) -> str:
        """The form as a browser sends it."""
        return urlencode([("csrfmiddlewaretoken", TOKEN), ("submission_id", self.submission), *self.fields])


def note(case: str, text: str) -> Action:
    """A note in the log of the case."""
    return Action(f"/sager/{case}/log/notat/", str(uuid4()), text, (("nature", "fact"), ("text", text)))


def step(case: str, text: str) -> Action:
    """A section of the first step of the case, filed."""
    fields = (("what_happened", text), ("base_seq", _NEWEST), ("handling", "gem"))
    return Action(f"/sager/{case}/trin/afdaek/fortalt/", str(uuid4()), text, fields)


def actions(case: str, name: str) -> Iterator[Action]:
    """Steps and notes in turn; every other note is so long that it takes several pages of the database."""
    for number in count(1):
        talk = "Vi talte længe sammen. " * (300 if number % 4 == 0 else 2)
        text = f"{name}, nummer {number}. Eleven fortalte om billedet. {talk}".strip()
        yield (step if number % 2 else note)(case, text)
