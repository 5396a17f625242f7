"""The words of the record: every value that a column or a sealed body may hold. A leaf."""

from enum import StrEnum
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """What a user is; ``cases.access.capabilities.ROLES`` says what it allows."""

    STAFF = "staff", _("Medarbejder")
    LEADER = "leader", _("Leder")
    SSP = "ssp", _("SSP-konsulent")
    ADMINISTRATOR = "administrator", _("Administrator")


class Status(TextChoices):
    """Whether a case still takes entries."""

    OPEN = "open", _("Åben")
    CLOSED = "closed", _("Afsluttet")


class StepStatus(TextChoices):
    """How far one step of the card has come."""

    NOT_BEGUN = "not_begun", _("Ikke begyndt")
    BEGUN = "begun", _("I gang")
    READY = "ready", _("Udfyldt")
    SKIPPED = "skipped", _("Sprunget over")


class CardStep(TextChoices):
    """The steps of the action card, in its order: what lists show of a case without opening it."""

    AFDAEK = "afdaek", _("Afdæk")
    VURDER = "vurder", _("Vurder")
    INDDRAG = "inddrag", _("Inddrag")
    DOKUMENTER = "dokumenter", _("Dokumentér")
    STOP = "stop", _("Stop")
    ANMELD = "anmeld", _("Anmeld")
    BEHANDL = "behandl", _("Behandl")


class FrozenKey(StrEnum):
    """Keys of the card's rules that the record looks for in an assessment."""

    DUTY_NOW = "now"
    """The urgency of a duty that is to be done at once."""
    DUTY_TODAY = "today"
    DUTY_ASK_SSP = "ask_ssp"
    """The duty that a referral to SSP does."""
    FLAG_DANGER = "danger"
    """Somebody is in danger now."""
    FLAG_LATE = "late"
    """The school has known for days without acting."""
    FLAG_HOME = "home"
    """Abuse may come from the home: what is meant for the family is not handed out."""


FETCHES_LEADERS: Final = frozenset({"leader_now", "involve_leadership"})
"""Keys of the duties that wait no more when a leader has the case."""


class EntryKind(TextChoices):
    """The kind of an entry of the log; each has its content shape in ``cases.log.entry_types``."""

    STEP = "step", _("Trin gemt")
    SKIP = "skip", _("Trin sprunget over")
    NOTE = "note", _("Notat")
    CORRECTION = "correction", _("Rettelse")
    LEVEL = "level", _("Niveau")
    DUTY = "duty", _("Opgave")
    REFERRAL = "referral", _("Henvendelse til SSP")
    PARTICIPANT = "participant", _("Adgang")
    STATUS = "status", _("Sagens status")


class NoteNature(TextChoices):
    """Fact, own words and the professional's view are separate: the persons concerned may read them later."""

    FACT = "fact", _("Konstateret")
    OWN_WORDS = "own_words", _("Elevens egne ord")
    ASSESSMENT = "assessment", _("Faglig vurdering")


class DutyOutcome(TextChoices):
    """How a duty of the plan was answered; open is a follow-up of the school's own that was set."""

    OPEN = "open", _("Opfølgning")
    DONE = "done", _("Gjort")
    NOT_RELEVANT = "not_relevant", _("Ikke relevant")


ANSWERS_TO_A_DUTY: Final = (DutyOutcome.DONE, DutyOutcome.NOT_RELEVANT)
"""What somebody may answer to a duty."""


class DutyState(TextChoices):
    """The state of a duty on the day of reading."""

    OPEN = "open", _("Mangler")
    OVERDUE = "overdue", _("Fristen er overskredet")
    DONE = "done", _("Gjort")
    NOT_RELEVANT = "not_relevant", _("Ikke relevant")


class ReferralForm(TextChoices):
    """Whether SSP receives the case with names, or roles and facts only."""

    NAMED = "named", _("Med navne")
    ANONYMOUS = "anonymous", _("Anonymt")


class DisclosureBasis(TextChoices):
    """On which legal basis something about a person is passed on."""

    CONSENT = "consent", _("Samtykke")
    NOTIFICATION = "notification", _("Underretning, barnets lov § 133")
    SSP = "ssp", _("SSP-samarbejde, retsplejeloven § 115")
    AUTHORITY = "authority", _("Anden myndighed, forvaltningsloven § 28")
    DATA_PROTECTION = "data_protection", _("En myndigheds opgave, databeskyttelsesreglerne")
    OFFENCES = "offences", _("Oplysninger om strafbare forhold, databeskyttelsesloven § 8")
    OTHER = "other", _("Andet")


class ReferralChange(TextChoices):
    """What happened to a referral: what was written in its thread, and who at SSP has it."""

    SENT = "sent", _("Sendt")
    ASKED_BACK = "asked_back", _("SSP spørger skolen")
    ADVISED = "advised", _("SSP har svaret")
    AGREED = "agreed", _("SSP er enig i niveauet")
    RETURNED = "returned", _("SSP er ikke enig i niveauet")
    REPLIED = "replied", _("Skolen har svaret")
    DONE = "done", _("Sparringen er færdig")
    CLAIMED = "claimed", _("Taget")
    HANDED = "handed", _("Givet videre")
    ASIDE = "aside", _("Trådt til side")
    UNANSWERABLE = "unanswerable", _("Ingen hos SSP kan læse den")
    ENDED = "ended", _("Trukket tilbage")


class Turn(TextChoices):
    """Whose turn it is to write in the thread of a referral."""

    SSP = "ssp", _("SSP")
    SCHOOL = "skolen", _("Skolen")
    NOBODY = "ingen", _("Ingen")

    @property
    def states(self) -> list[str]:
        """Return the states of a referral in which it is this turn."""
        return [state.value for state, turn in _TURNS.items() if turn is self]


_TURNS = {
    ReferralChange.SENT: Turn.SSP,
    ReferralChange.REPLIED: Turn.SSP,
    ReferralChange.ASKED_BACK: Turn.SCHOOL,
    ReferralChange.ADVISED: Turn.SCHOOL,
    ReferralChange.AGREED: Turn.SCHOOL,
    ReferralChange.RETURNED: Turn.SCHOOL,
    ReferralChange.UNANSWERABLE: Turn.SCHOOL,
    ReferralChange.DONE: Turn.NOBODY,
}
ANSWERS_OF_SSP = frozenset(
    {ReferralChange.ASKED_BACK, ReferralChange.ADVISED, ReferralChange.AGREED, ReferralChange.RETURNED}
)
"""What SSP writes in a thread."""


def turn_of(state: str) -> Turn:
    """Return whose turn it is when this was last written. Raises KeyError for what is no state."""
    return _TURNS[ReferralChange(state)]


class ParticipantChange(TextChoices):
    """What happened to a person's access to the case."""

    ADDED = "added", _("Fik adgang")
    REMOVED = "removed", _("Mistede adgang")
    OWNER = "owner", _("Blev ansvarlig")
    TOLD = "told", _("Fik det at vide")
    TAKEN = "taken", _("Har den")


class CaseRole(TextChoices):
    """The role of a user in one case, found by ``visible_to`` for every case that it gives out."""

    OWNER = "owner", _("Ansvarlig")
    PARTICIPANT = "participant", _("Har fået adgang")
    LEADER = "leader", _("Skolens leder")
    SSP_NAMED = "ssp_named", _("SSP, med navne")
    SSP_ANONYMOUS = "ssp_anonymous", _("SSP, anonymt")


class CaseAction(TextChoices):
    """What a user may want to do with a case; ``cases.access.capabilities.CASE_ROLES`` says who may."""

    SEE = "see", _("Se sagens linje og henvendelsen")
    READ = "read", _("Læse sagen")
    WALK = "walk", _("Udfylde trin")
    NOTE = "note", _("Skrive notater")
    TICK = "tick", _("Krydse opgaver af")
    PRINT = "print", _("Udskrive resuméet")
    EXPORT = "export", _("Udskrive det hele")
    REFER = "refer", _("Henvende sig til SSP")
    PARTICIPANTS = "participants", _("Give adgang")
    ASSIGN = "assign", _("Vælge ansvarlig")
    CLOSE = "close", _("Afslutte og genåbne")
    KEEP = "keep", _("Bevare eller foreslå slettet")
    DISCLOSE = "disclose", _("Give indsigt")
    ANSWER = "answer", _("Svare på en henvendelse")


class Document(TextChoices):
    """What was printed, as the access log keeps it."""

    SHORT = "short", _("kort resumé")
    SUMMARY = "summary", _("sagsresumé")
    LOG = "log", _("hele loggen")
    POLICE_SHEET = "police_sheet", _("faktaark til politiet")
    LOG_SHEET = "log_sheet", _("logark til familien")
    NOTIFICATION = "notification", _("udkast til underretning")
    CASE_FOLDER = "case_folder", _("sagsmappe")
    INSIGHT = "insight", _("indsigt")


class Recipient(TextChoices):
    """For whom a paper is made, and thereby what for, as the access log keeps it."""

    SELF = "selv", _("mig selv")
    MEETING = "moede", _("et møde om sagen")
    FOLDER = "mappe", _("skolens mappe")
    LEADERS = "ledelse", _("skolens ledelse")
    POLICE = "politi", _("politiet")
    MUNICIPALITY = "kommune", _("kommunen")
    HOME = "hjem", _("hjemmet")
    COURT = "ret", _("retten")
    SUBJECT = "indsigt", _("den, der har bedt om indsigt")
    OTHER = "anden", _("en anden")


class AuditVerb(TextChoices):
    """What an audit event is about: look-ups first, then changes, then login."""

    LIST = "list", _("Så en liste")
    OPEN = "open", _("Åbnede sagen")
    SEARCH = "search", _("Søgte")
    EXPORT = "export", _("Udskrev")
    MADE = "made", _("Fik et papir")
    DENIED = "denied", _("Blev afvist")
    BEGIN = "begin", _("Oprettede sagen")
    FILE = "file", _("Gemte et trin")
    SKIP = "skip", _("Sprang et trin over")
    NOTE = "note", _("Skrev et notat")
    CORRECT = "correct", _("Rettede")
    TICK = "tick", _("Krydsede en opgave af")
    FOLLOW_UP = "follow_up", _("Satte en opfølgning")
    TELL = "tell", _("Fortalte det til ledelsen")
    TAKE = "take", _("Tog sagen")
    LABEL = "label", _("Gav sagen et kendetegn")
    REFER = "refer", _("Henvendte sig til SSP")
    END_REFERRAL = "end_referral", _("Trak en henvendelse tilbage")
    SPAR = "spar", _("Skrev i en sparring")
    CLAIM = "claim", _("Tog, gav videre eller fratrådte en henvendelse")
    ADD_PARTICIPANT = "add_participant", _("Gav adgang")
    REMOVE_PARTICIPANT = "remove_participant", _("Fjernede adgang")
    ASSIGN = "assign", _("Valgte ansvarlig")
    CLOSE = "close", _("Afsluttede sagen")
    REOPEN = "reopen", _("Genåbnede sagen")
    DRAFT = "draft", _("Gemte en kladde")
    DROP_DRAFT = "drop_draft", _("Kasserede en kladde")
    INSIGHT = "insight", _("Gav indsigt")
    HOLD = "hold", _("Satte et slettestop")
    RELEASE = "release", _("Ophævede et slettestop")
    PROPOSE_ERASURE = "propose_erasure", _("Foreslog sletning")
    REFUSE_ERASURE = "refuse_erasure", _("Afviste sletning")
    ERASE = "erase", _("Slettede sagen")
    SET_RETENTION = "set_retention", _("Ændrede en opbevaringsfrist")
    ADMIN_ADD = "admin_add", _("Oprettede i administrationen")
    ADMIN_CHANGE = "admin_change", _("Ændrede i administrationen")
    ADMIN_DELETE = "admin_delete", _("Slettede i administrationen")
    ROTATE = "rotate", _("Skiftede nøgle")
    BACKUP = "backup", _("Tog sikkerhedskopi")
    RESTORE = "restore", _("Genskabte fra sikkerhedskopi")
    LOGIN = "login", _("Loggede ind")
    LOGIN_FAILED = "login_failed", _("Kunne ikke logge ind")
    LOGOUT = "logout", _("Loggede ud")
    LOGIN_CHANGED = "login_changed", _("Ændrede sit login")
