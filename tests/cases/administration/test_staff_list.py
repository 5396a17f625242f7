"""A list of schools or users names each row and its fault and writes nothing; without a fault it writes all of it."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from cases.administration.staff_list import MOST_ROWS, read_list, write_list
from cases.enums import AuditVerb, Role
from cases.models import AuditEvent, Municipality, School, User
from tests.factories import make_municipality, make_school, make_user

pytestmark = pytest.mark.django_db
HEADING = "Navn;E-mail;Rolle;Skole"


@pytest.fixture
def town() -> Municipality:
    return make_municipality("Sundby Kommune")


@pytest.fixture
def school(town: Municipality) -> School:
    return make_school(town, "Åskolen")


def refused(text: str, town: Municipality) -> str:
    with pytest.raises(ValidationError) as refusal:
        read_list(text, town)
    return refusal.value.messages[0]


@pytest.mark.parametrize("separator", ["\t", ";", ","])
@pytest.mark.parametrize("start", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_list_is_read_as_spreadsheets_write_it(
    separator: str, start: str, end: str, town: Municipality, school: School
) -> None:
    rows = [["Skole", "Rolle", "Mail", "Navn"], ["åskolen", "leder", "Bo@Sundby.dk", '"Bo Åge, ny"'], ["", "", "", ""]]
    found = read_list(start + end.join(separator.join(row) for row in rows), town)
    assert [(row.number, tuple(cell for _name, cell in row.named), row.faults) for row in found.rows] == [
        (2, ("Bo Åge, ny", "Bo@Sundby.dk", "leder", "åskolen"), ())
    ]
    made = found.rows[0].made
    assert isinstance(made, User)
    assert (made.email, made.role, made.school) == ("bo@sundby.dk", Role.LEADER, school)


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("Bo;bo@sundby.dk;Lærer;Åskolen", "Rollen »Lærer« kan ikke bruges her. Skriv en af disse: "),
        ("Bo;bo@sundby.dk;Administrator;", "Rollen »Administrator« kan ikke bruges her."),
        ("Bo;bo@sundby.dk;Leder;Søskolen", "Skolen »Søskolen« er ikke oprettet i kommunen."),
        ("Bo;bo@sundby.dk;Leder;Naboskolen", "Skolen »Naboskolen« er ikke oprettet i kommunen."),
        ("Bo;bo@sundby.dk;Leder;", "Medarbejdere og ledere hører til en skole"),
        ("Bo;bo@sundby.dk;SSP-konsulent;Åskolen", "Medarbejdere og ledere hører til en skole"),
        ("Bo;bo hos sundby;Leder;Åskolen", "E-mail: "),
        (";bo@sundby.dk;Leder;Åskolen", "Navn: Dette felt kan ikke være tomt."),
        ("Bo;HER@sundby.dk;Leder;Åskolen", "eksisterer allerede"),
        ("Bo;liv@sundby.dk;Leder;Åskolen", "Det samme står i række 2."),
        ("Bo 010112-1234;bo@sundby.dk;Leder;Åskolen", "ligner et CPR-nummer"),
        ("Bo;bo@sundby.dk;Leder;Åskolen;7.b", "Der står mere i rækken"),
    ],
)
def test_fault_is_told_at_its_row_and_nothing_is_written(
    row: str, fault: str, town: Municipality, school: School
) -> None:
    make_user(school=school, email="her@sundby.dk")
    make_school(name="Naboskolen")
    before = User.objects.count()
    found = read_list(f"{HEADING}\nLiv;liv@sundby.dk;Medarbejder;Åskolen\n{row}\n", town)
    assert [one.number for one in found.faulty] == [3]
    assert fault in " ".join(found.faulty[0].faults)
    with pytest.raises(ValueError, match="faults"):
        write_list(found, by=make_user(Role.ADMINISTRATOR))
    assert User.objects.count() == before + 1


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (HEADING, "Der er ingen rækker under overskrifterne."),
        ("", "Der er ingen rækker under overskrifterne."),
        ("Skole;Telefon;Farve\nÅskolen;12345678;rød", "Kolonnen »farve« passer ikke."),
        ("Skole;Skole;Telefon\nÅskolen;Åskolen;1", "Kolonnen »skole« passer ikke."),
        ("Skole\nÅskolen", "Kolonnen »telefon« mangler."),
        ("Navn;E-mail;Skole\nBo;bo@sundby.dk;Åskolen", "Kolonnen »rolle« mangler."),
        ("Skole;Telefon\nÃ…skolen;1", "Æ, ø eller å kan ikke læses."),
        ("Skole;Telefon\n\ufffdskolen;1", "Æ, ø eller å kan ikke læses."),
        ('Skole;Telefon\n"Åskolen";1\n"Søskolen;2', "Række 3 kan ikke læses."),
        ("Skole;Telefon\n" + "Åskolen;1\n" * (MOST_ROWS + 1), "Der er flere end 500 rækker."),
    ],
)
def test_text_that_is_no_list_is_refused_with_what_is_wrong(text: str, fault: str, town: Municipality) -> None:
    assert refused(text, town).startswith(fault)


def test_school_that_is_there_is_a_fault(town: Municipality, school: School) -> None:
    found = read_list("Skole;Telefon\nÅSKOLEN;12345678\nSøskolen;\nsøskolen;1", town)
    assert [row.faults for row in found.rows] == [
        ("Skolen er oprettet i forvejen.",),
        (),
        ("Det samme står i række 3.",),
    ]


def test_whole_municipality_is_made_and_each_row_is_in_the_access_log(town: Municipality) -> None:
    administrator = make_user(Role.ADMINISTRATOR, municipality=town)
    schools = read_list("Skole;Telefon\n" + "".join(f"Skole nr. {one};{one:08}\n" for one in range(42)), town)
    write_list(schools, by=administrator)
    rows = [f"Navn {one};navn{one}@sundby.dk;Medarbejder;Skole nr. {one % 42}" for one in range(400)]
    users = read_list("\n".join([HEADING, *rows, "Ida;ida@sundby.dk;SSP-konsulent;"]), town)
    assert not users.faulty
    write_list(users, by=administrator)
    made = User.objects.filter(email__endswith="@sundby.dk")
    assert (School.objects.filter(municipality=town).count(), made.count()) == (42, 401)
    assert not any(user.has_usable_password() for user in made)
    assert made.get(role=Role.SSP).municipality == town
    logged = AuditEvent.objects.filter(verb=AuditVerb.ADMIN_ADD, actor=administrator.public_id)
    assert set(logged.values_list("step", "detail")) == {
        *(("school", str(one.public_id)) for one in School.objects.filter(municipality=town)),
        *(("user", f"{one.public_id}:{one.role}") for one in made),
    }


def test_list_is_written_whole_or_not_at_all(town: Municipality) -> None:
    found = read_list("Skole;Telefon\nÅskolen;1\nSøskolen;2", town)
    make_school(town, "Søskolen")
    with pytest.raises(IntegrityError):
        write_list(found, by=make_user(Role.ADMINISTRATOR))
    assert not School.objects.filter(name="Åskolen").exists()
