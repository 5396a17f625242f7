"""The papers of a case: which fit, what they mask, and for whom they are."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from cases.access.paper_log import paper_of
from cases.documents import pdf
from cases.enums import AuditVerb, Document, NoteNature, ReferralForm, Role
from cases.log.case_label import set_label
from cases.models import AuditEvent, Case, User
from guide.demo.demo_data import file_answers
from tests.factories import add_note, make_case, make_user
from tests.guide.page_reader import logged_in, read
from tests.guide.wizard.test_overview import refer
from tests.papers import ask_for

pytestmark = pytest.mark.django_db

VICTIM, OFFENDER, FRIEND = "Alma Bergstrøm", "Emil Holmgaard", "Nora Lindkvist"
PEOPLE = [
    {"name": VICTIM, "roles": ["victim"], "age_band": "under_15", "note": "7.b"},
    {"name": OFFENDER, "roles": ["offender"], "age_band": "under_15", "pupil_of": "same_school", "note": "7.c"},
    {"name": FRIEND, "roles": ["friend"], "age_band": "under_15", "pupil_of": "same_class"},
]
AFDAEK = {
    "danger_self_harm": "nej",
    "abuse": "nej",
    "suspicion_home": "nej",
    "victim_is": "pupil",
    "kinds": ["image_shared"],
    "what_happened": f"{OFFENDER} delte et billede af Alma. Emil viste det til Nora.",
    "shown": "nude",
    "recognised": "ja",
    "depicts": ["pupil"],
    "passed_on": "ja",
    "victim_age": "13",
    "youngest_age": "13",
    "offender_is": ["pupil"],
    "own_words": "»Emil lovede at slette det.«",
    "assessment": "Hun er trist.",
    "people": PEOPLE,
}
ANMELD = {
    "notification": "will",
    "notifications": [{"name": OFFENDER, "decision": "sent", "by": "Klasselæreren", "sent_on": "2026-01-05"}],
}
OTHERS = re.compile("Emil|Holmgaard|Nora|Lindkvist")


@pytest.fixture
def owner() -> User:
    return make_user(name="Olga Ejer")


@pytest.fixture
def case(owner: User) -> Case:
    case = make_case(owner)
    file_answers(case, owner, "afdaek", AFDAEK)
    file_answers(case, owner, "vurder", {"support_needed": "ja"})
    file_answers(case, owner, "anmeld", ANMELD)
    set_label(case=case, by=owner, label="7.b, Emil")
    add_note(case, text="Nora hørte det.", who="Nora og Emil")
    add_note(case, text="»Jeg er bange for Emil«", nature=NoteNature.OWN_WORDS)
    return case


def page(client: Client, case: Case, name: str, *more: str, query: str = "") -> str:
    return client.get(reverse(name, args=[case.public_id, *more]) + query).text


def article(html: str) -> str:
    return html[html.index("<article") : html.index("</article>")]


def children(client: Client, case: Case) -> dict[str, str]:
    """The drafts that the page of papers offers: the name of the child, and its key."""
    offered = [link for link in read(page(client, case, "papirer")).links if "/underretning/" in link]
    return {link.rstrip("/").rpartition("/")[2]: article(client.get(link).text) for link in offered}


def test_short_summary_names_the_pupil_alone_until_somebody_wants_all_names(
    owner: User, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = logged_in(owner)
    shown = page(client, case, "kort")
    assert VICTIM in article(shown)
    assert OTHERS.findall(article(shown)) == []
    assert f"{OFFENDER} → Person 1" in shown
    assert OFFENDER in article(page(client, case, "kort", query="?navne=alle"))
    papers: list[str] = []
    monkeypatch.setattr(pdf, "render_pdf", lambda html: papers.append(html) or b"%PDF-")
    for query in ("", "?navne=alle", "?ansatte=initialer"):
        ask_for(client, case, "kort_pdf", query=query)
    masked, whole, initials = papers
    assert "af Olga Ejer" in masked
    assert re.findall("Olga|Ejer", initials) == []
    assert OTHERS.findall(masked) == []
    assert OFFENDER in whole
    assert "ansvarlig: Olga Ejer" in article(shown)
    short = article(page(client, case, "kort", query="?ansatte=initialer"))
    assert "ansvarlig: O.E." in short
    assert OTHERS.findall(short) + re.findall("Olga|Ejer", short) == []


def test_a_draft_for_every_child_decided_on_names_that_child_alone(owner: User, case: Case) -> None:
    client = logged_in(owner)
    drafts = children(client, case)
    assert len(drafts) == 2
    pupil = drafts.pop("elev")
    ((key, other),) = drafts.items()
    assert VICTIM in pupil
    assert OTHERS.findall(pupil) == []
    assert "Hun er trist." in pupil
    assert "lovede at slette det" in pupil
    assert OFFENDER in other
    assert re.findall("Alma|Bergstrøm|Nora|Lindkvist", other) == []
    for own in ("Hun er trist.", "lovede at slette det", "Jeg er bange"):
        assert own not in other
    assert FRIEND.split()[0] in article(page(client, case, "underretning", key, query="?navne=alle"))
    assert client.get(reverse("underretning", args=[case.public_id, "nobody"])).status_code == 404
    assert AuditEvent.objects.filter(verb=AuditVerb.EXPORT, case_public_id=case.public_id).count() == 4
    leader = make_user(Role.LEADER, school=case.school)
    assert "Udskrev: udkast til underretning" in logged_in(leader).get(reverse("opslag")).text


def test_draft_on_paper_masks_as_the_screen_does(owner: User, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    papers: list[str] = []
    monkeypatch.setattr(pdf, "render_pdf", lambda html: papers.append(html) or b"%PDF-")
    client = logged_in(owner)
    for query in ("", "?navne=alle"):
        assert ask_for(client, case, "underretning_pdf", "elev", query=query).status_code == 200
    masked, whole = papers
    assert VICTIM in masked
    assert OTHERS.findall(masked) == []
    assert OFFENDER in whole
    for paper in papers:
        assert re.search("Kode ....-....-.... · log til nr. ", paper)
        assert "af Olga Ejer" in paper
    assert ask_for(client, case, "underretning_pdf", "nobody").status_code == 404
    assert len(papers) == 2


def test_papers_fit_the_case(owner: User) -> None:
    client, home = logged_in(owner), make_case(owner)
    file_answers(home, owner, "afdaek", {**AFDAEK, "suspicion_home": "ja"})
    shown = page(client, home, "papirer")
    assert "Giv det ikke til familien nu" in shown
    assert reverse("logark_pdf", args=[home.public_id]) not in shown
    assert "Tal ikke med hjemmet" in page(client, home, "sagens_samtaler")
    assert "Politiet skal med eller er spurgt." in shown


def test_ssp_prints_a_referred_case_without_its_label_and_is_logged(
    owner: User, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    ssp = make_user(Role.SSP, municipality=case.school.municipality)
    refer(case, ReferralForm.NAMED.value)
    papers: list[str] = []
    monkeypatch.setattr(pdf, "render_pdf", lambda html: papers.append(html) or b"%PDF-")
    client = logged_in(ssp)
    shown = read(page(client, case, "papirer"))
    offered = {link.rpartition(f"{case.public_id}/")[2] for link in shown.links}
    assert {"kort/", "resume.pdf"} <= offered
    assert offered & {"politiark.pdf", "log.pdf", "logark.pdf"} == set()
    for name in ("kort_pdf", "resume_pdf"):
        assert ask_for(client, case, name).status_code == 200
    printed = AuditEvent.objects.filter(verb=AuditVerb.MADE).order_by("seq")
    assert [paper_of(event)[0] for event in printed] == [Document.SHORT, Document.SUMMARY]
    assert VICTIM in papers[1]
    assert [paper for paper in papers if "7.b, Emil" in paper] == []
    refer(case, ReferralForm.ANONYMOUS.value)
    assert client.get(reverse("kort_pdf", args=[case.public_id])).status_code == 403
