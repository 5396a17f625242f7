import gettext
import os
from pathlib import Path

import allauth
import django.contrib.auth
import polib
import pytest
from django.conf import settings
from django.core import mail
from django.test import Client

from cases.models import User
from guide.web.compile_translations import compile_translations

SOURCE = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Sag"\nmsgstr "Case"\n'


def test_compiled_once_and_again_when_changed(tmp_path: Path) -> None:
    source = tmp_path / "en" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text(SOURCE, encoding="utf-8")
    assert compile_translations(tmp_path) == [source.with_suffix(".mo")]
    with source.with_suffix(".mo").open("rb") as compiled:
        assert gettext.GNUTranslations(compiled).gettext("Sag") == "Case"
    assert compile_translations(tmp_path) == []
    later = source.with_suffix(".mo").stat().st_mtime + 5
    os.utime(source, (later, later))
    assert compile_translations(tmp_path) == [source.with_suffix(".mo")]


def test_own_words_stand_in_for_words_that_the_libraries_say() -> None:
    """A sentence that they no longer say would be ours in vain."""
    own = polib.pofile(str(settings.LOCALE_PATHS[0] / "da" / "LC_MESSAGES" / "django.po"))
    homes = [Path(package.__file__).parent for package in (allauth, django.contrib.auth)]
    said = {entry.msgid for home in homes for entry in polib.pofile(str(home / "locale/da/LC_MESSAGES/django.po"))}
    assert {entry.msgid for entry in own} <= said
    assert [entry.msgid for entry in own if not entry.translated()] == []


@pytest.mark.django_db
def test_login_speaks_the_products_words(client: Client) -> None:
    page = client.post("/konto/login/", {"login": "ingen@example.dk", "password": "forkert"}).content.decode()
    assert "E-mail eller adgangskode passer ikke. Prøv igen." in page


@pytest.mark.django_db
def test_mail_for_a_forgotten_password_is_the_products(client: Client, staff: User) -> None:
    client.post("/konto/password/reset/", {"email": staff.email})
    (letter,) = mail.outbox
    assert letter.subject == "Handlekort: Ny adgangskode"
    assert "Linket virker i en time." in letter.body
    assert "/konto/password/reset/key/" in letter.body
