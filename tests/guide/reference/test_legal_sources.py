"""The legal sources: complete, dated, in words the product may use."""

from datetime import date

import pytest

from guide.reference.legal_sources import SOURCES, Source

UNCHECKED = {
    "barnets_lov_15", "elevers_telefoner", "retsplejeloven_115", "forvaltningsloven_28", "databeskyttelsesloven_8",
    "straffeloven_226_227", "straffeloven_264a",
}  # fmt: skip
PARAGRAPHS = {
    "Barnets lov": {"§ 133", "§ 135", "§ 15, stk. 2"},
    "Undervisningsmiljøloven": {"§ 1 b–c"},
    "Retsplejeloven": {"§ 115"},
    "Forvaltningsloven": {"§ 28"},
    "Databeskyttelsesloven": {"§ 8"},
    "Straffeloven": {
        "§ 235",
        "§ 264 d", "§ 264 e", "§ 232", "§ 231", "§ 225", "§§ 226–227", "§ 260", "§ 266", "§ 281", "§ 263", "§ 264 a",
    },
}  # fmt: skip


def test_every_provision_is_there_and_no_other() -> None:
    found: dict[str, set[str]] = {}
    for source in SOURCES.values():
        if source.paragraph:
            found.setdefault(str(source.title), set()).add(source.paragraph)
    assert found == PARAGRAPHS


@pytest.mark.parametrize("source", SOURCES.values(), ids=list(SOURCES))
def test_source_is_one_to_confirm_locally_and_dated_where_it_is_sure(source: Source) -> None:
    assert source.verify_locally
    assert source.last_checked == (None if source.key in UNCHECKED else date(2026, 11, 21))
    assert str(source.plain).endswith(".")


@pytest.mark.parametrize("source", SOURCES.values(), ids=list(SOURCES))
def test_source_uses_the_words_of_today_and_predicts_nothing(source: Source) -> None:
    plain = str(source.plain).lower()
    for word in ("børneporno", "hævnporno", "vil blive straffet", "bliver dømt", "får en straf"):
        assert word not in plain


def test_extortion_names_no_penalty() -> None:
    assert not any(word in str(SOURCES["straffeloven_281"].plain) for word in ("fængsel", "år", "bøde"))


def test_penalties_are_named_for_two_provisions_only() -> None:
    assert {key for key, source in SOURCES.items() if "fængsel" in str(source.plain)} == {
        "straffeloven_235",
        "straffeloven_264d",
    }
