"""Many readers of a long case, beside whom somebody else looks at another page: only in `script/prove load`."""

import http.client
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from threading import Event

import pytest

from tests import figures
from tests.attack.durability.actions import HOST, note
from tests.attack.durability.house import House, Owner, Server, judge

ENTRIES, READERS, REQUESTS, LOOKS, SECONDS = 2_000, 8, 40, 200, 15
MOST = {"list": 6.0, "acute": 4.0, "spread": 5.0}
"""p95 of another user's list and median of the acute page, each beside what it is without readers; readers' p99 beside
their p50."""

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not figures.LONG, reason="figures of time, in script/prove load")]


@pytest.fixture(scope="module")
def server(house: House) -> Iterator[Server]:
    house.run("grow", house.owners[1].case, str(ENTRIES)).communicate(timeout=600)
    with Server(house) as running:
        for owner in house.owners:
            look(running, "/sager/", owner)
        yield running


def look(server: Server, path: str, owner: Owner | None = None) -> float:
    """Return the seconds that the page took; it must be there."""
    headers = {"Host": HOST, "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}
    if owner:
        headers["Cookie"] = f"__Host-session={owner.session}"
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
    began = time.perf_counter()
    try:
        line.request("GET", path, headers=headers)
        answer = line.getresponse()
        answer.read()
    finally:
        line.close()
    assert answer.status == 200, (path, answer.status, server.errors())
    return time.perf_counter() - began


@contextmanager
def readers(server: Server, colleagues: Sequence[Owner], case: str) -> Iterator[list[float]]:
    """Colleagues who read the long case, one after the other page; what each page took them."""
    done, took = Event(), list[float]()
    pages = [f"/sager/{case}/{page}" for page in ("", "plan/", "trin/afdaek/fortalt/", "log/")]

    def read(number: int) -> None:
        place = number
        while not done.is_set():
            took.append(look(server, pages[place % len(pages)], colleagues[number]))
            place += 1

    with ThreadPoolExecutor(READERS) as pool:
        running = [pool.submit(read, number) for number in range(READERS)]
        try:
            yield took
        finally:
            done.set()
        for one in running:
            one.result()


@contextmanager
def hammering(server: Server, owner: Owner) -> Iterator[list[float]]:
    """As ``readers``, with more requests of one user at once than the server has threads; most are refused."""
    done, refused = Event(), list[float]()

    def read() -> None:
        while not done.is_set():
            try:
                look(server, f"/sager/{owner.case}/log/", owner)
            except AssertionError:
                refused.append(time.perf_counter())
                time.sleep(0.2)

    with ThreadPoolExecutor(REQUESTS) as pool:
        running = [pool.submit(read) for _number in range(REQUESTS)]
        try:
            yield refused
        finally:
            done.set()
        for one in running:
            one.result()


def part(times: list[float], share: int) -> float:
    """The time within which so many in a hundred were answered."""
    return statistics.quantiles(times, n=100)[share - 1]


def test_another_user_is_not_held_up(server: Server) -> None:
    other, *colleagues = server.house.owners
    idle = [look(server, "/sager/", other) for _number in range(LOOKS)]
    help_idle = [look(server, "/akut/") for _number in range(LOOKS)]
    with readers(server, colleagues, colleagues[0].case) as read:
        busy = [look(server, "/sager/", other) for _number in range(LOOKS)]
        help_busy = [look(server, "/akut/") for _number in range(LOOKS)]
    beside = part(busy, 95) / part(idle, 95)
    acute = statistics.median(help_busy) / statistics.median(help_idle)
    spread = part(read, 99) / part(read, 50)
    found = {"list": beside, "acute": acute, "spread": spread}
    for name, ratio in found.items():
        figures.record(f"load: {name}", round(100 * ratio))
    assert {name: ratio for name, ratio in found.items() if ratio > MOST[name]} == {}


def test_one_user_alone_does_not_hold_others_up(server: Server) -> None:
    other, reader = server.house.owners[:2]
    idle = [look(server, "/sager/", other) for _number in range(LOOKS)]
    with hammering(server, reader) as refused:
        busy = [look(server, "/sager/", other) for _number in range(LOOKS)]
    ratio = part(busy, 95) / part(idle, 95)
    assert refused
    assert ratio <= MOST["list"]


def test_how_many_look_ups_and_saves_a_second(server: Server) -> None:
    """Each client at a case of its own. A second process carries more than one, and nothing is broken then."""
    owners = server.house.owners[1:]

    def looked(at: Server, owner: Owner) -> None:
        look(at, f"/sager/{owner.case}/log/notat/", owner)

    def saved(owner: Owner) -> None:
        assert server.send(owner, note(owner.case, "Vi talte sammen."))[0] == 302

    with Server(server.house, workers=1) as alone:
        rates = {"look-ups of one": _rate(partial(looked, alone), owners)}
    rates |= {"look-ups": _rate(partial(looked, server), owners), "saves": _rate(saved, owners)}
    for name, rate in rates.items():
        figures.record(f"load: {name}", round(rate))
    assert judge(server.house)[0] == []
    assert rates["look-ups"] > rates["look-ups of one"]


def _rate(act: Callable[[Owner], None], owners: tuple[Owner, ...]) -> float:
    end = time.monotonic() + SECONDS

    def go_on(number: int) -> int:
        count = 0
        while time.monotonic() < end:
            act(owners[number % len(owners)])
            count += 1
        return count

    with ThreadPoolExecutor(READERS) as pool:
        return sum(pool.map(go_on, range(READERS))) / SECONDS
