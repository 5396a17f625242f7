"""Users who save without pause, and who press again when no answer came."""

import http.client
import time
from collections.abc import Sequence
from threading import Event, Lock, Thread
from typing import Self

from tests.attack.durability.actions import actions
from tests.attack.durability.house import Owner, Server


class Load:
    """One thread for each client; several clients may be the same owner in two windows.

    An action whose answer is lost is sent again, unchanged, until there is one: the log must then have it once. When
    the other window has filed the step since, that answer is the page with both texts; the action is kept as well.
    """

    def __init__(self, server: Server, owners: Sequence[Owner]) -> None:
        self.acknowledged: dict[str, str] = {}
        """Text by submission of all that was answered as kept."""
        self.refused: list[tuple[int, str]] = []
        """Answers of any other kind."""
        self.repeated = 0
        """How often an action was sent again."""
        self._server = server
        self._stop = Event()
        self._lock = Lock()
        self._threads = [
            Thread(target=self._work, args=(owner, f"Klient {number}")) for number, owner in enumerate(owners)
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def wait_for(self, more: int, patience: float = 120) -> None:
        """Wait until so many more actions have been acknowledged."""
        wanted, end = len(self.acknowledged) + more, time.monotonic() + patience
        while len(self.acknowledged) < wanted:
            if time.monotonic() > end:
                raise TimeoutError(f"{len(self.acknowledged)} of {wanted}; refused: {self.refused[:3]}")
            time.sleep(0.01)

    def promised(self) -> dict[str, str]:
        """All that has been acknowledged until now."""
        with self._lock:
            return dict(self.acknowledged)

    def _work(self, owner: Owner, name: str) -> None:
        for action in actions(owner.case, name):
            status, sent = 0, 0
            while not status and not self._stop.is_set():
                sent += 1
                try:
                    status, page = self._server.send(owner, action)
                except (OSError, http.client.HTTPException):
                    self.repeated += 1
                    time.sleep(0.05)
            with self._lock:
                if status == 302 or (status == 409 and sent > 1):
                    self.acknowledged[action.submission] = action.text
                elif status:
                    self.refused.append((status, page[:500]))
            if self._stop.is_set():
                return
