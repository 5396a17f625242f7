"""Arrange the draft of a notification to the municipality about one child. Pure.

What was seen is apart from what the school thinks of it. What was said by and about the pupil of the first questions is
in the draft about that pupil alone.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from cases.documents.first_page import Act, acts_of
from cases.documents.names import masks_for, names_masked
from cases.documents.summary import SheetEvent, events_of
from cases.enums import NoteNature
from cases.log.case_file import CaseFile, sort_steps
from cases.log.entry_text import all_rows, all_tables
from cases.privacy.masking import Masks

Rows = tuple[tuple[str, str], ...]
"""Questions with their answers."""
_Mask = Callable[[str], str]


@dataclass(frozen=True)
class NotifiedChild:
    """Whom it is about. ``is_pupil`` is true for the pupil of the first questions, ``violated`` for who violates."""

    key: str
    name: str
    is_pupil: bool
    violated: bool


@dataclass(frozen=True)
class NotificationDraft:
    """The draft, in the order in which it is read; the parts that are empty are left for the writer.

    ``masked`` has each name of others with what stands in its place.
    """

    child: NotifiedChild
    about: tuple[str, ...]
    seen: Rows
    events: tuple[SheetEvent, ...]
    said: Rows
    said_events: tuple[SheetEvent, ...]
    acts: tuple[Act, ...]
    talked: Rows
    home: Rows
    danger: Rows
    view: Rows
    views: tuple[SheetEvent, ...]
    masked: Rows


def build_notification(case_file: CaseFile, child: NotifiedChild, *, all_names: bool = False) -> NotificationDraft:
    """Return the draft about the child; others are masked unless ``all_names`` are wanted."""
    masks = masks_for(case_file, child.name)
    mask: _Mask = str if all_names else masks.text
    events = [_masked(event, mask) for event in events_of(case_file)]
    own = events if child.is_pupil else []

    def rows(place: str, wanted: bool = True) -> Rows:
        return tuple((asked, mask(said)) for asked, said in _rows(case_file, place)) if wanted else ()

    return NotificationDraft(
        child=child,
        about=tuple(mask(text) for text in _about(case_file, masks)),
        seen=rows("seen"),
        events=tuple(event for event in events if event.nature == NoteNature.FACT),
        said=rows("said", child.is_pupil),
        said_events=tuple(event for event in own if event.nature == NoteNature.OWN_WORDS),
        acts=tuple(replace(act, what=mask(act.what)) for act in acts_of(case_file)),
        talked=rows("talked", child.violated),
        home=rows("home", child.is_pupil),
        danger=rows("danger", child.is_pupil),
        view=rows("view", child.is_pupil),
        views=tuple(event for event in own if event.nature == NoteNature.ASSESSMENT),
        masked=() if all_names else names_masked(case_file, masks),
    )


def _rows(case_file: CaseFile, place: str) -> Iterator[tuple[str, str]]:
    for step in sort_steps(case_file.steps):
        for row in all_rows(case_file.steps[step].content):
            if row["known"] and place in row["shown_in"]:
                yield row["question"], row["answer"]


def _about(case_file: CaseFile, masks: Masks) -> Iterator[str]:
    """Yield what the lists of people say of the child."""
    for reading in case_file.steps.values():
        for table in all_tables(reading.content):
            if table["chapter"] == "people":
                yield from (text for name, *rest in table["rows"] if masks.is_subject(name) for text in rest if text)


def _masked(event: SheetEvent, mask: _Mask) -> SheetEvent:
    corrections = tuple(mask(text) for text in event.corrections)
    return replace(event, who=mask(event.who), where=mask(event.where), text=mask(event.text), corrections=corrections)
