from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from cases.crypto.encryption import SealBroken
from cases.log import case_transaction, drafts, writer
from cases.models import AuditEvent, Case, Draft, User
from tests.factories import make_case, make_user

TYPED = {
    "who": ["Ida\r\n", " æøå \u202e👩‍👧"],
    "odd": ["a\x00b", "\ud800", ""],
    "people-0-name": ["01.02.2003"],
    "none": [],
}


def save(case: Case, by: User | None = None, step: str = "afdaek", **data: list[str]) -> Draft:
    return drafts.save_draft(case=case, by=by or case.owner, step=step, data=data, base_seq=3)


def test_draft_comes_back_byte_for_byte(case: Case) -> None:
    drafts.save_draft(case=case, by=case.owner, step="afdaek", data=TYPED, base_seq=3)
    reading = drafts.read_draft(case=case, by=case.owner, step="afdaek")
    assert reading is not None
    assert (reading.data, reading.base_seq) == (TYPED, 3)


def test_draft_keeps_no_cpr_number(case: Case) -> None:
    save(case, own_words=["Hun er 010203-1234, han 0102031234."], where=["Kl. 14"])
    reading = drafts.read_draft(case=case, by=case.owner, step="afdaek")
    assert reading is not None
    assert reading.data == {"own_words": ["Hun er xxxxxx-xxxx, han xxxxxx-xxxx."], "where": ["Kl. 14"]}
    assert reading.lacks_cpr
    save(case, own_words=["Hun er Alma."])
    assert not drafts.read_drafts(case=case, by=case.owner, steps=["afdaek"])["afdaek"].lacks_cpr


def test_drafts_of_several_steps_come_in_one_query(case: Case, django_assert_num_queries: Any) -> None:
    save(case, step="afdaek", a=["1"])
    save(case, step="stop", a=["2"])
    with django_assert_num_queries(1):
        found = drafts.read_drafts(case=case, by=case.owner, steps=["afdaek", "stop", "vurder"])
    assert {step: reading.data for step, reading in found.items()} == {"afdaek": {"a": ["1"]}, "stop": {"a": ["2"]}}


def test_draft_newest_stands(case: Case) -> None:
    save(case, a=["1"])
    save(case, a=["2"])
    reading = drafts.read_draft(case=case, by=case.owner, step="afdaek")
    assert reading is not None
    assert reading.data == {"a": ["2"]}
    assert Draft.objects.count() == 1


def test_draft_is_per_user_step_and_case(case: Case) -> None:
    save(case, a=["1"])
    other = make_user(school=case.school)
    assert drafts.read_draft(case=case, by=other, step="afdaek") is None
    assert drafts.read_draft(case=case, by=case.owner, step="vurder") is None
    assert drafts.read_draft(case=make_case(case.owner), by=case.owner, step="afdaek") is None


@pytest.mark.parametrize("change", ["step", "user", "case"])
def test_draft_moved_elsewhere_does_not_open(change: str, case: Case) -> None:
    save(case, a=["1"])
    user, step, to = case.owner, "afdaek", case
    if change == "step":
        Draft.objects.update(step=(step := "vurder"))
    elif change == "user":
        Draft.objects.update(user=(user := make_user(school=case.school)))
    else:
        Draft.objects.update(case=(to := make_case(case.owner)))
    with pytest.raises(SealBroken):
        drafts.read_draft(case=to, by=user, step=step)


def test_draft_expires(case: Case) -> None:
    draft = save(case, a=["1"])
    with time_machine.travel(draft.saved_at + drafts.LIFETIME - timedelta(minutes=1), tick=False):
        assert drafts.read_draft(case=case, by=case.owner, step="afdaek") is not None
        assert drafts.purge_drafts(now=timezone.now()) == 0
    with time_machine.travel(draft.saved_at + drafts.LIFETIME, tick=False):
        assert drafts.read_draft(case=case, by=case.owner, step="afdaek") is None
        assert drafts.purge_drafts(now=timezone.now()) == 1
    assert not Draft.objects.exists()


def test_saving_clears_old_drafts_of_everybody(case: Case) -> None:
    old = save(make_case(), a=["1"])
    with time_machine.travel(old.saved_at + drafts.LIFETIME + timedelta(days=1), tick=False):
        save(case, a=["1"])
    assert list(Draft.objects.values_list("case", flat=True)) == [case.pk]


def test_drop_draft(case: Case) -> None:
    save(case, a=["1"])
    save(case, step="vurder", a=["1"])
    drafts.drop_draft(case=case, by=case.owner, step="afdaek")
    drafts.drop_draft(case=case, by=case.owner, step="afdaek")
    assert list(Draft.objects.values_list("step", flat=True)) == ["vurder"]
    verbs = list(AuditEvent.objects.order_by("seq").values_list("verb", "step", "case_public_id"))
    assert verbs[-1] == ("drop_draft", "afdaek", case.public_id)
    assert verbs[-2] == ("draft", "vurder", case.public_id)


def test_draft_with_an_embedded_file(case: Case) -> None:
    with pytest.raises(ValidationError):
        save(case, a=["ok", "data:image/png;base64,iVBORw0KGgo="])
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    "name",
    [
        "data:image/png;base64,iVBORw0KGgo=",
        "010203-1234",
        "people-0102031234",
        "Alma blev set",
        "alma.b",
        "æøå",
        "a\n",
        "",
        "x" * 81,
    ],
)
def test_draft_with_words_in_the_name_of_a_field(name: str, case: Case) -> None:
    with pytest.raises(ValidationError) as refused:
        save(case, **{"a": ["ok"], name: ["x"]})
    assert name == "" or name not in str(refused.value)
    assert not Draft.objects.exists()


def test_draft_too_large(case: Case) -> None:
    save(case, a=["x" * (drafts.MAX_BYTES - 100)])
    with pytest.raises(case_transaction.RecordError):
        save(case, a=["x" * drafts.MAX_BYTES])


def test_draft_in_a_closed_case(case: Case) -> None:
    writer.close_case(case=case, by=case.owner, reason="Færdig", submission_id=uuid4())
    with pytest.raises(case_transaction.CaseClosed):
        save(case, a=["1"])


def test_draft_not_saved_when_the_audit_fails(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("no audit")

    monkeypatch.setattr("cases.access.audit_log.write_event", fail)
    with pytest.raises(RuntimeError, match="no audit"):
        save(case, a=["1"])
    assert not Draft.objects.exists()
