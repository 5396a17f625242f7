"""The product's own settings with another journal and another care for the disk: what those would have cost."""

import os
import re

from guide.settings import *  # noqa: F403
from guide.settings import DATABASES

_options = DATABASES["default"]["OPTIONS"]
for _pragma, _value in {
    "journal_mode": os.environ["CONTROL_JOURNAL"],
    "synchronous": os.environ["CONTROL_SYNCHRONOUS"],
}.items():
    _options["init_command"], _found = re.subn(rf"(?<={_pragma}=)\w+", _value, _options["init_command"])
    assert _found == 1
