"""Names of others out of a text, the same label each time; what is no name stays."""

import re

import pytest

from cases.privacy.masking import Masks
from cases.privacy.person_names import names_in, proper_names, proper_names_in_sentences

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
        ("Emıl", "Person 1"),
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


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Alma, Bo Holm og klasselæreren; Hele 7.b, elevens far & Skolen", ["Alma", "Bo Holm"]),
        ("Emil fra 8.b", ["Emil"]),
        ("emil og bo", ["emil", "bo"]),
        ("emil fra 8.b", ["emil"]),
        ("Anna Sofie Maria Krabbe", ["Anna Sofie Maria Krabbe"]),
        ("Klasselærer Kim Rask og eleven selv", ["Kim Rask"]),
        ("Mor til Emil (og Emils ven Aksel)", ["Emil", "Aksel"]),
        ("Emil sendte det til Aksel i går.", ["Emil", "Aksel"]),
        ("E.H. og sundhedsplejersken", []),
        ("Hans mor ringede", ["Hans"]),
        ("Trivselsvejlederen, PPR, Ankerup Kommune og Nordjyllands Politi", []),
        ("alle i klassen og forældrene", []),
        ("ledelsen, politiet, skolens sundhedsplejerske", []),
        ("Ingen endnu", []),
        ("ikke besvaret", []),
        ("", []),
    ],
)
def test_proper_names_in_a_field_that_asks_who(text: str, names: list[str]) -> None:
    assert proper_names(text) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Værelset kan genkendes af Aksel. Skærmbilleder ligger hos Emil Holm", ["Aksel", "Emil Holm"]),
        ("Emil Holm har det. Lederen svarer", ["Emil Holm"]),
        ("Aksel", ["Aksel"]),
        ("Sin mor\nOg Aksel", ["Aksel"]),
        ("", []),
    ],
)
def test_proper_names_in_sentences(text: str, names: list[str]) -> None:
    assert proper_names_in_sentences(text) == names


# --- Whose row it is --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("subject", "row", "same"),
    [
        ("Alma Berg", "Alma Berg", True),
        ("Alma Berg", "ALMA  berg", True),
        ("Alma Berg", "Alma", True),
        ("Alma Berg", "Alma Berg (7.b)", True),
        ("Alma Berg (7.b)", "Alma Berg", True),
        ("Alma Berg, 7.b", "Alma Berg (7.b)", True),
        ("Anne-Marie Berg", "Anne Marie", True),
        ("Alma de Neergaard", "Alma de Neergaard", True),
        ("Mor til Alma", "Mor til Alma", True),
        ("Alma Berg", "Mor til Alma", False),
        ("Mor til Alma", "Alma Berg", False),
        ("Mor til Alma", "Alma", False),
        ("Alma Berg", "Kæreste til Alma", False),
        ("Kæreste til Alma", "Alma Berg", False),
        ("Kæreste til Alma", "Alma", False),
        ("Kæreste til Alma", "Mor til Alma", False),
        ("Alma Berg", "Ven til Alma", False),
        ("Alma Berg", "Hr. Berg", False),
        ("Hr. Berg", "Alma Berg", False),
        ("Hr. Berg", "Berg", False),
        ("Alma Berg", "Berg", False),
        ("Alma Berg", "Alma (mor)", False),
        ("Alma Berg (7.b)", "Alma Berg (8.a)", False),
        ("Mads Emil Holm", "Emil Holm", False),
        ("Emil Holm", "Mads Emil Holm", False),
        ("Mads Emil Holm", "Mads Holm", False),
        ("Mads Emil Holm", "Mads Emil", True),
        ("Anne-Marie Berg", "Anne", False),
        ("Alma Berg", "Alma og Bo", False),
        ("Elev A", "Elev", False),
        ("Elev A", "Elev B", False),
        ("Alma Berg", "", False),
        ("Alma Berg", "(7.b)", False),
    ],
)
def test_whose_row_it_is(subject: str, row: str, same: bool) -> None:
    assert Masks(subject, [subject, row]).is_subject(row) is same


def test_first_name_of_two_is_nobodys_row() -> None:
    assert not Masks("Alma Berg", ["Alma Berg", "Alma", "Alma Holm"]).is_subject("Alma")


@pytest.mark.parametrize(
    ("others", "shared"),
    [
        (["Alma Berg"], ()),
        (["Alma"], ("Alma",)),
        (["Alma Berg (7.b)"], ("Alma Berg (7.b)",)),
        (["Alma og Bo"], ("Alma",)),
        (["Mor til Alma"], ("alma",)),
        (["Kæreste til Alma"], ("alma",)),
        (["Hr. Berg"], ("berg",)),
        (["Alma Holm", "Otto Berg"], ("alma", "berg")),
    ],
)
def test_leader_is_told_what_was_taken_for_the_subject(others: list[str], shared: tuple[str, ...]) -> None:
    assert Masks("Alma Berg", others).shared == shared


def test_whoever_is_told_of_by_another_name_owns_none_of_it() -> None:
    masks = Masks("Kæreste til Alma", ["Alma Berg", "Kæreste til Alma"])
    assert masks.text("Kæreste til Alma skrev til Alma") == "Kæreste til Alma skrev til Person 1"
    assert masks.mentions_subject("Almas telefon") is False
    assert masks.mentions_subject("kæreste til Alma") is True


def test_relation_is_a_person_of_its_own() -> None:
    masks = Masks("Alma Berg", ["Mor til Emil", "Emil Dahl"])
    assert masks.text("Mor til Emil ringede til Emil") == "Person 1 ringede til Person 2"
    assert masks.label("Mor til Emil (Lise)") == "Person 1"


def test_relation_of_a_relation() -> None:
    assert Masks("Alma", ["Ven til Mor til Emil"]).text("Emil") == "Person 3"


def test_nothing_but_relations_costs_little() -> None:
    """Nobody is told of by more than four, or a long enough text would take minutes; Bo is the one after them."""
    assert Masks("Alma", ["Ven til Emil " * 40, "Bo"]).text("Bo") == "Person 5"


def test_own_name_within_a_longer_one_of_another() -> None:
    masks = Masks("Mads Emil Holm", ["Emil Holm"])
    assert masks.text("Mads Emil Holm og Emil Holm") == "Mads Emil Holm og Person 1"
    assert masks.shared == ("emil", "holm")


# --- How a name may be written ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "masked"),
    [
        ("E.H.", "E.H. skrev, E.H.s far og (E.H)", "Person 1 skrev, Person 1s far og (Person 1)"),
        ("B", "Hos B fra 8.B og 8.b, B's far, b og A.B.", "Hos Person 1 fra 8.B og 8.b, Person 1s far, b og A.B."),
        ("Weiß", "Weiß og WEISS, Weißs far", "Person 1 og Person 1, Person 1s far"),
        ("Weiss", "Weiß", "Person 1"),
        ("İlayda", "İlayda, ilayda og Ilayda", "Person 1, Person 1 og Person 1"),
        ("Ilayda", "İlayda, ıLAYDA", "Person 1, Person 1"),
        ("Sofie", "So\ufb01e og So\u00adfie", "Person 1 og Person 1"),
        ("So\ufb01e", "Sofie", "Person 1"),
        ("Anne-Marie", "Anne Marie, anne-maries, Anne\u2011Marie", "Person 1, Person 1s, Person 1"),
        ("Anne Marie", "Anne-Marie, Anne\nMarie", "Person 1, Person 1"),
        ("Anne Marie Lind", "Anne-Marie Lind, Anne-Maries far", "Person 1, Person 1s far"),
        ("Lærke O'Brien", "O’Brien", "Person 1"),
        ("Sine", "Sine og sine venner", "Person 1 og sine venner"),
        ("Sundhedsplejersken", "sundhedsplejersken kom", "sundhedsplejersken kom"),
        ("Klasselærer Kim Rask", "Rask, klasselærer", "Person 1, klasselærer"),
        ("8.b", "Hele 8.b", "Hele 8.b"),
        ("I", "I kan se det", "I kan se det"),
    ],
)
def test_spelling(name: str, text: str, masked: str) -> None:
    assert Masks("Alma", [name]).text(text) == masked


def test_nobody_else() -> None:
    assert Masks("Alma", []).text("Emil") == "Emil"


@pytest.mark.parametrize(
    "others", [["Anne", "Marie", "Anne Marie Koch"], ["Anne Marie Koch", "Anne", "Marie"], ["Marie", "Anne Marie Koch"]]
)
def test_last_name_beside_two_known_first_names_is_masked(others: list[str]) -> None:
    masks = Masks("Emil Dahl", others)
    text = masks.text("Anne Marie Koch ringede. Koch svarede.")
    assert not {"Anne", "Marie", "Koch"} & set(re.findall(r"\w+", text))
    assert "Koch" not in masks.label("Anne Marie Koch")
