"""What may tell who somebody is, in a text that is to name nobody: found, shown, and taken out."""

import pytest

from cases.privacy.harmless_words import HARMLESS_WORDS
from cases.privacy.identifying import find_identifying, without
from cases.privacy.person_names import ALSO_A_WORD

FOUND = [
    ("7.b, Møllevej 4, 22 33 44 55, storebror Oskar", "class:7.b address:Møllevej 4 phone:22 33 44 55 word:Oskar"),
    ("Ring på +45 2233 4455 eller 0045-22334455.", "phone:+45 2233 4455 phone:0045-22334455"),
    ("skriv til alma.berg@skolen.dk", "email:alma.berg@skolen.dk"),
    ("han er oskar_07, @oskar og oskar.hansen", "user_name:oskar_07 user_name:@oskar user_name:oskar.hansen"),
    ("skriv til snap2", "user_name:snap2"),
    ("den ligger på https://x.dk/abc og www.foo.com", "site:https://x.dk/abc site:www.foo.com"),
    ("hun går i 8. klasse, 8b, 8.B, 8 C og 10.c", "class:8. klasse class:8b class:8.B class:8 C class:10.c"),
    ("skovvej 12 b, ved lille strandgade", "address:skovvej 12 b address:strandgade"),
    ("de bor i 8000 Aarhus", "address:8000 Aarhus"),
    ("Storm og Liv. Haster! Anne-Marie? Hans mor.", "word:Storm word:Liv word:Anne-Marie word:Hans"),
    ("ALMA skrev. Almas mor. alma igen.", "word:ALMA word:Almas"),
    ("B har set det.", "word:B"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), FOUND)
def test_what_may_tell_who_it_is_is_found(text: str, expected: str) -> None:
    found = find_identifying([text])
    assert " ".join(f"{one.kind.value}:{one.text}" for one in found) == expected
    rest = without(text, [one.key for one in found])
    assert [one for one in find_identifying([rest]) if one.kind != "word"] == []
    assert [one.text for one in found if one.text in rest] == []


@pytest.mark.parametrize(
    "text",
    [
        "Eleven fik billedet den 21-11-2026 kl. 14.30. Hvad gør vi, og hvem ringer vi til?",
        "I må gerne svare i dag. Klasselæreren, SSP og PPR er med. Snapchat svarer ikke, f.eks. bl.a. m.fl.",
        "Der er 4 i gruppen. Alle 12 har set det på 3 dage. Det er en 15-årig dreng.",
        "Skolens ledelse er inde i sagen. Forældrenes samtykke mangler. Vi har ringet til politiet på 114.",
    ],
)
def test_ordinary_sentences_ask_nothing(text: str) -> None:
    assert find_identifying([text]) == []


def test_the_same_is_decided_once_and_taken_out_everywhere() -> None:
    texts = ["Oskar skrev.", "Så ringede OSKAR til 22334455."]
    found = find_identifying(texts)
    assert [one.text for one in found] == ["Oskar", "22334455"]
    assert [without(text, [found[0].key]) for text in texts] == ["[navn] skrev.", "Så ringede [navn] til 22334455."]
    assert without(texts[0], []) == texts[0]


def test_no_name_is_harmless() -> None:
    assert HARMLESS_WORDS.isdisjoint(ALSO_A_WORD)
