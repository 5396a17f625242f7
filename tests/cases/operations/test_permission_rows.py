"""Rows that let somebody in or keep a case from ending, changed behind the product's back: found, in that case only."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import models
from django.utils import timezone

from cases.enums import ReferralForm, Role
from cases.log import case_transaction, writer
from cases.log.entry_crypto import data_key, open_entry
from cases.models import Case, Entry, ErasureRequest, LegalHold, Participant, Referral, User
from cases.retention import due
from cases.sharing import actions
from tests.built_once import built_once
from tests.cases.operations.test_verify import faults
from tests.factories import behind, change, make_case, make_municipality, make_rule, make_school, make_user


@contextmanager
def earlier_version() -> Iterator[None]:
    """Lines as they were written before they named anybody by number."""
    with pytest.MonkeyPatch.context() as patched:
        sealed = case_transaction.seal_entry
        patched.setattr(case_transaction, "seal_entry", lambda line, **place: sealed(replace(line, about={}), **place))
        yield


def begin(owner: User) -> Case:
    """A case begun long ago, to which one colleague came and went, and another stayed; SSP was asked."""
    with time_machine.travel(datetime(2020, 1, 2, 9, tzinfo=UTC)):
        case = make_case(owner)
        first, second = (make_user(school=owner.school) for _number in range(2))
        for colleague in (first, second, second):
            actions.add_participant(case=case, by=owner, user=colleague)
        actions.remove_participant(case=case, by=owner, user=first)
        refer(case, owner, ReferralForm.ANONYMOUS)
    return case


def refer(case: Case, by: User, form: ReferralForm) -> None:
    actions.refer(case=case, by=by, form=form, purpose="Råd", message="", included=[], submission_id=uuid4())


def go_on(case: Case, leader: User) -> None:
    """SSP is told names; colleagues change, the owner twice; the case ends, and is proposed for erasure, and held."""
    with time_machine.travel(datetime(2020, 3, 4, 9, tzinfo=UTC)):
        refer(case, leader, ReferralForm.NAMED)
        actions.end_referral(case=case, by=leader, reason="", submission_id=uuid4())
        refer(case, leader, ReferralForm.NAMED)
        stays = Participant.objects.get(case=case, removed_at=None).user
        actions.remove_participant(case=case, by=leader, user=stays)
        actions.add_participant(case=case, by=leader, user=stays)
        for owner in (stays, leader):
            actions.assign_owner(case=case, by=leader, owner=owner)
        writer.close_case(case=case, by=leader, reason="Færdig.")
    make_rule(case.school.municipality, 12)
    due.set_hold(case=case, by=leader, reason="Der er klaget.")
    due.release_hold(case=case, by=leader, reason="Klagen er afgjort.")
    due.refuse_erasure(request=due.propose_erasure(case=case, by=leader), by=leader)
    due.propose_erasure(case=case, by=leader)
    due.set_hold(case=case, by=leader, reason="Der er klaget igen.")


def begun_and_ended() -> Case:
    school = make_school()
    case = begin(make_user(school=school))
    go_on(case, make_user(Role.LEADER, school=school))
    return case


@built_once
def made() -> Case:
    """A case with rows of every kind that lets somebody in or keeps it from ending, and another beside it."""
    case = begun_and_ended()
    begun_and_ended()
    return case


@built_once
def made_earlier() -> Case:
    """The same from an earlier version."""
    with earlier_version():
        return begun_and_ended()


@pytest.fixture
def whole(made: Case, db: None) -> Case:
    return Case.objects.unscoped("test").get(pk=made.pk)


@pytest.fixture
def old(made_earlier: Case, db: None) -> Case:
    return Case.objects.unscoped("test").get(pk=made_earlier.pk)


def test_sound_with_everything(whole: Case) -> None:
    assert faults() == set()


def test_sound_from_an_earlier_version(old: Case) -> None:
    assert faults() == set()
    leader = User.objects.get(role=Role.LEADER, school=old.school_id)
    writer.reopen_case(case=old, by=leader, reason="Alligevel ikke.")
    refer(old, leader, ReferralForm.ANONYMOUS)
    actions.remove_participant(case=old, by=leader, user=Participant.objects.get(case=old, removed_at=None).user)
    actions.end_referral(case=old, by=leader, reason="", submission_id=uuid4())
    assert faults() == set()


def test_sound_when_the_version_changed_on_the_way(staff: User, leader: User) -> None:
    with earlier_version():
        case = begin(staff)
    go_on(case, leader)
    assert faults() == set()


def test_sound_when_the_school_changed_its_municipality(staff: User, leader: User) -> None:
    case = begin(staff)
    assert case.school_id == staff.school_id
    change(case.school, municipality=make_municipality())
    refer(case, staff, ReferralForm.NAMED)
    assert faults() == set()
    actions.end_referral(case=case, by=staff, reason="", submission_id=uuid4())
    assert faults() == set()


LONG_AGO = datetime(2019, 1, 1, tzinfo=UTC)


def someone(case: Case) -> User:
    """A colleague who has nothing to do with the case."""
    return make_user(school=case.school)


def standing(model: Any, case: Case) -> models.QuerySet[Any]:
    end = {Participant: "removed_at", Referral: "ended_at", LegalHold: "released_at", ErasureRequest: "refused_at"}
    return behind(model).filter(case=case, **{end[model]: None})


def over(model: Any, case: Case) -> models.QuerySet[Any]:
    return behind(model).filter(case=case).exclude(pk__in=standing(model, case).values("pk"))


def copy(row: Any, **columns: Any) -> None:
    """Put in a row like this one, save for these columns."""
    row.pk, row.public_id = None, uuid4()
    for name, value in columns.items():
        setattr(row, name, value)
    row.save(force_insert=True)


def on_case(case: Case, **columns: Any) -> None:
    behind(Case).filter(pk=case.pk).update(**columns)


# What also shows where no line names anybody by number.
ROWS: dict[str, Callable[[Case], object]] = {
    "participant taken away": lambda case: standing(Participant, case).delete(),
    "former participant taken away": lambda case: over(Participant, case).first().delete(),
    "participant let in by a copied row": lambda case: copy(standing(Participant, case).get(), user=someone(case)),
    "former participant copied": lambda case: copy(over(Participant, case).first(), user=someone(case)),
    "participant at another moment": lambda case: standing(Participant, case).update(added_at=LONG_AGO),
    "participant by another": lambda case: standing(Participant, case).update(added_by=someone(case)),
    "participant out": lambda case: standing(Participant, case).update(
        removed_at=models.F("added_at"), removed_by=models.F("added_by")
    ),
    "former participant out earlier": lambda case: over(Participant, case).update(removed_at=LONG_AGO),
    "former participant out by another": lambda case: over(Participant, case).update(removed_by=someone(case)),
    "former participant in again": lambda case: (
        behind(Participant).filter(pk=over(Participant, case).first().pk).update(removed_at=None, removed_by=None)
    ),
    "referral taken away": lambda case: standing(Referral, case).delete(),
    "former referral taken away": lambda case: over(Referral, case).first().delete(),
    "referral copied": lambda case: copy(standing(Referral, case).get(), municipality=make_municipality()),
    "former referral copied": lambda case: copy(over(Referral, case).first()),
    "referral in another form": lambda case: standing(Referral, case).update(form=ReferralForm.ANONYMOUS),
    "referral of another line": lambda case: standing(Referral, case).update(entry_seq=1),
    "referral at another moment": lambda case: standing(Referral, case).update(sent_at=LONG_AGO),
    "referral by another": lambda case: standing(Referral, case).update(sent_by=someone(case)),
    "referral ended": lambda case: standing(Referral, case).update(
        ended_at=models.F("sent_at"), ended_by=models.F("sent_by")
    ),
    "former referral ended earlier": lambda case: over(Referral, case).update(ended_at=LONG_AGO),
    "former referral ended by another": lambda case: over(Referral, case).update(ended_by=someone(case)),
    "former referral back": lambda case: (
        standing(Referral, case).update(ended_at=models.F("sent_at"), ended_by=models.F("sent_by")),
        behind(Referral).filter(pk=over(Referral, case).first().pk).update(ended_at=None, ended_by=None),
    ),
    "hold taken away": lambda case: standing(LegalHold, case).delete(),
    "former hold taken away": lambda case: over(LegalHold, case).delete(),
    "every hold taken away": lambda case: LegalHold.objects.filter(case=case).delete(),
    "hold released": lambda case: standing(LegalHold, case).update(
        released_at=models.F("set_at"), released_by=models.F("set_by"), release_reason=models.F("reason")
    ),
    "hold at another moment": lambda case: standing(LegalHold, case).update(set_at=LONG_AGO),
    "hold by another": lambda case: standing(LegalHold, case).update(set_by=someone(case)),
    "hold moved to another case": lambda case: standing(LegalHold, case).update(case=make_case(case.owner)),
    "former hold released earlier": lambda case: over(LegalHold, case).update(released_at=LONG_AGO),
    "former hold released by another": lambda case: over(LegalHold, case).update(released_by=someone(case)),
    "former hold copied": lambda case: copy(over(LegalHold, case).get()),
    "proposal taken away": lambda case: standing(ErasureRequest, case).delete(),
    "former proposal taken away": lambda case: over(ErasureRequest, case).delete(),
    "proposal at another moment": lambda case: standing(ErasureRequest, case).update(proposed_at=LONG_AGO),
    "proposal by another": lambda case: standing(ErasureRequest, case).update(proposed_by=someone(case)),
    "proposal refused": lambda case: standing(ErasureRequest, case).update(
        refused_at=models.F("proposed_at"), refused_by=models.F("proposed_by")
    ),
    "former proposal refused by another": lambda case: over(ErasureRequest, case).update(refused_by=someone(case)),
    "former proposal standing again": lambda case: (
        standing(ErasureRequest, case).delete(),
        over(ErasureRequest, case).update(refused_at=None, refused_by=None),
    ),
    "proposal made up": lambda case: copy(over(ErasureRequest, case).get()),
}
# What shows only where the lines do.
BY_NUMBER: dict[str, Callable[[Case], object]] = {
    "case at another school": lambda case: on_case(case, school=make_school(case.school.municipality)),
    "case given to a colleague": lambda case: on_case(case, owner=someone(case)),
    "case given back": lambda case: on_case(case, owner=case.opened_by),
    "participant is another": lambda case: standing(Participant, case).update(user=someone(case)),
    "former participant was another": lambda case: (
        behind(Participant).filter(pk=over(Participant, case).first().pk).update(user=someone(case))
    ),
    "referral to another municipality": lambda case: standing(Referral, case).update(municipality=make_municipality()),
    "former referral was to another municipality": lambda case: (
        behind(Referral).filter(pk=over(Referral, case).first().pk).update(municipality=make_municipality())
    ),
}


@pytest.mark.parametrize("name", ROWS | BY_NUMBER)
def test_what_the_door_goes_by(name: str, whole: Case) -> None:
    """Found, and in that case only."""
    (ROWS | BY_NUMBER)[name](whole)
    found = {reference for reference, _seq in faults()}
    assert whole.reference in found
    # The hold that was moved is one too many where it came to.
    assert len(found) == 1 + (name == "hold moved to another case")


@pytest.mark.one_engine  # the rows that are tried on both above
@pytest.mark.parametrize("name", ROWS)
def test_what_the_door_goes_by_from_an_earlier_version(name: str, old: Case) -> None:
    ROWS[name](old)
    assert old.reference in {reference for reference, _seq in faults()}


@pytest.mark.parametrize("verb", ["hold", "propose_erasure"])
def test_keeping_that_the_access_log_does_not_know(verb: str, whole: Case, leader: User) -> None:
    other = make_case(leader)
    rows: dict[str, Callable[[], object]] = {
        "hold": lambda: LegalHold.objects.create(case=other, set_at=timezone.now(), set_by=leader, reason=b"x"),
        "propose_erasure": lambda: ErasureRequest.objects.create(
            case=other, proposed_at=timezone.now(), proposed_by=leader
        ),
    }
    rows[verb]()
    assert faults() == {(other.reference, 1)}


def test_numbers_are_no_part_of_what_people_read(whole: Case) -> None:
    """They stand beside the content, which every page, paper and export walks through."""
    key, told = data_key(whole), []
    for entry in Entry.objects.filter(case=whole).order_by("seq"):
        body = open_entry(entry, case_id=whole.public_id, key=key)
        told.append(sorted(body.get("about", {})))
        assert not [number for number in body.get("about", {}).values() if number in json.dumps(body["content"])]
    assert told[0] == ["school"]
    assert ["user"] in told
    assert ["municipality"] in told
