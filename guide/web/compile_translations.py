"""Make the .mo files that gettext reads from the .po files; the .mo files are not in git."""

from pathlib import Path

import polib


def compile_translations(folder: Path) -> list[Path]:
    """Compile each .po under the folder whose .mo is missing or older; return the .mo files written."""
    written = []
    for source in sorted(folder.rglob("*.po")):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            polib.pofile(str(source)).save_as_mofile(str(target))
            written.append(target)
    return written
