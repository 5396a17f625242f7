from itertools import product

import pytest

from guide.rules.takedown_routes import OUTCOMES, ROUTES, next_route

FOLLOW_UP, WATCH = "Følg op om et døgn.", "Hold øje med, om det dukker op igen."
PLATFORM = "Platformens egen klagevej."
SERVICE = (
    "Klag over tjenesten via borger.dk. Klagen gælder, hvordan tjenesten behandler klager, ikke det enkelte opslag."
)
POLICE = "Tal med politiet på 114."
AFTER = {
    "report": (
        "Take It Down fra elevens egen enhed, og hjælp fra SletDet.",
        "StopNCII fra egen enhed, og råd fra StopChikane.",
    ),
    "sletdet": ("Take It Down fra elevens egen enhed.", "StopNCII fra egen enhed."),
    "hash": (PLATFORM, PLATFORM),
    "complaint": (SERVICE, SERVICE),
    "dsa": ("Tal med politiet på 114, eller gå til Datatilsynet, hvis det handler om personoplysninger.",) * 2,
    "datatilsynet": (POLICE, POLICE),
    "police": ("Gør, som politiet siger.",) * 2,
}


def test_table_knows_every_route() -> None:
    assert list(AFTER) == [key for key, _words in ROUTES]


@pytest.mark.parametrize(("route", "outcome", "adult"), list(product(AFTER, ["refused", "silent"], [False, True])))
def test_refusal_or_silence_leads_to_the_next_route(route: str, outcome: str, adult: bool) -> None:
    assert next_route(route, outcome, adult=adult) == AFTER[route][adult]


@pytest.mark.parametrize(("route", "adult"), list(product(["", "ved_ikke", *AFTER], [False, True])))
def test_removed_material_is_watched_for_by_whatever_route(route: str, adult: bool) -> None:
    assert next_route(route, "removed", adult=adult) == WATCH


@pytest.mark.parametrize("route", AFTER)
def test_waiting_is_followed_up(route: str) -> None:
    assert next_route(route, "waiting", adult=False) == FOLLOW_UP


@pytest.mark.parametrize("outcome", [key for key, _words in OUTCOMES if key != "removed"])
@pytest.mark.parametrize("route", ["", "ved_ikke"])
def test_unknown_route_leads_nowhere(route: str, outcome: str) -> None:
    assert next_route(route, outcome, adult=False) == ""


@pytest.mark.parametrize(("route", "outcome"), list(product(AFTER, ["", "ved_ikke"])))
def test_unknown_outcome_leads_nowhere(route: str, outcome: str) -> None:
    assert next_route(route, outcome, adult=True) == ""


def test_minors_are_never_sent_to_the_service_for_adults() -> None:
    said = [
        next_route(route, outcome, adult=False) for route, outcome in product(AFTER, [key for key, _words in OUTCOMES])
    ]
    assert not [words for words in said if "StopNCII" in words or "StopChikane" in words]
