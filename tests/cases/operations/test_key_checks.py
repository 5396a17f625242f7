"""A key under the name of another: nothing starts, is sealed, backed up, rotated or restored with it."""

import base64
import runpy
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.checks.registry import registry
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.db.backends.signals import connection_created

from cases.crypto import encryption
from cases.models import Case, ChainKey, KeyCheck, append_only
from cases.operations import backup, key_checks, startup_checks
from tests.factories import make_case, make_user

NAMED = "»test« i HANDLEKORT_KEYS er en anden"


def key(name: str, seed: int) -> str:
    return f"{name}:{base64.b64encode(bytes(seed + n * 7 % 31 for n in range(32))).decode()}"


@pytest.fixture
def wrong(db: None, settings: Any) -> Any:
    """Another key under the name that the database knows."""
    settings.HANDLEKORT_KEYS = key("test", 3)
    return settings


def database_check() -> None:
    for error in startup_checks.keys_belong_to_their_names(None, databases=["default"]):
        raise ImproperlyConfigured(f"{error.id} {error.msg}")


STARTS: dict[str, Callable[[], Any]] = {
    "web process": lambda: runpy.run_module("guide.wsgi"),
    "check of the database": database_check,
    "migrate": lambda: call_command("migrate", verbosity=0, skip_checks=True),
    "rotate_keys": lambda: call_command("rotate_keys"),
    "rotate_keys --check": lambda: call_command("rotate_keys", "--check"),
    "verify": lambda: call_command("verify"),
    "backup": lambda: call_command("backup", "/nowhere/copy"),
}


@pytest.mark.usefixtures("wrong")
@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS)
def test_other_key_under_a_known_name_is_refused(start: Callable[[], Any]) -> None:
    with pytest.raises((ImproperlyConfigured, CommandError), match=NAMED):
        start()


@pytest.mark.usefixtures("wrong")
def test_sentence_names_the_key_and_shows_none(settings: Any) -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        key_checks.check_keys()
    assert settings.HANDLEKORT_KEYS.partition(":")[2] not in str(refused.value)
    assert "Sæt den rigtige nøgle tilbage" in str(refused.value)


def test_check_is_registered_for_databases() -> None:
    assert startup_checks.keys_belong_to_their_names in registry.registered_checks


@pytest.mark.django_db
def test_right_key_starts_and_a_new_name_is_stored_once(settings: Any) -> None:
    key_checks.store_checks()
    assert set(KeyCheck.objects.values_list("key_id", flat=True)) == {"test"}
    settings.HANDLEKORT_KEYS = f"{key('ny', 3)},{settings.HANDLEKORT_KEYS}"
    for _start in range(2):
        key_checks.store_checks()
    stored = dict(KeyCheck.objects.values_list("key_id", "sealed"))
    assert set(stored) == {"test", "ny"}
    settings.HANDLEKORT_KEYS = key("ny", 9)
    with pytest.raises(ImproperlyConfigured, match="»ny«"):
        key_checks.store_checks()
    assert bytes(KeyCheck.objects.get(pk="ny").sealed) == bytes(stored["ny"])


@pytest.mark.django_db
def test_name_of_a_key_that_was_retired_is_not_taken_again(settings: Any) -> None:
    settings.HANDLEKORT_KEYS = f"{key('ny', 3)},{settings.HANDLEKORT_KEYS}"
    call_command("rotate_keys")
    settings.HANDLEKORT_KEYS = f"{key('test', 9)},{key('ny', 3)}"
    with pytest.raises(ImproperlyConfigured, match=NAMED):
        key_checks.store_checks()


@pytest.mark.owner
@pytest.mark.django_db
def test_without_a_stored_value_the_cases_decide(case: Case, settings: Any) -> None:
    """As after an upgrade, or when somebody has deleted the row."""
    right = settings.HANDLEKORT_KEYS
    KeyCheck.objects.all().delete()
    settings.HANDLEKORT_KEYS = key("test", 3)
    with pytest.raises(ImproperlyConfigured, match=NAMED):
        key_checks.store_checks()
    assert not KeyCheck.objects.exists()
    settings.HANDLEKORT_KEYS = right
    broken = make_case(case.owner)
    Case.objects.unscoped("test").filter(pk=broken.pk).update(sealed_key=b"x" * 60)
    key_checks.store_checks()
    assert KeyCheck.objects.count() == 1


@pytest.mark.owner
@pytest.mark.usefixtures("wrong")
def test_without_a_stored_value_and_without_a_case_the_chain_key_decides() -> None:
    assert ChainKey.objects.exists()
    KeyCheck.objects.all().delete()
    with pytest.raises(ImproperlyConfigured, match=NAMED):
        key_checks.store_checks()


@pytest.mark.owner
@pytest.mark.django_db
def test_of_two_first_starts_the_later_one_is_refused(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both saw no value; the other process with another key stored its own in between."""
    KeyCheck.objects.all().delete()
    seal, other = encryption.seal, encryption.parse_key_ring(key("test", 3)).keys["test"]

    def late(wrapping: bytes, plain: bytes, *context: str | int) -> bytes:
        KeyCheck.objects.create(key_id="test", sealed=seal(other, plain, *context))
        return seal(wrapping, plain, *context)

    monkeypatch.setattr(encryption, "seal", late)
    with pytest.raises(ImproperlyConfigured, match=NAMED):
        startup_checks.check_before_start()


@pytest.mark.owner
@pytest.mark.django_db(transaction=True)
def test_many_first_starts_at_once_store_one_value() -> None:
    KeyCheck.objects.all().delete()
    failed: list[BaseException] = []
    ready = threading.Barrier(4)

    def start() -> None:
        try:
            ready.wait()
            startup_checks.check_before_start()
        except BaseException as error:  # told below
            failed.append(error)

    threads = [threading.Thread(target=start) for _process in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (failed, KeyCheck.objects.count()) == ([], 1)


@pytest.mark.django_db(transaction=True)
def test_database_that_was_away_at_the_start_is_asked_at_the_first_connection(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(connection: object) -> list[str]:
        raise OperationalError

    with monkeypatch.context() as patched:
        patched.setattr(append_only, "missing", away)
        startup_checks.check_before_start()
    right = settings.HANDLEKORT_KEYS
    try:
        settings.HANDLEKORT_KEYS = key("test", 3)
        for _page in range(2):
            connection.close()
            with pytest.raises(OperationalError, match=NAMED):
                connection.ensure_connection()
    finally:
        connection_created.disconnect(startup_checks.check_connection)
        settings.HANDLEKORT_KEYS = right


@pytest.mark.owner
@pytest.mark.django_db(transaction=True)
def test_restore_refuses_a_ring_with_another_key_under_the_name(tmp_path: Path, settings: Any) -> None:
    """The first key opens the file, the second is not what the copy knows by its name."""
    old = settings.HANDLEKORT_KEYS
    settings.HANDLEKORT_KEYS = f"{key('ny', 3)},{old}"
    make_case(make_user())
    key_checks.store_checks()
    backup.make(tmp_path / "copy")
    settings.HANDLEKORT_KEYS = f"{key('ny', 3)},{key('test', 9)}"
    with append_only.lifted(connection):
        call_command("flush", verbosity=0, interactive=False)
    with pytest.raises(CommandError, match=NAMED):
        call_command("restore", str(tmp_path / "copy"))
    assert not Case.objects.unscoped("test").exists()
    settings.HANDLEKORT_KEYS = f"{key('ny', 3)},{old}"
    call_command("restore", str(tmp_path / "copy"))
    assert set(KeyCheck.objects.values_list("key_id", flat=True)) == {"ny", "test"}
