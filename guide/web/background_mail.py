"""Mail sent after the answer: how long a page takes must not tell whether an address belongs to an account."""

import logging
import smtplib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from django.core.mail.backends.smtp import EmailBackend as SmtpBackend
from django.core.mail.message import EmailMessage

_log = logging.getLogger("handlekort.mail")
# One at a time is plenty for mails about logins. What is waiting when the process ends is still sent.
_postman: Final = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mail")


class EmailBackend(SmtpBackend):
    """Django's own, with a thread that does the waiting."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Return how many mails were handed over; one that does not get through stands in the log, without address."""
        _postman.submit(self._deliver, list(email_messages))
        return len(email_messages)

    def _deliver(self, email_messages: list[EmailMessage]) -> None:
        try:
            super().send_messages(email_messages)
        except (OSError, smtplib.SMTPException) as fault:
            _log.error("A mail about a login was not sent: %s.", type(fault).__name__)
