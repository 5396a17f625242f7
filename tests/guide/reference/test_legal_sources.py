"""The legal sources: complete, in words the product may use."""

import pytest

from guide.reference.legal_sources import SOURCES, Source

PARAGRAPHS = {
    "Barnets lov": {"§ 133", "§ 135", "§ 15, stk. 2"},
    "Undervisningsmiljøloven": {"§ 1 b–c"},
    "Retsplejeloven": {"§ 115", "§ 741 a"},
    "Forvaltningsloven": {"§ 28"},
    "Databeskyttelsesloven": {"§ 8"},
    "Straffeloven": {
        "§ 223", "§ 225", "§§ 226–227", "§ 231", "§ 232", "§ 235", "§ 260", "§ 263", "§ 264 a", "§ 264 d", "§ 264 e",
        "§ 266", "§ 281",
    },
}  # fmt: skip
SOON = "inden 6 måneder"
# What a source must say, and what would be wrong.
SAYS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "barnets_lov_133": (("hvert barn i sagen", "kapitel 24–26", "begge parter", "private skoler"), ("bekendtgørelse",)),
    "barnets_lov_135": (("smallere",), ("ikke kun",)),
    "barnets_lov_15": (("pålægge lederen", "før nogen taler med", "børnehus"), ()),
    "anmeldelse_er_et_valg": (("to beslutninger", "pålægge lederen"), ()),
    "undervisningsmiljoeloven_1b": (
        ("20 arbejdsdage", "20 kalenderdage", "bestyrelsen", "hos DCUM", "en ansat", "midlertidigt", "sendt videre"),
        ("klager først til skolen",),
    ),
    "samme_klasse": (("Lederen afgør",), ()),
    "foraelder_uden_myndighed": (("beder om det", "skade barnet"), ()),
    "forvaltningsloven_28": (("databeskyttelsesreglerne",), ()),
    "erstatning_72_timer": (("ikke længere", "2018", "ses bort fra", "2 år", "ikke opgive"), ("Hovedreglen",)),
    "retsplejeloven_741a": (("gratis", "før det bliver anmeldt", "beskikket"), ()),
    "kriminel_lavalder": (("15 år", "10 til 17 år"), ()),
    "foraeldelse": (("forælder ikke",), ()),
    "konfliktraad": (("erkendt", "aldrig i stedet for en sag"), ()),
    "handlekortet": (("hverken forfatter eller årstal",), ("I har aftalt",)),
    "haeftet": (("Koppel og Duus (2017)",), ()),
    "straffeloven_223": (("ansat", "under 18 år"), ()),
    "straffeloven_225": (("sig selv", "under 15 år"), ()),
    "straffeloven_235": (("bøde eller fængsel", "se det på nettet (stk. 2)", "materiale med personer under 18 år"), ()),
    "straffeloven_263": ((SOON,), ()),
    "straffeloven_264a": (("bøde eller fængsel", "6 måneder", "frit tilgængelig", SOON), ("i skjul",)),
    "straffeloven_264d": (("bøde eller fængsel", "beskeder", SOON), ()),
    "straffeloven_264e": (("bøde eller fængsel", SOON), ()),
    "straffeloven_266": (("kan skabe alvorlig frygt",), ()),
    "straffeloven_281": (("afpresning",), ("fængsel", "bøde", " år")),
}


def test_every_provision_is_there_and_no_other() -> None:
    found: dict[str, set[str]] = {}
    for source in SOURCES.values():
        if source.paragraph:
            found.setdefault(str(source.title), set()).add(source.paragraph)
    assert found == PARAGRAPHS


@pytest.mark.parametrize("key", SAYS)
def test_source_says_what_it_must_and_nothing_wrong(key: str) -> None:
    plain = str(SOURCES[key].plain)
    assert ([word for word in SAYS[key][0] if word not in plain], [word for word in SAYS[key][1] if word in plain]) == (
        [],
        [],
    )


@pytest.mark.parametrize("source", SOURCES.values(), ids=list(SOURCES))
def test_source_uses_the_words_of_today_and_predicts_nothing(source: Source) -> None:
    plain = str(source.plain).lower()
    for word in ("børneporno", "hævnporno", "vil blive straffet", "bliver dømt", "får en straf"):
        assert word not in plain
    assert plain.endswith(".")


def test_penalties_are_named_as_fine_or_prison() -> None:
    assert {key for key, source in SOURCES.items() if "fængsel" in str(source.plain)} == {
        key for key, source in SOURCES.items() if "bøde eller fængsel" in str(source.plain)
    }
