"""Brings the demo's database, translations and static files up to date.

All in one process, because starting Django costs a second.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import django
from django.core.management import call_command

from guide.web.compile_translations import compile_translations

compile_translations(ROOT / "locale")
django.setup()
call_command("migrate", verbosity=0)
call_command("demo")
call_command("collectstatic", interactive=False, verbosity=0, clear=True)
