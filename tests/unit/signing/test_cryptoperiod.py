"""The timeline of signing keys, number by number."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from signing.domain.cryptoperiod import KeyRules

AT = datetime(2026, 11, 1, 12, tzinfo=UTC)
RULES = KeyRules(
    period=timedelta(days=30),
    grace=timedelta(days=7),
    cache=timedelta(seconds=300),
    client_refresh=timedelta(seconds=3600),
    skew=timedelta(seconds=60),
    signer_cache=timedelta(seconds=5),
    token_life=timedelta(seconds=900),
)
PEOPLE_ROTATE = KeyRules(
    period=None,
    grace=timedelta(days=7),
    cache=timedelta(seconds=300),
    client_refresh=timedelta(seconds=3600),
    skew=timedelta(seconds=60),
    signer_cache=timedelta(seconds=5),
    token_life=timedelta(days=366),
    keeps_next=False,
)


def test_a_key_is_published_for_longer_than_any_client_caches() -> None:
    assert RULES.lead == timedelta(seconds=300 + 3600 + 60)
    assert RULES.may_sign_from(AT) == AT + timedelta(seconds=3960)


def test_a_key_is_due_after_its_period_and_stops_in_time_for_its_last_token() -> None:
    assert RULES.rotation_due_at(AT) == AT + timedelta(days=30)
    assert RULES.expires_at(AT) == AT + timedelta(days=37)
    assert RULES.signs_until(AT) == AT + timedelta(days=37) - timedelta(seconds=900)


def test_a_key_that_only_people_rotate_has_no_end_of_its_own() -> None:
    assert PEOPLE_ROTATE.rotation_due_at(AT) is None
    assert PEOPLE_ROTATE.expires_at(AT) is None
    assert PEOPLE_ROTATE.signs_until(AT) is None


def test_private_material_goes_when_the_slowest_signer_has_heard() -> None:
    assert RULES.private_kept_until(AT) == AT + timedelta(seconds=65)


def test_what_has_no_end_is_verified_for_ever() -> None:
    assert replace(RULES, verifies_for_ever=True).verifies_until(AT, None) is None
    assert replace(RULES, verifies_for_ever=True).verifies_until(AT, AT) is None


@pytest.mark.parametrize(
    ("last_expires_after", "until_after"),
    [
        pytest.param(None, 905 + 360, id="nothing recorded: as long as it may have signed"),
        pytest.param(100, 905 + 360, id="less recorded than possible: a record may be lost"),
        pytest.param(5000, 5000 + 360, id="more recorded: somebody heard of the rotation late"),
    ],
)
def test_a_key_verifies_until_nothing_that_it_signed_is_alive(
    last_expires_after: int | None, until_after: int
) -> None:
    last = None if last_expires_after is None else AT + timedelta(seconds=last_expires_after)
    assert RULES.verifies_until(AT, last) == AT + timedelta(seconds=until_after)
