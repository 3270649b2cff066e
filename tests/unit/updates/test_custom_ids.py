"""What becomes of an app's own id for a device, by the app's policy."""

import pytest

from updates.domain.custom_ids import HASH_PREFIX, CustomIdPolicy, CustomIdRule

OFF = CustomIdRule()
ALLOWED = CustomIdRule(CustomIdPolicy.ALLOWED)
HASHED = CustomIdRule(CustomIdPolicy.HASHED, b"k" * 32)
NORA = HASHED.taken("nora")


@pytest.mark.parametrize(
    ("rule", "told", "taken"),
    [
        pytest.param(OFF, "nora", "", id="off"),
        pytest.param(ALLOWED, "nora", "nora", id="allowed"),
        pytest.param(ALLOWED, NORA, "", id="allowed, but it poses as a hash"),
        pytest.param(HASHED, "nora", NORA, id="hashed"),
        pytest.param(HASHED, " nora ", NORA, id="hashed, spelled with blanks"),
        pytest.param(HASHED, "", "", id="hashed, none told"),
        pytest.param(CustomIdRule(CustomIdPolicy.HASHED), "nora", "", id="hashed, but the key can't be had"),
    ],
)
def test_what_is_taken_of_an_id(rule: CustomIdRule, told: str, taken: str) -> None:
    assert rule.taken(told) == taken


@pytest.mark.parametrize(
    ("rule", "taken", "kept"),
    [
        pytest.param(OFF, "nora", "", id="allowed, then off"),
        pytest.param(OFF, NORA, "", id="hashed, then off"),
        pytest.param(HASHED, "nora", NORA, id="allowed, then hashed"),
        pytest.param(HASHED, NORA, NORA, id="hashed all along"),
        pytest.param(ALLOWED, NORA, "", id="hashed, then allowed"),
        pytest.param(ALLOWED, "nora", "nora", id="allowed all along"),
    ],
)
def test_what_was_taken_is_held_to_the_policy_of_the_day(rule: CustomIdRule, taken: str, kept: str) -> None:
    assert rule.kept(taken) == kept


def test_a_hash_is_of_the_apps_own_key_fits_its_column_and_survives_any_text() -> None:
    another = CustomIdRule(CustomIdPolicy.HASHED, b"j" * 32)
    assert len({NORA, another.taken("nora"), HASHED.taken("Nora")}) == 3
    for told in ("n" * 155, "\ud800", "né"):
        assert HASHED.taken(told).startswith(HASH_PREFIX)
        assert len(HASHED.taken(told)) <= 64


def test_no_key_shows_when_a_rule_is_printed() -> None:
    assert "kkk" not in repr(HASHED)
