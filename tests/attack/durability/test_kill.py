"""What the server has answered as saved is there after `kill -9`, whenever it comes, and nothing stands there twice."""

import time

import pytest

from tests import figures
from tests.attack.durability.database import Database
from tests.attack.durability.disk import dice
from tests.attack.durability.house import House, Judge, Server, judge
from tests.attack.durability.load import Load

KILLS = figures.amount(2, 50)
CLIENTS = 6
SEED = 20261121

pytestmark = pytest.mark.slow


def test_nothing_acknowledged_is_lost_when_the_server_is_killed(house: House, database: Database) -> None:
    """All processes of the server at once, while six clients save. On PostgreSQL the database crashes with them."""
    rng = dice(SEED)
    lost = 0
    with Server(house) as server, Load(server, house.owners[:3] * (CLIENTS // 3)) as load, Judge(house) as one:
        for _kill in range(KILLS):
            load.wait_for(10)
            time.sleep(rng.uniform(0, 1))
            server.kill()
            database.crash()
            faults, texts = one.judge()
            # Answers that were on their way when the server died have been read by now, which can only make it harder.
            promised = load.promised()
            lost += sum(texts.get(submission) != text for submission, text in promised.items())
            assert faults == []
            assert lost == 0
            server.start()
        load.wait_for(CLIENTS)
    faults, texts = judge(house)
    assert faults == []
    assert load.refused == [], server.errors()
    assert load.repeated > 0, "no client was ever left without an answer: nothing was shown"
    assert load.acknowledged.items() <= texts.items()
    assert len(set(texts.values())) == len(texts), "what was sent again stands twice"
    figures.record("kills", KILLS)
    figures.record("kills: acknowledged", len(load.acknowledged))
    figures.record("kills: lost", lost)
