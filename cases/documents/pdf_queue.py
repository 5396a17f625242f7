"""Who may have a PDF made now: one at a time for each user, and few at once on the machine.

Each place is a file that is locked with ``flock``, so the limits hold for all processes of the machine, and the system
frees a place when its process ends, however that happens. The files are empty and stay.
"""

import fcntl
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from cases.documents.pdf import PdfError
from cases.models import User

AT_ONCE = 2
"""PDFs that are made at the same time."""

PLACES = 4
"""PDFs that are made or wait for it; each holds a thread of the server, which pages need too."""

WAIT_LIMIT = 20.0
"""Seconds to wait in the queue."""

RETRY_AFTER = 30
"""Seconds after which it is worth asking again."""

_PAUSE = 0.05


class Busy(PdfError):
    """All places are taken, or the wait was too long."""

    title = _("Der er kø til at lave PDF’er")
    sentences = (
        _("Flere er ved at lave PDF’er lige nu. Der er ikke lavet nogen til dig, og sagen er uberørt."),
        _("Vent et halvt minut, og prøv igen."),
    )
    retry_after = RETRY_AFTER


class OwnUnfinished(PdfError):
    """Another PDF of the same user is being made."""

    title = _("Du er allerede ved at hente en PDF")
    sentences = (
        _("Du kan hente én PDF ad gangen. Den første er ikke færdig endnu. Sagen er uberørt."),
        _("Vent, til den første er hentet, og prøv igen."),
    )
    status = 429
    retry_after = RETRY_AFTER


@contextmanager
def pdf_place(user: User) -> Iterator[None]:
    """Hold a place while a PDF is made. Raises OwnUnfinished or Busy at once, or Busy after ``WAIT_LIMIT`` seconds."""
    folder = _folder()
    with ExitStack() as held:
        if not _take(held, [folder / f"user-{user.public_id}"]):
            raise OwnUnfinished
        if not _take(held, [folder / f"place-{number}" for number in range(PLACES)]):
            raise Busy
        presses = [folder / f"press-{number}" for number in range(AT_ONCE)]
        until = time.monotonic() + WAIT_LIMIT
        while not _take(held, presses):
            if time.monotonic() > until:
                raise Busy
            time.sleep(_PAUSE)
        yield


def _take(held: ExitStack, files: Iterable[Path]) -> bool:
    """Lock the first of these files that is free, until ``held`` is left. Return whether there was one."""
    for path in files:
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
        else:
            held.callback(os.close, file)
            return True
    return False


def _folder() -> Path:
    """Return the folder of the locks. Raises PdfError when it is somebody else's: they could hold up everybody."""
    folder = Path(settings.PDF_QUEUE_DIR)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
        raise PdfError
    return folder
