"""The log: read, searched, added to and corrected."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.enums import AuditVerb, DutyOutcome, NoteNature, ReferralForm, Role, Status
from cases.log import drafts, writer
from cases.log.case_file import read_case
from cases.log.entry_types import NoteContent
from cases.models import AuditEvent, Case, Entry, User, append_only
from cases.sharing import actions
from cases.views.log import ENTRIES_PER_PAGE
from tests.factories import add_note, file_step, make_case, make_user, step_content
from tests.guide.page_reader import read

NAUGHTY = ["\x00", "\ud800", "<script>alert(1)</script>", "%", "'; --", "😀‮gnir", "x" * 100_000, "9" * 5000]


@pytest.fixture
def logged_in(client: Client, staff: User) -> Client:
    client.force_login(staff)
    return client


def url(case: Case, name: str = "log", *more: int) -> str:
    return reverse(name, args=[case.public_id, *more])


def seqs(client: Client, case: Case, query: str = "", **posted: str) -> list[int]:
    answer = client.post(url(case), posted) if posted else client.get(url(case) + query)
    assert answer.status_code == 200
    return [row.line.entry.seq for row in answer.context["rows"]]


def everything(case: Case, by: User) -> None:
    """One entry of every kind."""
    add_note(case, text="Hun ringede fra Ærø.", who="Mor", where="Telefon", happened_at=timezone.now())
    add_note(case, text="Jeg tør ikke gå hjem", nature=NoteNature.OWN_WORDS)
    file_step(case, content=step_content(confirmed=2))
    writer.add_correction(case=case, by=by, corrects=2, text="Det var far.", submission_id=uuid4())
    writer.skip_step(case=case, by=by, step="stop", title="Stop", reason="Det er stoppet.", submission_id=uuid4())
    writer.tick_duty(
        case=case,
        by=by,
        key="contact_police",
        title="Kontakt politiet",
        outcome=DutyOutcome.NOT_RELEVANT,
        reason="Familien har ringet.",
        submission_id=uuid4(),
    )
    actions.refer(
        case=case,
        by=by,
        form=ReferralForm.NAMED,
        purpose="Råd om klassen",
        message="Ring gerne",
        included=[],
        submission_id=uuid4(),
    )
    actions.add_participant(case=case, by=by, user=make_user(Role.STAFF, school=case.school, name="Kim Kollega"))


def test_every_kind_of_line_is_readable(logged_in: Client, case: Case, staff: User) -> None:
    everything(case, staff)
    page = logged_in.get(url(case)).content.decode()
    for words in (
        "Sagen blev oprettet",
        "Konstateret",
        "Hun ringede fra Ærø.",
        "Hvem: Mor",
        "Hvor: Telefon",
        "Elevens egne ord",
        '<blockquote class="quote">Jeg tør ikke gå hjem</blockquote>',
        "»Afdaek« gemt",
        "Er billedet delt?",
        "Elev A; Udsat",
        "Trusler",
        "Niveau 2: skolens vurdering",
        "Rettelse til nr. 2",
        "Det var far.",
        "»Stop« sprunget over",
        "Det er stoppet.",
        "Ikke relevant: Kontakt politiet",
        "Familien har ringet.",
        "Henvist til SSP med navne",
        "Råd om klassen",
        "Ring gerne",
        "Kim Kollega fik adgang",
    ):
        assert words in page, words


def test_event_time_and_entry_time_both_stand(logged_in: Client, case: Case) -> None:
    then = timezone.now() - timedelta(days=400)
    add_note(case, happened_at=then)
    page = logged_in.get(url(case)).content.decode()
    for moment in (then, timezone.now()):
        local = timezone.localtime(moment)
        assert f"{local.day}. " in page
        assert f"{local.year} kl. " in page


def test_newest_first_unless_asked(logged_in: Client, case: Case) -> None:
    for _number in range(3):
        add_note(case)
    assert seqs(logged_in, case) == [4, 3, 2, 1]
    assert seqs(logged_in, case, "?orden=aeldste") == [1, 2, 3, 4]


def test_filter_by_kind(logged_in: Client, case: Case, staff: User) -> None:
    everything(case, staff)
    kinds = dict(Entry.objects.filter(case=case).values_list("seq", "kind"))
    for kind in set(kinds.values()):
        assert sorted(seqs(logged_in, case, f"?art={kind}")) == sorted(s for s, k in kinds.items() if k == kind)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ærø", [2]),
        ("ÆRØ RINGEDE", [2]),
        ("a\u030argang", [3]),
        ("ÅRGANG", [3]),
        ("findes ikke", []),
        ("ringede årgang", []),
        ("fact", []),
    ],
)
def test_search_finds_words_in_any_case(logged_in: Client, case: Case, text: str, found: list[int]) -> None:
    add_note(case, text="Hun ringede fra Ærø.")
    add_note(case, text="Hele årgangen ved det.")
    assert seqs(logged_in, case, q=text) == found


def test_search_looks_into_filed_answers_but_not_into_raw_ones(logged_in: Client, case: Case) -> None:
    file_step(case, content=step_content(answers={"shared": "raa_vaerdi"}))
    assert 2 in seqs(logged_in, case, q="billedet delt")
    assert seqs(logged_in, case, q="raa_vaerdi") == []


def test_search_is_logged_without_the_words(logged_in: Client, case: Case) -> None:
    seqs(logged_in, case, q="Alma")
    events = AuditEvent.objects.order_by("seq").values_list("verb", "detail", "step")
    assert list(events)[-2:] == [(AuditVerb.SEARCH, "", ""), (AuditVerb.OPEN, "", "")]


def test_the_words_of_a_search_never_stand_in_an_address(logged_in: Client, case: Case) -> None:
    for _number in range(ENTRIES_PER_PAGE + 1):
        add_note(case, text="Alma sagde det.")
    page = logged_in.post(url(case), {"q": "alma"}).content.decode()
    assert "=alma" not in page
    assert seqs(logged_in, case, "?q=findes-ikke") != []
    assert len(seqs(logged_in, case, q="alma", side="2")) == 1


@pytest.mark.parametrize("text", NAUGHTY)
def test_search_survives_anything(logged_in: Client, case: Case, text: str) -> None:
    answer = logged_in.post(url(case), {"q": text.encode("utf-8", "surrogatepass")})
    assert answer.status_code == 200
    assert b"<script>alert" not in answer.content


def test_a_long_log_comes_in_pages_and_links_across_them(logged_in: Client, case: Case, staff: User) -> None:
    for _number in range(ENTRIES_PER_PAGE + 5):
        add_note(case)
    writer.add_correction(case=case, by=staff, corrects=2, text="Nej.", submission_id=uuid4())
    assert len(seqs(logged_in, case)) == ENTRIES_PER_PAGE
    assert seqs(logged_in, case, "?side=2")[-1] == 1
    page = logged_in.get(url(case)).content.decode()
    assert f"{url(case)}?orden=nyeste&amp;side=2#nr-2" in page
    assert 2 in seqs(logged_in, case, "?orden=nyeste&side=2")
    page = logged_in.get(url(case) + "?orden=aeldste").content.decode()
    assert f"{url(case)}?orden=aeldste&amp;side=2#nr-{case.head_seq}" in page


def test_a_page_tells_of_a_change_on_another_page(logged_in: Client, case: Case) -> None:
    for _number in range(ENTRIES_PER_PAGE):
        add_note(case)
    before = logged_in.get(url(case)).content.decode()
    with append_only.lifted(connection), connection.cursor() as cursor:
        cursor.execute("UPDATE cases_entry SET body = %s WHERE case_id = %s AND seq = 1", [b"andet", case.pk])
    after = logged_in.get(url(case)).content.decode()
    assert ["Loggen er ikke, som den blev skrevet" in page for page in (before, after)] == [False, True]


def test_queries_do_not_grow_with_the_log(logged_in: Client, case: Case) -> None:
    logged_in.get(url(case))
    with CaptureQueriesContext(connection) as few:
        logged_in.get(url(case))
    for _number in range(30):
        add_note(case)
    with CaptureQueriesContext(connection) as many:
        logged_in.get(url(case))
    assert len(many) == len(few) <= 12


def typed(**more: str) -> dict[str, str]:
    return {
        "nature": "own_words",
        "day": "i går",
        "clock": "9.05",
        "who": "Alma",
        "where": "Skolegården",
        "text": "Han truede med at dele det.\nÆØÅ <b>",
        "submission_id": str(uuid4()),
    } | more


def test_writing_an_event_adds_one_line(logged_in: Client, case: Case) -> None:
    sent = typed()
    answer = logged_in.post(url(case, "notat"), sent)
    assert answer["Location"] == f"{url(case)}?kvittering=noteret#nr-2"
    note = read_case(case).notes[0]
    content: NoteContent = note.content  # type: ignore[assignment]
    assert content == {
        "nature": "own_words",
        "who": "Alma",
        "where": "Skolegården",
        "text": "Han truede med at dele det.\nÆØÅ <b>",
    }
    assert note.happened_at is not None
    assert timezone.localtime(note.happened_at).strftime("%H:%M") == "09:05"
    assert "ÆØÅ &lt;b&gt;" in logged_in.get(url(case)).content.decode()


def test_receipt_stands_right_above_the_new_line(logged_in: Client, case: Case) -> None:
    add_note(case)
    answer = logged_in.get(logged_in.post(url(case, "notat"), typed())["Location"])
    assert [row.line.entry.seq for row in answer.context["rows"]] == [3, 2, 1]
    page = answer.content.decode()
    assert page.index('id="soeg"') < page.index("Hændelsen er gemt i loggen.") < page.index('id="nr-3"')


def test_a_second_press_writes_nothing_new(logged_in: Client, case: Case) -> None:
    sent = typed()
    first, second = (logged_in.post(url(case, "notat"), sent) for _press in range(2))
    assert first["Location"] == second["Location"]
    assert len(read_case(case).notes) == 1


def test_what_is_wrong_is_told_and_everything_typed_is_still_there(logged_in: Client, case: Case) -> None:
    answer = logged_in.post(url(case, "notat"), typed(day="31-02-2026", text="Lang tekst & mere", nature=""))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "data-fejl-opsummering" in page
    for kept in ("31-02-2026", "9.05", "Alma", "Skolegården", "Lang tekst &amp; mere"):
        assert kept in page
    assert read_case(case).notes == ()


def test_a_cpr_number_is_refused_with_the_reason(logged_in: Client, case: Case) -> None:
    answer = logged_in.post(url(case, "notat"), typed(text="Hun er 010203-1234."))
    assert answer.status_code == 422
    assert "ligner et CPR-nummer" in answer.content.decode()


def test_a_closed_case_keeps_the_text_on_the_page(logged_in: Client, case: Case, leader: User) -> None:
    writer.close_case(case=case, by=leader, reason="Færdig.")
    answer = logged_in.post(url(case, "notat"), typed(text="Det kom for sent."))
    assert answer.status_code == 422
    assert "Sagen er afsluttet." in answer.content.decode()
    assert "Det kom for sent." in answer.content.decode()


@pytest.mark.parametrize("text", NAUGHTY)
@pytest.mark.parametrize("field", ["text", "who", "where", "day", "clock", "nature", "submission_id"])
def test_no_input_breaks_the_note(logged_in: Client, case: Case, field: str, text: str) -> None:
    sent: dict[str, Any] = typed() | {field: text.encode("utf-8", "surrogatepass")}
    assert logged_in.post(url(case, "notat"), sent).status_code in (302, 422)


def test_a_correction_and_its_line_name_each_other(logged_in: Client, case: Case) -> None:
    add_note(case, text="Hun er 13.")
    answer = logged_in.post(url(case, "ret", 2), {"text": "Hun er 14.", "submission_id": str(uuid4())})
    assert answer["Location"] == f"{url(case)}?kvittering=rettet#nr-3"
    page = logged_in.get(answer["Location"]).content.decode()
    assert "Rettelsen er gemt i loggen." in page
    assert [one.words for one in read(page).having("a", href="#nr-2")] == ["Se nr. 2"]
    assert "Rettet i nr. 3" in [one.words for one in read(page).having("a", href="#nr-3")]
    assert "Hun er 13." in page
    assert "Hun er 14." in page


@pytest.mark.parametrize("seq", [0, 99, 2**63, 10**30])
def test_a_line_that_is_not_there_cannot_be_corrected(logged_in: Client, case: Case, seq: int) -> None:
    assert logged_in.get(url(case, "ret", seq)).status_code == 404
    assert logged_in.post(url(case, "ret", seq), {"text": "Nej."}).status_code == 404


def test_ssp_writes_in_a_named_case(client: Client, case: Case, staff: User, ssp: User) -> None:
    actions.refer(
        case=case,
        by=staff,
        form=ReferralForm.NAMED,
        purpose="Råd",
        message="",
        included=[],
        submission_id=uuid4(),
    )
    client.force_login(ssp)
    assert client.post(url(case, "notat"), typed(text="SSP anbefaler et møde.")).status_code == 302
    assert read_case(case).notes[0].by_name == ssp.name


def test_a_broken_chain_is_told(logged_in: Client, case: Case) -> None:
    Case.objects.unscoped("test").filter(pk=case.pk).update(head_hash="0" * 64)
    assert "Loggen er ikke, som den blev skrevet" in logged_in.get(url(case)).content.decode()


def test_a_closed_case_offers_no_writing(logged_in: Client, case: Case, leader: User) -> None:
    writer.close_case(case=case, by=leader, reason="Færdig.")
    page = logged_in.get(url(case)).content.decode()
    assert case.status == Status.CLOSED
    assert url(case, "notat") not in page


def test_another_case_of_mine_does_not_leak_in(logged_in: Client, case: Case, staff: User) -> None:
    add_note(make_case(staff), text="Fra den anden sag.")
    assert "Fra den anden sag." not in logged_in.get(url(case)).content.decode()


# --- Drafts

DRAFTS = {"notat": (), "ret": (1,)}
WRITTEN = {"notat": typed(), "ret": {"text": "Det var mandag.", "submission_id": ""}}


def draft_url(case: Case, name: str) -> str:
    return url(case, f"{name}_kladde", *DRAFTS[name])


@pytest.mark.parametrize("name", DRAFTS)
def test_what_is_typed_is_there_again_with_a_line_that_says_so(logged_in: Client, case: Case, name: str) -> None:
    page = url(case, name, *DRAFTS[name])
    assert "Du har en kladde her." not in logged_in.get(page).text
    sent = {"text": "Hun ringede, og så", "nature": "own_words", "day": "31-"}
    assert logged_in.post(draft_url(case, name), sent).status_code == 204
    shown = logged_in.get(page).text
    assert "Du har en kladde her." in shown
    assert "Hun ringede, og så</textarea>" in shown
    assert draft_url(case, name) in shown
    assert "error-summary" not in shown
    assert len(read_case(case).entries) == 1


@pytest.mark.parametrize("name", DRAFTS)
def test_draft_goes_when_it_is_filed(logged_in: Client, case: Case, staff: User, name: str) -> None:
    logged_in.post(draft_url(case, name), {"text": "Halvt"})
    assert logged_in.post(url(case, name, *DRAFTS[name]), WRITTEN[name]).status_code == 302
    assert drafts.drafts_of(case=case, by=staff) == []


def test_draft_that_comes_in_after_the_filing_is_not_kept(logged_in: Client, case: Case, staff: User) -> None:
    sent = typed()
    logged_in.post(url(case, "notat"), sent)
    assert logged_in.post(url(case, "notat_kladde"), sent).status_code == 204
    assert drafts.drafts_of(case=case, by=staff) == []


@pytest.mark.parametrize("name", DRAFTS)
def test_draft_has_no_cpr_number_and_names_the_field(logged_in: Client, case: Case, name: str) -> None:
    answer = logged_in.post(draft_url(case, name), {"text": "Hun er 010203-1234."})
    assert answer["X-Uden-Cpr"] == "text"
    shown = logged_in.get(url(case, name, *DRAFTS[name])).text
    assert "010203" not in shown
    assert "Et CPR-nummer er taget ud af kladden" in shown


@pytest.mark.parametrize("name", DRAFTS)
def test_draft_is_its_writers_own(logged_in: Client, case: Case, leader: User, name: str) -> None:
    logged_in.post(draft_url(case, name), {"text": "Mit eget"})
    logged_in.force_login(leader)
    assert "Mit eget" not in logged_in.get(url(case, name, *DRAFTS[name])).text


@pytest.mark.parametrize("name", DRAFTS)
def test_way_back_to_the_log_keeps_what_is_typed(logged_in: Client, case: Case, name: str) -> None:
    page = url(case, name, *DRAFTS[name])
    assert logged_in.post(page, {"text": "Mere senere", "handling": "tilbage"})["Location"] == url(case)
    assert "Mere senere</textarea>" in logged_in.get(page).text
    assert len(read_case(case).entries) == 1


def test_draft_can_be_thrown_away(logged_in: Client, case: Case, staff: User) -> None:
    logged_in.post(url(case, "notat_kladde"), {"text": "Forkert sag"})
    assert "Skriv videre på din kladde" in logged_in.get(url(case)).text
    assert logged_in.post(url(case, "notat"), {"handling": "kasser"})["Location"] == url(case, "notat")
    assert drafts.drafts_of(case=case, by=staff) == []
    assert "Skriv en hændelse" in logged_in.get(url(case)).text


def test_emptied_form_keeps_no_draft(logged_in: Client, case: Case, staff: User) -> None:
    for text in ("Noget", "  "):
        assert logged_in.post(url(case, "notat_kladde"), {"text": text}).status_code == 204
    assert drafts.drafts_of(case=case, by=staff) == []


def test_corrections_of_two_lines_are_two_drafts(logged_in: Client, case: Case) -> None:
    add_note(case)
    for seq in (1, 2):
        logged_in.post(url(case, "ret_kladde", seq), {"text": f"Til nr. {seq}"})
    assert [f"Til nr. {seq}</textarea>" in logged_in.get(url(case, "ret", seq)).text for seq in (1, 2)] == [True, True]


def test_what_is_refused_is_kept_as_a_draft(logged_in: Client, case: Case) -> None:
    logged_in.post(url(case, "notat"), typed(day="31-02-2026", text="Lang tekst"))
    assert "Lang tekst</textarea>" in logged_in.get(url(case, "notat")).text


@pytest.mark.parametrize("seq", [0, 99, 2**63, 10**30])
def test_line_that_is_not_there_has_no_draft(logged_in: Client, case: Case, seq: int) -> None:
    assert logged_in.post(url(case, "ret_kladde", seq), {"text": "Nej."}).status_code == 404


def test_closed_case_takes_no_draft(logged_in: Client, case: Case, leader: User) -> None:
    writer.close_case(case=case, by=leader, reason="Færdig.")
    assert logged_in.post(url(case, "notat_kladde"), {"text": "For sent"}).status_code == 422
