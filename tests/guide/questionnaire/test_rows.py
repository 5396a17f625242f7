"""Keys of people."""

from uuid import UUID

from guide.questionnaire.rows import made_key


def test_key_of_a_person_is_never_taken_for_a_cpr_number() -> None:
    keys = {made_key(UUID(int=seed), "people", number) for seed in range(500) for number in range(4)}
    assert len(keys) == 2000
    assert all(key.isalpha() and key.isascii() for key in keys)
