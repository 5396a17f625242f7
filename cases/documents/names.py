"""Whose names a paper shows: masks for all but one, and staff by their initials. Pure."""

from dataclasses import replace

from cases.log.case_file import CaseFile
from cases.log.duty_status import DutyReading
from cases.log.entries import StepEntry, of_kind
from cases.privacy.masking import Masks
from cases.privacy.person_names import names_in_answers, names_in_tables, user_names


def masks_for(case_file: CaseFile, subject: str) -> Masks:
    """Return masks for the pupils and others whom the case names, but for ``subject``; the staff who wrote stay."""
    steps = [entry.content for entry in of_kind(case_file.entries, StepEntry)]
    notes = [entry.content for entry in case_file.notes]
    others = [*names_in_tables(steps), *names_in_answers(steps, notes)]
    return Masks(subject, others, (name for content in steps for name in user_names(content)))


def names_masked(case_file: CaseFile, masks: Masks) -> tuple[tuple[str, str], ...]:
    """Return each name of others on the lists of people, with what stands in its place."""
    names = names_in_tables(reading.content for reading in case_file.steps.values())
    return tuple((name, masks.label(name)) for name in names if not masks.is_subject(name))


def with_initials(case_file: CaseFile) -> CaseFile:
    """Return the case with initials for the staff who are responsible, wrote, ticked off or are to follow up."""
    return replace(
        case_file,
        owner_name=initials_of(case_file.owner_name),
        steps={step: replace(entry, by_name=initials_of(entry.by_name)) for step, entry in case_file.steps.items()},
        sections={
            step: {key: replace(entry, by_name=initials_of(entry.by_name)) for key, entry in sections.items()}
            for step, sections in case_file.sections.items()
        },
        duties=tuple(_duty_with_initials(duty) for duty in case_file.duties),
    )


def _duty_with_initials(duty: DutyReading) -> DutyReading:
    owner = initials_of(duty.owner) if duty.is_own else duty.owner
    return replace(duty, by_name=initials_of(duty.by_name), owner=owner)


def initials_of(name: str) -> str:
    """Return the first letter of each word of a name."""
    return "".join(f"{word[0].upper()}." for word in name.split())
