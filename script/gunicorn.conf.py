"""How the demo is served: two processes of sixteen threads on this machine only."""

import os
from typing import Any

bind = f"127.0.0.1:{os.environ['PORT']}"
workers = 2
worker_class = "gthread"
threads = 16
preload_app = True
control_socket_disable = True
loglevel = "warning"
# Long enough for a large PDF.
timeout = 120
graceful_timeout = 5


def when_ready(server: Any) -> None:
    """Say where to look."""
    print(f"\nHandlekort (demo): http://{bind}\nCtrl-C stops it.\n", flush=True)
