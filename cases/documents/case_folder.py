"""A whole case for another system, as a ZIP: the one page, the log as data, and what shows that it is genuine.

The same case and stamp give the same bytes.
"""

import hashlib
import io
import json
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from cases.access.paper_log import Stamp
from cases.documents.log_schema import log_schema
from cases.log.case_file import StoredLog
from cases.log.entries import OpenedEntry
from cases.models import Case, Entry

_README = "laes-mig.txt"
_OWNER_ALONE = 0o600 << 16
"""The rights of each file where it is unpacked."""


def build_case_folder(case: Case, log: StoredLog, first_page: bytes, stamp: Stamp) -> bytes:
    """Return the ZIP with the first page, which is a PDF, and the whole log. Raises SealBroken."""
    files = {
        "kort-resume.pdf": first_page,
        "log.json": _json(_log(case, log, stamp)),
        "log.schema.json": _json(log_schema()),
        "verifikation.json": _json(_verification(case, log)),
    }
    files[_README] = _readme(case, log, stamp).encode()
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files.items())
    return _zipped(files | {"sha256.txt": sums.encode()}, stamp)


def _log(case: Case, log: StoredLog, stamp: Stamp) -> dict[str, Any]:
    opened = log.open(log.rows)
    return {
        "case": {
            "id": str(case.public_id),
            "reference": case.reference,
            "school": case.school.name,
            "municipality": case.school.municipality.name,
            "opened_at": case.opened_at.isoformat(),
            "closed_at": case.closed_at.isoformat() if case.closed_at else None,
        },
        "made": {"at": stamp.at.isoformat(), "code": stamp.words, "log_position": stamp.position},
        "entries": [_entry(row, entry) for row, entry in zip(log.rows, opened, strict=True)],
    }


def _entry(row: Entry, entry: OpenedEntry) -> dict[str, Any]:
    return {
        "seq": entry.seq,
        "id": str(row.public_id),
        "kind": entry.kind.value,
        "step": entry.step,
        "entered_at": entry.entered_at.isoformat(),
        "happened_at": entry.happened_at.isoformat() if entry.happened_at else None,
        "author": {"id": entry.by_id, "name": entry.by_name},
        "corrected_by": list(entry.corrected_by),
        "content": entry.content,
    }


def _verification(case: Case, log: StoredLog) -> dict[str, Any]:
    """Return the hashes as the database has them, for whoever runs the product to compare."""
    return {
        "intact_when_made": log.intact,
        "head": {"seq": case.head_seq, "hash": case.head_hash},
        "entries": [
            {
                "seq": row.seq,
                "id": str(row.public_id),
                "hash": row.hash,
                "prev_hash": row.prev_hash,
                "chain_key": str(row.chain_key) if row.chain_key else None,
            }
            for row in log.rows
        ],
    }


def _readme(case: Case, log: StoredLog, stamp: Stamp) -> str:
    words = {
        "reference": case.reference,
        "printed": stamp.printed,
        "position": stamp.position,
        "code": stamp.words,
        "whole": _("Da den blev lavet, var loggen hel.")
        if log.intact
        else _("Da den blev lavet, passede loggen ikke med det, der var skrevet. Spørg dem, der driver Handlekort."),
    }
    return (
        _(
            """Sag %(reference)s fra Handlekort

Fortroligt. Mappen har navne og oplysninger om børn.
Lavet %(printed)s med loggen til og med linje %(position)d. Kode: %(code)s
%(whole)s

kort-resume.pdf    hele sagen på én side
log.json           hver linje i loggen, som den blev skrevet
log.schema.json    hvad felterne i log.json er (JSON Schema)
verifikation.json  hver linjes aftryk og aftrykket af linjen før
sha256.txt         filernes SHA-256

Er mappen ægte?
1. Tjek filerne: sha256sum -c sha256.txt
2. Skriv koden, eller ZIP-filens SHA-256, i Handlekort under "Er papiret ægte?".
3. Hver linjes prev_hash er hash på linjen før. Aftrykkene er lavet med en nøgle, som kun Handlekort har. De, der
   driver Handlekort, kan se, om de er de samme i databasen og i de aftryk, der hver dag gemmes et andet sted.
"""
        )
        % words
    )


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def _zipped(files: dict[str, bytes], stamp: Stamp) -> bytes:
    when = timezone.localtime(stamp.at).timetuple()[:6]
    target = io.BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for name, content in files.items():
            info = ZipInfo(name, when)
            info.compress_type, info.external_attr = ZIP_DEFLATED, _OWNER_ALONE
            archive.writestr(info, content)
    return target.getvalue()
