"""What is done once a day: check the logs, store their ends and a backup, delete what expired, name what is due."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.access.access_macs import AccessChanged
from cases.log.drafts import purge_drafts
from cases.operations import backup, verify
from cases.operations.backup import BackupRefused
from cases.retention import accounts, due
from cases.retention.erasure import rebuild_file


@dataclass(frozen=True)
class Done:
    """What one task says of itself, and whether it went well."""

    words: str
    went_well: bool = True


def run(folder: Path) -> Iterator[Done]:
    """Do each task and yield what came of it; one that fails keeps none of the others from being done.

    ``folder`` gets ``heads-YYYY-MM-DD.jsonl`` and ``backup-YYYY-MM-DD``. A second run on the same day makes no second
    backup.
    """
    tasks: tuple[Callable[[Path], Iterator[Done]], ...] = (
        _check_logs,
        _delete_expired,
        _remove_accounts,
        _name_due_cases,
        _back_up,
    )
    for task in tasks:
        try:
            yield from task(folder)
        except Exception as error:
            words = str(error) if isinstance(error, BackupRefused) else type(error).__name__
            yield Done(f"{task.__name__.strip('_')}: {words}", went_well=False)


def _check_logs(folder: Path) -> Iterator[Done]:
    """Check every line; store where each log ends, to be copied out of the database administrator's reach."""
    faults: list[object] = list(verify.all_faults())
    for earlier in sorted(folder.glob("heads-*.jsonl")):
        try:
            faults += verify.faults_since(earlier)
        except (OSError, ValueError, TypeError):
            faults.append(_("%(file)s kan ikke læses.") % {"file": earlier})
    yield from (Done(str(fault), went_well=False) for fault in faults)
    if not faults:
        verify.write_heads(folder / f"heads-{_today()}.jsonl")
        yield Done(_("Alt i loggen er, som det blev skrevet."))


def _delete_expired(folder: Path) -> Iterator[Done]:
    """Delete sessions and drafts whose time is up."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    drafts = purge_drafts(now=timezone.now())
    yield Done(_("Udløbne logins er slettet, og %(drafts)d udløbne kladder.") % {"drafts": drafts})


def _remove_accounts(folder: Path) -> Iterator[Done]:
    """Remove closed accounts whose time is up; one that was changed in the database stays."""
    removed = 0
    for user in accounts.accounts_due(timezone.localdate()):
        try:
            accounts.remove_account(user)
            removed += 1
        except AccessChanged:
            yield Done(_("Kontoen %(number)d er ændret uden om Handlekort.") % {"number": user.pk}, went_well=False)
    if removed:
        rebuild_file()
        yield Done(_("Lukkede konti slettet: %(removed)d.") % {"removed": removed})


def _name_due_cases(folder: Path) -> Iterator[Done]:
    count = sum(1 for _term in due.cases_due(timezone.localdate()))
    yield Done(_("Sager nået til fristen: %(due)d. »manage.py retention« viser dem.") % {"due": count})


def _back_up(folder: Path) -> Iterator[Done]:
    file = folder / f"backup-{_today()}"
    if file.exists():
        yield Done(_("Dagens sikkerhedskopi findes allerede: %(file)s.") % {"file": file})
        return
    report = backup.make(file)
    yield Done(_("Sikkerhedskopi: %(file)s, %(size)d byte.") % {"file": file, "size": report.size})


def _today() -> str:
    return timezone.localdate().isoformat()
