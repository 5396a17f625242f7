"""Settings of the test suite: the product's own, with keys made for the run."""

import os

os.environ.setdefault("SECRET_KEY", "only-for-the-tests-" + "x" * 50)
os.environ.setdefault("HANDLEKORT_KEYS", "test:" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVoxMjM0NTY=")

from guide.settings import *  # noqa: E402, F403
