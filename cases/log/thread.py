"""The thread of a referral: which entries belong to it, and whether the school has asked SSP. Pure."""

from collections.abc import Sequence

from cases.enums import ANSWERS_OF_SSP, ReferralChange
from cases.log.entries import ReferralEntry


def active_thread(referrals: Sequence[ReferralEntry]) -> tuple[ReferralEntry, ...]:
    """Return the referral that was sent last and the lines of its thread; nothing when it was taken back."""
    begin = _last_sent(referrals)
    thread = tuple(referrals[begin:]) if begin is not None else ()
    return () if any(line.content["change"] == ReferralChange.ENDED for line in thread) else thread


def question_to_ssp(referrals: Sequence[ReferralEntry]) -> ReferralEntry | None:
    """Return the newest referral that SSP answered, or that is still there to be answered, or None."""
    ended = answered = False
    for line in reversed(referrals):
        change = line.content["change"]
        if change == ReferralChange.SENT:
            if answered or not ended:
                return line
            answered = False
        ended = ended or change in (ReferralChange.ENDED, ReferralChange.SENT)
        answered = answered or change in ANSWERS_OF_SSP
    return None


def _last_sent(referrals: Sequence[ReferralEntry]) -> int | None:
    sent = [place for place, line in enumerate(referrals) if line.content["change"] == ReferralChange.SENT]
    return sent[-1] if sent else None
