"""How fast the machine is. Bounds in seconds are meant for one that draws an empty page in a second and a half."""

import resource
from functools import cache

from cases.documents import pdf

USUAL = 1.5


@cache
def slowness() -> float:
    """Return how many times longer than there a PDF takes here, at least 1. In the fastest of three tries, so that what
    else runs counts for little."""
    return max(1.0, min(_time_to_draw() for _try in range(3)) / USUAL)


def _time_to_draw() -> float:
    began = resource.getrusage(resource.RUSAGE_CHILDREN)
    pdf.render_pdf('<html lang="da"><title>x</title>')
    done = resource.getrusage(resource.RUSAGE_CHILDREN)
    return done.ru_utime + done.ru_stime - began.ru_utime - began.ru_stime
