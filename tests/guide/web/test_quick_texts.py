"""The shorter way to a text gives each thread its own language, and a text that is no markup as no markup."""

from threading import Thread

from django.utils.safestring import SafeString
from django.utils.translation import gettext, override


def test_each_thread_has_its_own_language() -> None:
    said = {}

    def read(language: str) -> None:
        with override(language):
            said[language] = gettext("Monday")

    with override("da"):
        other = Thread(target=read, args=("en",))
        other.start()
        other.join()
        read("da")
    assert said == {"en": "Monday", "da": "mandag"}


def test_text_of_a_page_does_not_make_typed_text_markup() -> None:
    text = "<b>Ny</b> tekst, som intet katalog har"
    with override("da"):
        assert isinstance(gettext(SafeString(text)), SafeString)
        assert not isinstance(gettext(text), SafeString)
