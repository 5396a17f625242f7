"""A database and a house for each module, of the same kind as the suite's database."""

from collections.abc import Iterator

import pytest

from tests.attack.durability.database import Cluster, Database
from tests.attack.durability.house import House, build
from tests.engines import IS_POSTGRESQL


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    """A database of its own."""
    database = Cluster() if IS_POSTGRESQL else Database()
    yield database
    database.remove()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, database: Database) -> House:
    """A house with four owners in it."""
    return build(tmp_path_factory.mktemp("house"), owners=4, database_url=database.url)
