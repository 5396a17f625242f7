"""Names of others out of a text, the same label each time; what is no name stays."""

import pytest

from cases.masking import Masks, names_in, proper_names

SUBJECT = "Alma Berg"
OTHERS = [
    "Alma Berg",
    "Emil Dahl Holm",
    "Bo Skov",
    "Anne-Marie Lind",
    "Elev A",
    "Mor",
    "Lærke O'Brien",
    "Emil Dahl Holm",
]


@pytest.fixture
def masks() -> Masks:
    return Masks(SUBJECT, OTHERS, handles=["emil_dk", "@AlmaB", "https://x.example/emil_dk"])


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Emil Dahl Holm skrev til Alma.", "Person 1 skrev til Alma."),
        ("emil sagde det", "Person 1 sagde det"),
        ("EMIL, (Emil) »Emil«!", "Person 1, (Person 1) »Person 1«!"),
        ("Emils telefon, Emil's, Emil’s", "Person 1s telefon, Person 1s, Person 1s"),
        ("Emilie og Emilia kom", "Emilie og Emilia kom"),
        ("Emil  Dahl\nHolm", "Person 1"),
        ("Hr. Holm", "Hr. Person 1"),
        ("Bo kom. Vi skal bo her. Skov og skov.", "Person 2 kom. Vi skal bo her. Person 2 og skov."),
        ("BO SKOV", "Person 2"),
        ("Anne-Marie Lind, Anne-Marie og Anne-Maries mor", "Person 3, Person 3 og Person 3s mor"),
        ("Elev A sagde til en elev", "Person 4 sagde til en elev"),
        ("Alma Berg, Almas, berg", "Alma Berg, Almas, berg"),
        ("Min mor ringede", "Min mor ringede"),
        ("Lærke O'Brien og lærke", "Person 6 og Person 6"),
        ("Skrev som emil_dk på https://x.example/emil_dk", "Skrev som Brugernavn 1 på Brugernavn 3"),
        ("", ""),
        ("Emıl", "En anden person"),
        ("Åse, 3.14, 7.b", "Åse, 3.14, 7.b"),
    ],
)
def test_text(masks: Masks, text: str, masked: str) -> None:
    assert masks.text(text) == masked


def test_decomposed_letters_are_found() -> None:
    assert Masks("Bo", ["Åse Møller"]).text("A\u030ase Møller og åse") == "Person 1 og Person 1"


@pytest.mark.parametrize(
    ("cell", "label"),
    [
        ("Emil Dahl Holm", "Person 1"),
        ("Emil Dahl Holm (8.b)", "Person 1"),
        ("Emil", "Person 1"),
        ("Bo Skov og Mor", "Person 2, Person 5"),
        ("Alma Berg", "Alma Berg"),
        ("alma  berg (7.b)", "alma  berg (7.b)"),
        ("Alma", "Alma"),
    ],
)
def test_label_of_a_cell(masks: Masks, cell: str, label: str) -> None:
    assert masks.label(cell) == label


def test_two_of_the_same_first_name_are_both_named() -> None:
    masks = Masks("Bo", ["Emma Holm", "Emma Dam", "Emma"])
    assert masks.text("Emma, Emma Dam") == "Person 1 eller Person 2, Person 2"


def test_name_shared_with_the_subject_is_pointed_out() -> None:
    masks = Masks("Alma Berg", ["Alma Holm", "Otto Berg"])
    assert masks.shared == ("alma", "berg")
    assert masks.text("Alma Holm, Alma, Otto Berg, Holm") == "Person 1, Alma, Person 2, Person 1"


@pytest.mark.parametrize(
    ("text", "found"),
    [("Almas telefon", True), ("ALMA BERG", True), ("Almanak", False), ("Bergen", False), ("hende", False)],
)
def test_mentions_subject(masks: Masks, text: str, found: bool) -> None:
    assert masks.mentions_subject(text) is found


def test_names_in_a_cell() -> None:
    assert names_in("Alma Berg (7.b), Bo og Ida/Per") == ["Alma Berg", "Bo", "Ida", "Per"]


def test_proper_names_in_a_remark() -> None:
    assert proper_names("Alma, Bo Holm og klasselæreren; Hele 7.b, elevens far & Skolen") == ["Alma", "Bo Holm"]


def test_nobody_else() -> None:
    assert Masks("Alma", []).text("Emil") == "Emil"
