"""Send mail after the response, whose time must not show whether an address has an account."""

import logging
import smtplib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from django.core.mail.backends.smtp import EmailBackend as SmtpBackend
from django.core.mail.message import EmailMessage

_log = logging.getLogger("handlekort.mail")
# One thread is enough for mails about logins. Mails that wait when the process ends are still sent.
_executor: Final = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mail")


class EmailBackend(SmtpBackend):
    """Django's own backend in a thread."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Return the number of mails queued; a failure is logged, without the address."""
        _executor.submit(self._deliver, list(email_messages))
        return len(email_messages)

    def _deliver(self, email_messages: list[EmailMessage]) -> None:
        try:
            super().send_messages(email_messages)
        except (OSError, smtplib.SMTPException) as fault:
            _log.error("A mail about a login was not sent: %s.", type(fault).__name__)
