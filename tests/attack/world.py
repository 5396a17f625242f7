"""The world that the attacks are made on: a school with a case that has a word in every field, and everybody around it.

Whoever changes something here changes it for all attacks: that every free text is filled is held by a test.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import uuid4

import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.utils import timezone

from cases.enums import DutyOutcome, NoteNature, ReferralForm, Role
from cases.log import drafts, writer
from cases.log.case_file import read_case
from cases.models import Case, ClosedDays, ErasureRequest, Municipality, RetentionRule, School, User
from cases.retention import due
from cases.sharing import actions
from cases.sharing.anonymous_parts import parts_of
from guide.accounts.second_factor import SECOND_FACTOR_MARK
from guide.models import Accessibility, Contact, LegalNote, LocalContact, SingleSignOn
from guide.questionnaire.fields import (
    Answer,
    ChoiceAnswer,
    ChoicesAnswer,
    DayAnswer,
    NumberAnswer,
    TextAnswer,
    TimeAnswer,
)
from guide.questionnaire.rows import PersonChoice, RowKey
from guide.questionnaire.schema import Step
from guide.questionnaire.step_form import StepForm
from guide.rules.enums import UNKNOWN
from guide.rules.facts import OFFENDER_KEY
from guide.steps import BY_KEY, STEPS
from guide.wizard import filing
from guide.wizard.step_request import draft_key
from tests.factories import change_quietly, make_case, make_municipality, make_rule, make_school, make_user
from tests.guide.software_key import SoftwareKey

WORD = "Kanarie"
"""Stands in every text that somebody may type; no sentence of the product holds it."""

PASSWORD = "et langt og kedeligt kodeord"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
"""The secret of every telephone here."""
KEY = SoftwareKey()
CHALLENGE = "A" * 43
"""What a browser was asked to sign, each time."""

ACTORS = (
    "anonymous",
    "password",
    "disabled",
    "owner",
    "participant",
    "colleague",
    "other_staff",
    "leader",
    "other_leader",
    "ssp_named",
    "ssp_anonymous",
    "ssp_unasked",
    "ssp_elsewhere",
    "ssp_ended",
    "administrator",
)

SAFE_HOME = {"suspicion_home": "nej", "abuse_by": "adult", "recognised": "ja"}
# What each filing answers otherwise than "the first answer of every list". Some questions shut others, so that a step
# is filed more than once before every text of it has been open.
FILINGS: tuple[tuple[str, Mapping[str, str]], ...] = (
    ("afdaek", {**SAFE_HOME, "shown": "sexual", "motive": "extensive", "danger_self_harm": "nej"}),
    ("vurder", {"confirmed_level": "1"}),
    ("inddrag", {"parents_told": "all"}),
    ("inddrag", {"parents_told": "nej"}),
    ("dokumenter", {}),
    ("stop", {}),
    ("anmeld", {"report_decision": "nej", "notification": "nej"}),
    ("anmeld", {"report_decision": "will", "notification": "will"}),
    ("anmeld", {"report_decision": "reported", "notification": "sent"}),
    ("behandl", {}),
    ("afdaek", {"suspicion_home": "ja", "shown": "sexual", "motive": "extensive", "danger_self_harm": "nej"}),
    ("inddrag", {"municipality_contacted": "ja"}),
    ("afdaek", {**SAFE_HOME, "victim_age": "20", "shown": "sexual", "motive": "extensive"}),
    ("inddrag", {}),
    ("afdaek", {**SAFE_HOME, "shown": "sexual", "motive": "extensive", "danger_self_harm": "nej"}),
)


@dataclass
class World:
    """One school with its people and four cases, and another school in another municipality.

    The school has three old cases too, whose references its keepers see: "due" has been proposed for erasure, "ripe"
    has not, and "held" is not to be erased.
    """

    municipality: Municipality
    school: School
    users: dict[str, User]
    cases: dict[str, Case]
    old: dict[str, Case]
    duty: str = ""
    proposal: str = ""
    rows: dict[str, int] = field(default_factory=dict)
    canaries: set[str] = field(default_factory=set)
    sessions: dict[str, str] = field(default_factory=dict)

    def case_of(self, actor: str) -> Case:
        """The case that this actor asks for."""
        return self.cases[
            {"ssp_anonymous": "anonymous", "ssp_unasked": "plain", "ssp_ended": "ended"}.get(actor, "named")
        ]

    def __getitem__(self, name: str) -> Case:
        """A case by its name."""
        return (self.cases | self.old)[name]

    def client(self, actor: str) -> Client:
        """A fresh browser of the actor: logged in, only half logged in, or not at all."""
        client = Client(raise_request_exception=False)
        if actor != "anonymous":
            client.cookies[settings.SESSION_COOKIE_NAME] = self._session(actor)
        return client

    def _session(self, actor: str) -> str:
        if actor not in self.sessions:
            client = Client()
            user = self.users[actor]
            client.force_login(user)
            if actor == "password":
                session = client.session
                del session[SECOND_FACTOR_MARK]
                session.save()
            # A first visit: later ones within the minute leave the session as it is.
            client.get("/akut/")
            self.sessions[actor] = client.cookies[settings.SESSION_COOKIE_NAME].value
        return self.sessions[actor]

    def fills(self, actor: str) -> dict[str, str]:
        """What goes into the addresses when this actor asks."""
        case = self.case_of(actor)
        return {
            "public_id": str(case.public_id),
            "step": "afdaek",
            "section": "fare",
            "duty": self.duty,
            "child": "elev",
            "proposal_id": self.proposal,
            "seq": "1",
            "key": "abc",
            "uidb36": "1",
            "pk": str(Authenticator.objects.get(type=Authenticator.Type.WEBAUTHN).pk),
            "content_type_id": str(ContentType.objects.get_for_model(Case).pk),
            "app_label": "cases",
            "provider_key": "unilogin",
            "object_id": str(self.cases["named"].pk),
        }


def duty_of(case: Case) -> str:
    """The key of a duty of the case that nobody has answered."""
    assessment = step_form(case, BY_KEY["afdaek"], None).assessment
    settled = filing.completed_duty_keys(read_case(case))
    return next(duty.key for duty in assessment.duties if not duty.rule and duty.key not in settled)


def build(word: str = WORD) -> World:
    """Make the world. ``word`` begins every text that is typed in it."""
    municipality = make_municipality("Ankerup")
    school = make_school(municipality, "Ankerup Skole")
    elsewhere = make_school(make_municipality("Bækkerup"), "Bækkerup Skole")
    users = {
        "password": make_user(school=school, password=PASSWORD),
        "disabled": make_user(school=school, password=PASSWORD),
        "owner": make_user(school=school, password=PASSWORD),
        "participant": make_user(school=school, password=PASSWORD),
        "colleague": make_user(school=school, password=PASSWORD),
        "other_staff": make_user(school=elsewhere, password=PASSWORD),
        "leader": make_user(Role.LEADER, school=school, password=PASSWORD),
        "other_leader": make_user(Role.LEADER, school=elsewhere, password=PASSWORD),
        "ssp_named": make_user(Role.SSP, municipality=municipality, password=PASSWORD),
        "ssp_colleague": make_user(Role.SSP, municipality=municipality, password=PASSWORD),
        "ssp_elsewhere": make_user(Role.SSP, municipality=elsewhere.municipality, password=PASSWORD),
        "administrator": make_user(Role.ADMINISTRATOR, municipality=municipality, password=PASSWORD),
    }
    # No visitor of the access matrix, but somebody has to do what only an administrator without a municipality may.
    users["keeper"] = User.objects.create_user("k@example.dk", PASSWORD, name="Kim", role=Role.ADMINISTRATOR)
    users |= dict.fromkeys(["ssp_anonymous", "ssp_unasked", "ssp_ended"], users["ssp_named"])
    make_rule(municipality, 60, basis="Kassationsplanen")
    old = {name: closed_long_ago(users["owner"]) for name in ("due", "ripe", "held")}
    cases = {name: make_case(users["owner"]) for name in ("named", "anonymous", "plain", "ended")}
    world = World(municipality, school, users, cases, old)
    world.proposal = str(proposed(old["due"], users["leader"], word).public_id)
    due.set_hold(case=old["held"], by=users["leader"], reason=f"{word} slettestop")
    for name in ("named", "anonymous"):
        world.canaries |= fill(cases[name], word)
    world.duty = duty_of(cases["named"])
    for actor in ("password", "disabled", "participant"):
        actions.add_participant(case=cases["named"], by=users["owner"], user=users[actor])
    refer(cases["named"], ReferralForm.NAMED, "Råd")
    refer(cases["anonymous"], ReferralForm.ANONYMOUS, "Råd")
    refer(cases["ended"], ReferralForm.NAMED, "Råd")
    actions.end_referral(case=cases["ended"], by=users["owner"], reason="", submission_id=uuid4())
    TOTP.activate(users["owner"], SECRET)
    WebAuthn.add(users["owner"], "Nøgle", KEY.register({"publicKey": {"challenge": CHALLENGE, "user": {"id": ""}}}))
    SingleSignOn.objects.create(user=users["colleague"], issuer="https://id.example.dk", subject="abc")
    LocalContact.objects.create(municipality=municipality, key="ssp_konsulent", phone="12345678")
    ClosedDays.objects.create(school=school, first=date(2026, 10, 12), last=date(2026, 10, 16), name="Efterårsferie")
    Accessibility.objects.create(municipality=municipality, phone="12345678")
    world.rows = {
        f"{model._meta.app_label}/{model._meta.model_name}": model.objects.values_list("pk", flat=True)[0]
        for model in (
            Contact,
            LegalNote,
            LocalContact,
            Accessibility,
            SingleSignOn,
            ClosedDays,
            RetentionRule,
            Authenticator,
        )
    } | {"cases/municipality": municipality.pk, "cases/school": school.pk, "cases/user": users["owner"].pk}
    for actor in (*ACTORS[1:], "keeper"):
        world._session(actor)
    # Not by save(), which would end the session too: here the door alone is to stop it.
    change_quietly(users["disabled"], is_active=False)
    return world


def closed_long_ago(owner: User) -> Case:
    """A case whose time was up a year ago."""
    with time_machine.travel(timezone.now() - timedelta(days=6 * 365), tick=False):
        case = make_case(owner)
        writer.close_case(case=case, by=owner, reason="Slut", submission_id=uuid4())
    return Case.objects.unscoped("test").select_related("school__municipality", "owner").get(pk=case.pk)


def proposed(case: Case, by: User, word: str) -> ErasureRequest:
    """A proposal to erase the case, which was held for a while and is not any more."""
    due.set_hold(case=case, by=by, reason=f"{word} slettestop")
    due.release_hold(case=case, by=by, reason=f"{word} ophævet")
    return due.propose_erasure(case=case, by=by)


def refer(case: Case, form: ReferralForm, text: str) -> None:
    """Ask SSP, with all that may go along."""
    lines = [line for part in parts_of(read_case(case)) for line in part.lines]
    actions.refer(
        case=case,
        by=case.owner,
        form=form,
        purpose=text,
        message=text,
        included=lines if form == ReferralForm.ANONYMOUS else [],
        submission_id=uuid4(),
    )


def fill(case: Case, word: str = WORD) -> set[str]:
    """Type in every free text there is, each with words of its own. Returns those words."""
    typed: set[str] = set()
    for key, otherwise in FILINGS:
        data = everything(BY_KEY[key], word, otherwise)
        whole = step_form(case, BY_KEY[key], data)
        assert whole.is_valid(), whole.error_list
        case_file = read_case(case)
        filing.save_step(case=case, by=case.owner, step_form=whole, case_file=case_file, submission_id=uuid4())
        typed |= {value for value in _strings(whole.answers) if value.startswith(word)}
    by = case.owner
    typed |= {f"{word} {what}" for what in ("notat", "hvem", "hvor", "rettelse", "begrundelse", "opfølgning", "kladde")}
    for nature in NoteNature:
        writer.add_note(
            case=case,
            by=by,
            nature=nature,
            happened_at=timezone.now(),
            who=f"{word} hvem",
            where=f"{word} hvor",
            text=f"{word} notat",
            submission_id=uuid4(),
        )
    writer.add_correction(case=case, by=by, corrects=2, text=f"{word} rettelse", submission_id=uuid4())
    writer.tick_duty(
        case=case,
        by=by,
        key=duty_of(case),
        title="Opgave",
        outcome=DutyOutcome.NOT_RELEVANT,
        reason=f"{word} begrundelse",
        submission_id=uuid4(),
    )
    writer.set_follow_up(
        case=case,
        by=by,
        title=f"{word} opfølgning",
        due=timezone.now() + timedelta(days=7),
        owner=by.name,
        submission_id=uuid4(),
    )
    drafts.save_draft(
        case=case, by=by, step=draft_key("behandl", "presse"), data={"press_plan": [f"{word} kladde"]}, base_seq=99
    )
    return typed


def step_form(case: Case, step: Step, data: Mapping[str, list[str]] | None) -> StepForm:
    """The step with the data, judged with what is filed."""
    answers = read_case(case).answers()
    others = {key: given for key, given in answers.items() if key != step.key or data is None}
    if data is None:
        step, data = STEPS[-1], {}
    return StepForm(step, data, others, timezone.now())


def everything(step: Step, word: str, otherwise: Mapping[str, str]) -> dict[str, list[str]]:
    """An answer to every question of a step, two rows in every table."""
    data = {name: answer(name, question, step.key, word) for name, question in step.form.base_fields.items()}
    for table in step.tables:
        data[f"{table.key}-TOTAL_FORMS"] = ["2"]
        for number in range(2):
            for name, question in table.row.base_fields.items():
                data[f"{table.key}-{number}-{name}"] = answer(name, question, f"{step.key} {table.key}", word)
    return data | {name: [value] for name, value in otherwise.items()}


def answer(name: str, question: object, place: str, word: str) -> list[str]:
    """An answer of the right kind: text with the word in it, all of many, the first of a list, a day, an age."""
    assert isinstance(question, Answer), name
    match question:
        case TextAnswer():
            return [f"{word} {place} {name}"]
        case ChoicesAnswer():
            return [str(value) for value, _label in question.choices if value != UNKNOWN]
        case ChoiceAnswer():
            return [next(str(value) for value, _label in question.choices if value not in ("", UNKNOWN))]
        case DayAnswer():
            return ["01-02-2026"]
        case TimeAnswer():
            return ["8.15"]
        case PersonChoice():
            return [""]
        case RowKey():
            return [OFFENDER_KEY]
        case NumberAnswer():
            return ["14"]


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)
