import pytest

from cases.enums import Role
from cases.models import Municipality, School, User

PASSWORD = "tolv-gule-ænder-på-åen"


@pytest.fixture
def staff(db: None) -> User:
    school = School.objects.create(name="Åskolen", municipality=Municipality.objects.create(name="Sundby"))
    return User.objects.create_user("lis@sundby.example", PASSWORD, name="Lis", role=Role.STAFF, school=school)


@pytest.fixture
def administrator(db: None) -> User:
    return User.objects.create_user("ida@sundby.example", PASSWORD, name="Ida", role=Role.ADMINISTRATOR)
