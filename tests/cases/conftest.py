"""Who and what the tests of the record start from."""

import pytest

from cases.enums import Role
from cases.models import Case, Municipality, School, User
from tests.factories import make_case, make_municipality, make_school, make_user


@pytest.fixture
def municipality(db: None) -> Municipality:
    return make_municipality()


@pytest.fixture
def school(municipality: Municipality) -> School:
    return make_school(municipality)


@pytest.fixture
def staff(school: School) -> User:
    return make_user(Role.STAFF, school=school)


@pytest.fixture
def leader(school: School) -> User:
    return make_user(Role.LEADER, school=school)


@pytest.fixture
def ssp(municipality: Municipality) -> User:
    return make_user(Role.SSP, municipality=municipality)


@pytest.fixture
def administrator(municipality: Municipality) -> User:
    return make_user(Role.ADMINISTRATOR, municipality=municipality)


@pytest.fixture
def case(staff: User) -> Case:
    return make_case(staff)
