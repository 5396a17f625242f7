"""Every table of the record."""

from cases.models.retention import ErasureRequest, LegalHold, RetentionRule, Tombstone
from cases.models.school_calendar import ClosedDays
from cases.models.tables import (
    AccessMac,
    AuditEvent,
    Case,
    ChainEnd,
    ChainKey,
    Draft,
    Entry,
    KeyCheck,
    Municipality,
    Participant,
    Referral,
    School,
    User,
)
