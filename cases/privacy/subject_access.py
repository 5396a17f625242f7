"""What one person may see of a case (GDPR art. 15): what is written about them, and every look-up. Pure.

Staff are never named, other people become "Person 1", rows about others keep only that label. The leader reads it and
leaves out passages with names that the masks do not know; the result says how many.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import TextChoices
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.crypto.hash_chain import canonical_json
from cases.enums import ParticipantChange, ReferralForm
from cases.log.case_file import CaseFile
from cases.log.entries import (
    DutyEntry,
    LevelEntry,
    NoteEntry,
    OpenedEntry,
    ParticipantEntry,
    ReferralEntry,
    StepEntry,
    of_kind,
)
from cases.log.entry_text import LogLine, all_rows, all_tables, format_levels, log_lines
from cases.log.entry_types import FrozenTable, StepContent
from cases.privacy.masking import Masks
from cases.privacy.person_names import names_in_answers, names_in_tables, user_names
from cases.retention.due import OpenedHold
from cases.text.dates import format_moment

_LABELS = {
    "reason": gettext_lazy("Begrundelse"),
    "text": gettext_lazy("Tekst"),
    "who": gettext_lazy("Hvem"),
    "where": gettext_lazy("Hvor"),
    "purpose": gettext_lazy("Formål"),
    "message": gettext_lazy("Besked"),
    "basis": gettext_lazy("Lovgrundlag"),
    "necessity": gettext_lazy("Hvorfor nødvendigt"),
}


class Scope(TextChoices):
    """How much of the case is about the person."""

    WHOLE = "hele", gettext_lazy("Sagen handler om personen: tag alt med")
    NAMED = "naevnt", gettext_lazy("Personen er kun nævnt: tag kun det med, hvor navnet står")


@dataclass(frozen=True)
class Passage:
    """A part that is disclosed or left out as a whole. ``lines`` are pairs of label and masked text.

    ``seq`` is the number of its entry; what is not in the log has none: the reason of a legal hold, and the label of
    the case, of which it is not known when it was written either.
    """

    key: str
    seq: int | None
    title: str
    written: str
    happened: str
    lines: tuple[tuple[str, str], ...]
    mentions: bool

    @property
    def origin(self) -> str:
        """Number and time of writing, in words."""
        if not self.written:
            return _("På listen over sager")
        if self.seq is None:
            return _("Skrevet %(when)s") % {"when": self.written}
        return _("Nr. %(n)d, skrevet %(when)s") % {"n": self.seq, "when": self.written}


@dataclass(frozen=True)
class AccessRow:
    """That something was done with the case, without who did it."""

    at: datetime
    what: str

    @property
    def when(self) -> str:
        """In words."""
        return format_moment(self.at)


@dataclass(frozen=True)
class Disclosure:
    """What is disclosed. ``left_out`` counts the passages that the school left out."""

    subject: str
    reference: str
    school_name: str
    municipality_name: str
    opened_at: datetime
    closed_at: datetime | None
    made_at: datetime
    passages: tuple[Passage, ...]
    left_out: int
    lookups: tuple[AccessRow, ...]

    @property
    def made(self) -> str:
        """When it was made, in words."""
        return format_moment(self.made_at)

    def as_json(self) -> dict[str, Any]:
        """The same for a machine; times in ISO 8601 with their offset."""
        return {
            "handlekort_indsigt": 1,
            "person": self.subject,
            "sag": self.reference,
            "skole": self.school_name,
            "kommune": self.municipality_name,
            "oprettet": self.opened_at.isoformat(),
            "afsluttet": self.closed_at.isoformat() if self.closed_at else None,
            "lavet": self.made_at.isoformat(),
            "registreret": [
                {
                    "nummer": passage.seq,
                    "titel": passage.title,
                    "skrevet": passage.written,
                    "skete": passage.happened,
                    "oplysninger": [{"felt": label, "tekst": text} for label, text in passage.lines],
                }
                for passage in self.passages
            ],
            "udeladte_afsnit": self.left_out,
            "opslag": [{"tidspunkt": look.at.isoformat(), "hvad": look.what} for look in self.lookups],
        }


def people_of(case_file: CaseFile) -> list[str]:
    """Return the names in the case's lists of people, as written, each once, in the order in which they came."""
    return names_in_tables(_steps(case_file))


def masks_of(case_file: CaseFile, subject: str, staff: Iterable[str], extra: Iterable[str] = ()) -> Masks:
    """Return masks for all names of the case: lists, answers to who, writers, staff, and those the leader adds."""
    noted = (entry.content for entry in case_file.notes)
    others = [
        *people_of(case_file),
        *names_in_answers(_steps(case_file), noted),
        *(name for name in extra if name.strip()),
    ]
    writers = [entry.by_name for entry in case_file.entries]
    access = (entry.content for entry in of_kind(case_file.entries, ParticipantEntry))
    let_in = [content["name"] for content in access if content["change"] != ParticipantChange.TOLD]
    duties = (entry.content for entry in of_kind(case_file.entries, DutyEntry))
    let_in += [name for content in duties if (name := content.get("owner"))]
    others += [case_file.owner_name, *writers, *let_in, *(one.name for one in case_file.participants), *staff]
    return Masks(subject, others, (name for content in _steps(case_file) for name in user_names(content)))


def passages_of(
    case_file: CaseFile, masks: Masks, scope: Scope, holds: Sequence[OpenedHold] = (), label: str = ""
) -> list[Passage]:
    """Return all that would be disclosed, masked: the log, oldest first, the reasons of legal holds, the label."""
    found = [passage for line in log_lines(case_file.entries) for passage in _passages(line, case_file, masks)]
    found += [_hold_passage(number, hold, masks) for number, hold in enumerate(reversed(holds))]
    if label:
        line = (_("Kendetegn"), masks.text(label))
        found.append(Passage("kendetegn", None, _("Sagens kendetegn"), "", "", (line,), masks.mentions_subject(label)))
    return found if scope == Scope.WHOLE else [passage for passage in found if passage.mentions]


def preview_signature(*shown_for: str, masks: Masks, passages: Sequence[Passage]) -> str:
    """Return a signature of the preview, which changes with any word of it and of ``shown_for``.

    ``shown_for`` is who reads which case, how much of it, with which names added.
    """
    material = [shown_for, masks.subject, masks.shared, [astuple(passage) for passage in passages]]
    return salted_hmac("cases.rights.mark_of", canonical_json(material), algorithm="sha256").hexdigest()


def drop_passages(passages: Sequence[Passage], left_out: Collection[str]) -> tuple[Passage, ...]:
    """Return the passages that are disclosed."""
    return tuple(passage for passage in passages if passage.key not in left_out)


def _passages(line: LogLine, case_file: CaseFile, masks: Masks) -> Iterator[Passage]:
    entry = line.entry
    if not isinstance(entry, StepEntry):
        passage = _passage(line, "0", masks.text(line.title), _plain_lines(entry), masks)
        # The title of a duty about one child has the name.
        named = isinstance(entry, DutyEntry) and masks.mentions_subject(line.title)
        yield replace(passage, mentions=passage.mentions or named)
        return
    content = entry.content
    # A row that a later filing repeats word for word is listed only there.
    again = set() if entry.newest else set(_rows(case_file.steps[entry.step].content))
    for number, row in enumerate(_rows(content)):
        if row not in again:
            yield _passage(line, f"a{number}", content["title"], [row[1:]], masks)
    for table in all_tables(content):
        for number, cells in enumerate(table["rows"]):
            yield _table_passage(line, table, number, cells, masks)
    yield _passage(line, "v", _("%(step)s: vurdering") % {"step": content["title"]}, _assessed(content), masks)


def _passage(line: LogLine, part: str, title: str, lines: Iterable[tuple[str, str]], masks: Masks) -> Passage:
    kept = [(label, text) for label, text in lines if text]
    return Passage(
        key=f"{line.entry.seq}.{part}",
        seq=line.entry.seq,
        title=title,
        written=line.entered,
        happened=line.happened,
        lines=tuple((masks.text(label), masks.text(text)) for label, text in kept),
        mentions=any(masks.mentions_subject(text) for _label, text in kept),
    )


def _table_passage(line: LogLine, table: FrozenTable, number: int, cells: list[str], masks: Masks) -> Passage:
    part = f"{table['key']}{number}"
    if not table["about_person"] or masks.is_subject(cells[0]):
        return _passage(line, part, table["title"], zip(table["columns"], cells, strict=True), masks)
    hidden = [(table["columns"][0], masks.label(cells[0])), (_("Resten"), _("Udeladt, fordi det handler om en anden."))]
    passage = _passage(line, part, table["title"], (), masks)
    return replace(passage, lines=tuple(hidden), mentions=False)


def _hold_passage(number: int, hold: OpenedHold, masks: Masks) -> Passage:
    kept = [(_("Begrundelse"), hold.reason), (_("Ophævet fordi"), hold.release_reason)]
    return Passage(
        key=f"stop{number}",
        seq=None,
        title=_("Slettestop"),
        written=format_moment(hold.set_at),
        happened="",
        lines=tuple((label, masks.text(text)) for label, text in kept if text),
        mentions=any(masks.mentions_subject(text) for _label, text in kept),
    )


def _plain_lines(entry: OpenedEntry) -> list[tuple[str, str]]:
    content: Mapping[str, Any] = entry.content
    lines = [(str(label), str(content[key])) for key, label in _LABELS.items() if content.get(key)]
    match entry:
        case NoteEntry():
            lines.insert(0, (_("Slags"), entry.nature_label))
        case LevelEntry(content=level):
            lines += [(_("Niveau"), format_levels(level["computed"])), (_("Hvorfor"), " ".join(level["reasons"]))]
        case ReferralEntry(content=referral):
            lines.insert(0, (_("Form"), str(ReferralForm(referral["form"]).label)))
            lines.append((_("Sendt med"), "; ".join(referral["included"])))
    return lines


def _assessed(content: StepContent) -> Iterator[tuple[str, str]]:
    assessed = content["judgement"]
    yield _("Niveau"), str(assessed["confirmed"] or format_levels(assessed["levels"]))
    yield _("Hvorfor"), " ".join(assessed["reasons"])
    for flag in assessed["flags"]:
        if flag["state"] != "not_set":
            yield flag["title"], flag["reason"] or _("Ja")
    for text in assessed.get("deviations", ()):
        yield _("Afvigelse"), text


def _rows(content: StepContent) -> list[tuple[str, str, str]]:
    """Key, question and answer of what was answered; "ved ikke endnu" is left out."""
    return [(row["key"], row["question"], row["answer"]) for row in all_rows(content) if row["known"]]


def _steps(case_file: CaseFile) -> Iterator[StepContent]:
    return (entry.content for entry in of_kind(case_file.entries, StepEntry))
