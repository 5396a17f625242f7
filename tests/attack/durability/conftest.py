"""A database and a house for each module, of the kind of the suite's database: copies of one that is built once."""

from collections.abc import Iterator

import pytest

from tests.attack.durability.database import Cluster, Database
from tests.attack.durability.house import House, build, copied
from tests.engines import IS_POSTGRESQL


@pytest.fixture(scope="session")
def built_database() -> Iterator[Database]:
    """The database that is built; on PostgreSQL its server is stopped once the house stands."""
    database = Cluster() if IS_POSTGRESQL else Database()
    yield database
    database.remove()


@pytest.fixture(scope="session")
def built_house(tmp_path_factory: pytest.TempPathFactory, built_database: Database) -> House:
    """A house with nine owners in it, in which nobody has done anything: eight who read and one beside them."""
    house = build(tmp_path_factory.mktemp("built"), owners=9, database_url=built_database.url)
    built_database.rest()
    return house


@pytest.fixture(scope="module")
def database(built_database: Database, built_house: House) -> Iterator[Database]:
    """A database of its own, with the rows of the house."""
    database = built_database.copy()
    yield database
    database.remove()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, database: Database, built_house: House) -> House:
    """A house of its own with nine owners in it."""
    return copied(built_house, tmp_path_factory.mktemp("house"), database.url)
