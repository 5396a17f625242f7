"""Prints the tests of what was changed since origin/main, or else since the last commit but one.

A room's tests lie in the folder of the same name. What looks at the whole product (tests/attack, tests/browser) takes
too long here: only a file of it that was changed itself is printed.
"""

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# The beginning of a path -> the tests that show what lies there, where they have another name.
SHOWN_BY = {
    "cases/sharing/": "tests/cases/views/test_sharing.py",
    "locale/": "tests/guide/web",
    "script/write_figures.py": "tests/test_figures.py",
    "templates/account/": "tests/guide/accounts",
    "templates/admin/": "tests/cases/administration",
    "templates/cases/": "tests/cases/views",
    "templates/guide/": "tests/guide/wizard",
    "templates/mfa/": "tests/guide/accounts",
    "templates/pdf/": "tests/cases/documents",
}


def git(*words: str) -> list[str]:
    """Return the lines that git answers with; none when it refuses or is not there."""
    program = shutil.which("git")
    if program is None:
        return []
    done = subprocess.run([program, *words], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    return done.stdout.splitlines() if done.returncode == 0 else []


def changed() -> list[str]:
    """Return the paths of all files that were changed, committed or not."""
    here = git("rev-parse", "HEAD")
    since = [base for base in git("merge-base", "origin/main", "HEAD") if base not in here] or ["HEAD~1"]
    return git("diff", "--name-only", *since) + git("ls-files", "--others", "--exclude-standard")


def where_tested(path: str) -> str:
    """Return where the tests of this file are: the file itself, the folder of its room, or nowhere ("")."""
    parts = Path(path).parts
    for start, tests in SHOWN_BY.items():
        if path.startswith(start):
            return tests
    if parts[0] == "tests":
        if Path(path).name.startswith("test_"):
            return path
        return "" if len(parts) < 4 or parts[1] == "attack" else str(Path(path).parent)
    if parts[0] in {"guide", "cases"} and path.endswith(".py"):
        return f"tests/{parts[0]}/{parts[1]}" if len(parts) > 2 else f"tests/{parts[0]}/test_{parts[1]}"
    return ""


def main() -> None:
    """Print each place once."""
    found = sorted({where_tested(path) for path in changed()} - {""})
    print("\n".join(place for place in found if (ROOT / place).exists() and "/browser/" not in place))


if __name__ == "__main__":
    main()
