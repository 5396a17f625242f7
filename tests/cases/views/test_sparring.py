"""One thread for each referral: asked and answered through the forms, and seen from both sides."""

import html
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.access import permissions
from cases.documents.summary import build_summary
from cases.enums import CaseAction, ReferralChange, ReferralForm, Role, Status
from cases.log import writer
from cases.log.case_file import read_case, read_current
from cases.models import AuditEvent, Case, Entry, Municipality, Referral, School, User
from cases.operations.verify import case_faults
from cases.sharing import actions, sparring
from tests.factories import add_note, behind, file_step, make_case, make_duty, make_user, step_content
from tests.guide.page_reader import read, stored

NAMES = "Olga Ejer", "Mette SSP"
FORMS = [ReferralForm.NAMED, ReferralForm.ANONYMOUS]


@pytest.fixture
def owner(school: School) -> User:
    return make_user(school=school, name=NAMES[0])


@pytest.fixture
def mette(municipality: Municipality) -> User:
    return make_user(Role.SSP, municipality=municipality, name=NAMES[1])


@pytest.fixture
def per(municipality: Municipality) -> User:
    return make_user(Role.SSP, municipality=municipality, name="Per SSP")


@pytest.fixture
def asked(owner: User) -> Case:
    """A case of level 3 with the duty to ask SSP, not yet asked."""
    case = make_case(owner)
    duties = [make_duty("ask_ssp") | {"title": "Spørg SSP til råds"}, make_duty()]
    file_step(case, content=step_content(levels=[3], duties=duties))
    add_note(case, text="Kanariefugl")
    return case


def refer(case: Case, form: ReferralForm = ReferralForm.NAMED) -> None:
    actions.refer(
        case=stored(case), by=case.owner, form=form, purpose="Hvad nu?", message="", included=[], submission_id=uuid4()
    )


class Side:
    """Somebody at the page of the thread, as a browser sees it."""

    def __init__(self, user: User, case: Case) -> None:
        self.client, self.case = Client(), case
        self.client.force_login(user)
        self.url = reverse("henvis", args=[case.public_id])

    def page(self, name: str = "henvis", *more: str) -> str:
        """What stands on a page of the case."""
        return html.unescape(self.client.get(reverse(name, args=[self.case.public_id, *more])).text)

    def shown(self) -> dict[str, str]:
        """The hidden fields of the page's forms."""
        fields = read(self.client.get(self.url).text).inputs
        return {one["name"]: one.get("value", "") for one in fields if one.get("name") in ("seq", "level")}

    def press(self, handling: str, shown: dict[str, str] | None = None, **typed: str) -> Any:
        """Send a form of the page as it is now, or as it was."""
        fields = self.shown() if shown is None else shown
        return self.client.post(self.url, {**fields, **typed, "handling": handling})

    def list(self, query: str = "") -> str:
        """The list of cases."""
        return html.unescape(self.client.get(f"/sager/{query}").text)


@pytest.mark.parametrize("form", FORMS)
def test_question_is_asked_answered_and_ended_and_each_side_sees_whose_turn_it_is(
    asked: Case, owner: User, mette: User, form: ReferralForm
) -> None:
    school, ssp = Side(owner, asked), Side(mette, asked)
    refer(asked, form)
    steps = [("trin", "vurder", "deltagere"), ("trin", "behandl", "sparring")]
    of_school = [lambda: school.list(), lambda: school.page("sag"), lambda: school.page("plan"), lambda: school.page()]
    of_school += [lambda one=one: school.page(*one) for one in steps]

    def expect(told: str, turn: str) -> None:
        assert [told in page() for page in of_school] == [True] * len(of_school), told
        assert turn in ssp.list()

    expect("Venter på SSP", "Jeres tur")
    assert "Hvad nu?" in ssp.page()
    expect("Set af SSP kl. ", "Jeres tur")
    said = [
        (ssp, {"change": "asked_back", "text": "Er han selv gået til politiet?"}, "SSP spørger skolen", "Skolens tur"),
        (school, {"text": "Ja, og forældrene er med."}, "Set af SSP kl. ", "Jeres tur"),
        (ssp, {"change": "returned", "text": "Truslerne taler for 4."}, "SSP er ikke enig i niveauet", "Skolens tur"),
        (ssp, {"change": "agreed", "text": ""}, "SSP er enig i niveauet", "Skolens tur"),
        (ssp, {"change": "advised", "text": "Kontakt politiet først."}, "SSP har svaret", "Skolens tur"),
    ]
    for side, typed, told, turn in said:
        now = "svar_nu" if side is school and form == ReferralForm.ANONYMOUS else "svar"
        answer = side.press(now, **typed)
        assert answer.status_code == 302, answer.context["wrong"].errors
        ssp.page()
        expect(told, turn)
        assert typed["text"] in school.page()
        assert typed["text"] in ssp.page()
    assert school.press("faerdig").status_code == 302
    expect("Sparringen er færdig", "Færdig")
    titles = [line.content["change"] for line in read_case(stored(asked)).referrals]
    assert titles == ["sent", "asked_back", "replied", "returned", "agreed", "advised", "done"]
    assert read_case(stored(asked)).referrals[3].content["level"] == "3"
    assert case_faults(asked.pk) == []
    unnamed = form == ReferralForm.ANONYMOUS
    assert (NAMES[0] in ssp.page()) is not unnamed
    assert ("Kanariefugl" in ssp.page()) is not unnamed
    assert NAMES[1] in school.page()
    # On paper, which is the same as on the screen, each line stands once; what SSP advised also on the first page.
    paper = school.page("resume")
    for line in ("SSP spørger om mere", "SSP er ikke enig i niveau 3", "SSP er enig i niveau 3", "SSP har svaret"):
        assert paper.count(line) in (1, 2), line


def test_asking_does_the_duty_until_it_is_taken_back_unanswered(asked: Case, owner: User, mette: User) -> None:
    def is_done() -> set[bool]:
        case = stored(asked)
        files = read_current(case), build_summary(case, read_case(case), owner, timezone.now()).case_file
        return {duty.state == "done" for one in files for duty in one.duties if duty.key == "ask_ssp"}

    assert is_done() == {False}
    refer(asked)
    assert is_done() == {True}
    actions.end_referral(case=stored(asked), by=owner, reason="", submission_id=uuid4())
    assert is_done() == {False}
    refer(asked)
    Side(mette, asked).press("svar", change="advised", text="Råd.")
    actions.end_referral(case=stored(asked), by=owner, reason="", submission_id=uuid4())
    assert is_done() == {True}


WRONG = [
    ({}, "Vælg, hvad du vil."),
    ({"change": "opfundet"}, "Vælg et af svarene på listen."),
    ({"change": "sent", "text": "x"}, "Vælg et af svarene på listen."),
    ({"change": "advised", "text": "  "}, "Skriv dit råd."),
    ({"change": "asked_back"}, "Skriv, hvad du vil vide."),
    ({"change": "returned"}, "Skriv, hvorfor du ikke er enig i niveauet."),
]


@pytest.mark.parametrize(("typed", "sentence"), WRONG)
def test_answer_that_lacks_something_is_refused(asked: Case, mette: User, typed: dict[str, str], sentence: str) -> None:
    refer(asked)
    before = Entry.objects.count()
    answer = Side(mette, asked).press("svar", **typed)
    assert (answer.status_code, sentence in html.unescape(answer.text)) == (422, True)
    assert Entry.objects.count() == before


@pytest.mark.both_engines
def test_who_answers_after_another_sees_that_answer_first(asked: Case, mette: User, per: User) -> None:
    refer(asked)
    first, second = Side(mette, asked), Side(per, asked)
    shown = second.shown()
    assert first.press("svar", change="advised", text="Ring til politiet.").status_code == 302
    refused = second.press("svar", shown, change="advised", text="Vent med politiet.")
    page = html.unescape(refused.text)
    assert refused.status_code == 422
    assert "Der er kommet nyt, siden du åbnede siden." in page
    assert "Ring til politiet." in page
    assert "Vent med politiet." in page
    assert "Mette SSP har henvendelsen" in page
    assert second.press("svar", change="advised", text="Enig med Mette.").status_code == 302


def test_level_that_moved_meanwhile_is_not_agreed_with(asked: Case, mette: User) -> None:
    refer(asked)
    side = Side(mette, asked)
    shown = side.shown()
    file_step(stored(asked), content=step_content(levels=[2]))
    refused = side.press("svar", shown, change="agreed", text="Fint.")
    assert "Skolen har ændret niveauet til 2, mens du skrev." in html.unescape(refused.text)
    assert side.press("svar", change="agreed").status_code == 302


@pytest.mark.both_engines
def test_claim_is_told_to_colleagues_and_taken_once(asked: Case, owner: User, mette: User, per: User) -> None:
    refer(asked)
    first, second = Side(mette, asked), Side(per, asked)
    shown = second.shown()
    assert first.press("tag").status_code == 302
    assert second.press("tag", shown).status_code == 422
    assert "Mette SSP har henvendelsen" in second.page()
    assert "Mette SSP har den" in second.list()
    assert asked.reference not in second.list("?hvem=mig")
    assert "Hos SSP har Mette SSP den." in Side(owner, asked).page("sag")
    assert second.press("tag").status_code == 302
    assert Referral.objects.get().claimed_by == per
    assert first.client.post(first.url, {"handling": "giv", "giv-colleague": str(per.public_id)}).status_code == 302
    assert case_faults(asked.pk) == []


def test_stepping_aside_takes_the_case_out_of_sight_and_the_last_one_tells_the_school(
    asked: Case, owner: User, mette: User, per: User
) -> None:
    refer(asked)
    first, second = Side(mette, asked), Side(per, asked)
    first.press("tag")
    assert first.press("vig").status_code == 422
    assert first.client.post(first.url, {"handling": "vig", "vig-sure": "on"}).status_code == 302
    assert first.client.get(first.url).status_code == 404
    assert asked.reference not in first.list("?vis=alle")
    assert not permissions.visible_to(mette).exists()
    assert Referral.objects.get().claimed_by is None
    assert "Mette SSP" not in {option.words for option in read(second.page()).having("option")}
    # A new question keeps those away who stepped aside.
    refer(asked)
    assert first.client.get(first.url).status_code == 404
    assert second.client.post(second.url, {"handling": "vig", "vig-sure": "on"}).status_code == 302
    assert "Ingen hos SSP kan læse den" in Side(owner, asked).page("sag")
    assert case_faults(asked.pk) == []


@pytest.mark.both_engines
def test_row_that_says_who_stepped_aside_lets_nobody_in_when_it_is_changed(asked: Case, mette: User) -> None:
    refer(asked)
    sparring.step_aside(case=stored(asked), by=mette, submission_id=uuid4())
    behind(Referral).update(aside="")
    assert Side(mette, asked).client.get(reverse("henvis", args=[asked.public_id])).status_code == 403


TEXT = "  Kære kollega.\r\n\r\n»Æblegrød« <b>&amp;</b> 🙂  "


@pytest.mark.parametrize("typed", [TEXT, "Nej."])
def test_text_comes_back_when_the_school_takes_its_question_back(
    asked: Case, owner: User, mette: User, per: User, typed: str
) -> None:
    refer(asked)
    side, late = Side(mette, asked), Side(per, asked)
    shown = side.shown()
    actions.end_referral(case=stored(asked), by=owner, reason="", submission_id=uuid4())
    answer = side.press("svar", shown, change="advised", text=typed)
    assert answer.status_code == 410
    assert "Skolen trak henvendelsen tilbage, mens du skrev." in html.unescape(answer.text)
    assert f"\n{html.escape(typed)}</textarea>" in answer.text
    assert AuditEvent.objects.latest("seq").verb == "denied"
    # Who never opened it is told nothing, nor is anybody who asks for the page.
    assert late.press("svar", shown, change="advised", text=typed).status_code == 404
    assert side.client.get(side.url).status_code == 404


@pytest.mark.parametrize("happens", ["taken back", "closed"])
def test_school_loses_no_text_to_a_colleague(asked: Case, owner: User, leader: User, happens: str) -> None:
    refer(asked)
    school = Side(owner, asked)
    shown = school.shown()
    if happens == "closed":
        writer.close_case(case=stored(asked), by=leader, reason="Slut.")
    else:
        actions.end_referral(case=stored(asked), by=leader, reason="", submission_id=uuid4())
    for typed in ({"handling": "svar", "text": TEXT}, {"handling": "send", "purpose": TEXT, "form": "opfundet"}):
        answer = school.press(shown=shown, **typed)
        assert answer.status_code in {409, 422}
        assert html.escape(TEXT.strip()) in answer.text


def test_closing_over_a_question_warns_and_tells_ssp(asked: Case, leader: User, mette: User) -> None:
    refer(asked)
    ssp, head = Side(mette, asked), Side(leader, asked)
    shown = ssp.shown()
    url = reverse("status", args=[asked.public_id])
    sent = {"handling": "afslut", "reason": "Færdig.", "despite": "on"}
    assert "SSP har ikke svaret på jeres spørgsmål" in head.page("status")
    refused = head.client.post(url, sent)
    assert "Sæt kryds, hvis sagen skal afsluttes, før SSP har svaret." in html.unescape(refused.text)
    assert stored(asked).status == Status.OPEN
    assert head.client.post(url, {**sent, "despite_ssp": "on"}).status_code == 302
    assert "Lukket, før I svarede" in ssp.list()
    refused = ssp.press("svar", shown, change="advised", text="Vent lidt.")
    assert (refused.status_code, "Vent lidt." in refused.text) == (422, True)
    assert "Sagen er afsluttet." in refused.text
    assert "Skolen har afsluttet sagen, før I svarede" in ssp.page()
    assert asked.reference not in ssp.list()
    assert asked.reference in ssp.list("?vis=afsluttede")
    assert "Svar fra SSP på jeres spørgsmål" in head.page("log")


def test_answered_question_takes_no_tick(asked: Case, leader: User, mette: User) -> None:
    refer(asked)
    Side(mette, asked).press("svar", change="advised", text="Råd.")
    page = Side(leader, asked).page("status")
    assert "SSP har ikke svaret" not in page


MESSAGE = "7.b, Møllevej 4, 22 33 44 55, storebror Oskar"


@pytest.mark.parametrize("is_reply", [False, True])
def test_anonymous_text_is_asked_about_word_by_word_and_shown_before_it_is_sent(
    asked: Case, owner: User, mette: User, is_reply: bool
) -> None:
    if is_reply:
        refer(asked, ReferralForm.ANONYMOUS)
    school = Side(owner, asked)
    send, now, field = ("svar", "svar_nu", "text") if is_reply else ("send", "send_nu", "purpose")
    typed = {field: MESSAGE} if is_reply else {field: MESSAGE, "form": "anonymous"}
    before = Entry.objects.count()
    page = school.press(send, **typed)
    asked_about = [one.words for one in read(page.text).having("legend")]
    assert asked_about == [
        "»7.b« – klasse?", "»Møllevej 4« – adresse?", "»22 33 44 55« – telefonnummer?", "»Oskar« – navn?",
    ]  # fmt: skip
    decided = {"fund-1": "ud:7.b", "fund-2": "ud:møllevej 4", "fund-3": "ud:22 33 44 55"}
    for handling in (send, now):
        refused = school.press(handling, **typed, **decided)
        assert refused.status_code == 422
        assert "Vælg, om »Oskar« skal tages ud" in html.unescape(refused.text)
    decided["fund-4"] = "lad:oskar"
    preview = school.press(send, **typed, **decided)
    cleaned = "[klasse], [adresse], [telefonnummer], storebror Oskar"
    assert (preview.status_code, cleaned in preview.text) == (200, True)
    assert Entry.objects.count() == before
    back = school.press("ret_svar" if is_reply else "ret", **typed, **decided)
    assert (back.status_code, MESSAGE in html.unescape(back.text)) == (200, True)
    assert school.press(now, **typed, **decided).status_code == 302
    page = Side(mette, asked).page()
    assert cleaned in page
    assert "Møllevej" not in page


def test_name_of_the_case_is_refused_in_a_reply_too(asked: Case, owner: User) -> None:
    add_note(stored(asked), who="Aksel")
    refer(asked, ReferralForm.ANONYMOUS)
    refused = Side(owner, asked).press("svar", text="Aksel så det.")
    assert (refused.status_code, "har skrevet »Aksel«" in html.unescape(refused.text)) == (422, True)


def test_reviewer_reads_every_step_and_presses_nothing_of_the_schools(asked: Case, mette: User) -> None:
    refer(asked)
    page = read(Side(mette, asked).page())
    pressed = {one.attributes.get("value") for one in page.having("button") if one.attributes.get("name")}
    assert pressed == {"svar", "tag", "vig"}
    words = " ".join(page.words.split())
    told_of = ("Er billedet delt?", "Kanariefugl", "Der er truet.", "Kontakt politiet", "Kronologi")
    for told in (*told_of, "Spurgt i Handlekort."):
        assert told in words, told
    reached = {link for link in page.links if link.startswith("/sager/") and asked.public_id.hex not in link}
    client = Side(mette, asked).client
    assert {client.get(link).status_code for link in reached} == {200}


def test_a_participant_sees_the_answer_without_the_page(asked: Case, owner: User, mette: User, school: School) -> None:
    colleague = make_user(school=school)
    actions.add_participant(case=stored(asked), by=owner, user=colleague)
    refer(asked)
    Side(mette, asked).press("svar", change="advised", text="Råd fra SSP.")
    side = Side(colleague, asked)
    assert "SSP har svaret" in side.page("sag")
    assert side.url not in side.page("sag")
    assert "Råd fra SSP." in side.page("log")


def test_each_role_of_ssp_may_answer_and_nobody_else(asked: Case, owner: User, mette: User) -> None:
    refer(asked, ReferralForm.ANONYMOUS)
    case = permissions.get_case(mette, asked.public_id, CaseAction.ANSWER)
    assert not permissions.can(owner, stored(asked), CaseAction.ANSWER)
    shown = sparring.Shown(case.head_seq, "3")
    number = uuid4()
    for _press in range(2):
        sparring.write_line(
            case=case, by=mette, change=ReferralChange.AGREED, text="", shown=shown, submission_id=number
        )
    assert read_case(stored(asked)).referrals[-1].content["change"] == "agreed"
    assert len(read_case(stored(asked)).referrals) == 2
    writer.close_case(case=stored(asked), by=owner, reason="Slut.")
