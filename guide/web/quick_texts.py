"""A shorter way to a text in the reader's language: a page shows some three hundred."""

from functools import lru_cache
from threading import local
from typing import Any, Final

from django.utils.translation import trans_real

_MOST_KEPT: Final = 16_384
"""Texts of all languages together; the product has some six thousand in each. None of them is typed in a case."""


def shorten_way_to_texts() -> None:
    """Look up the language in the thread, and a text in seven catalogs once.

    Django asks for each text which coroutine runs; the server has none.
    """
    django: Any = trans_real
    django._active = local()
    django.DjangoTranslation.gettext = lru_cache(_MOST_KEPT)(django.DjangoTranslation.gettext)
