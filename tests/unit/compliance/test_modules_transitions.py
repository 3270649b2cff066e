"""Dates of algorithms: which end what of that which is used here, and that each names its text."""

from datetime import date

import pytest

from compliance.desk.domain.modules.algorithms import ALGORITHMS
from compliance.desk.domain.modules.inventory import PATHS
from compliance.desk.domain.modules.transitions import TRANSITIONS, touched_by
from compliance.desk.domain.modules.upkeep import openssl_support

BY_KEY = {each.key: each for each in TRANSITIONS}
NAMES = tuple(dict.fromkeys(name for path in PATHS for name in path.algorithms))


def test_every_algorithm_of_the_inventory_is_known() -> None:
    assert set(NAMES) == set(ALGORITHMS)


def test_every_date_names_its_text_and_when_it_was_read() -> None:
    assert all(each.source and each.section and each.version and each.read_on for each in TRANSITIONS)
    assert [each.on for each in TRANSITIONS] == sorted(each.on for each in TRANSITIONS)
    assert len(BY_KEY) == len(TRANSITIONS)


@pytest.mark.parametrize(
    ("key", "on", "touched"),
    [
        ("fips-140-2", date(2026, 9, 21), []),
        ("cnsa-2-acquisition", date(2027, 1, 1), []),
        ("strength-112", date(2030, 12, 31), ["RS256", "PS256", "RSA-OAEP-256"]),
        ("sha-1", date(2030, 12, 31), ["HMAC-SHA-1"]),
        (
            "quantum-disallowed",
            date(2035, 12, 31),
            ["ES256", "ES384", "Ed25519", "RS256", "PS256", "ECDH-ES+A256KW", "RSA-OAEP-256"],
        ),
    ],
)
def test_a_date_ends_what_it_ends_and_nothing_else(key: str, on: date, touched: list[str]) -> None:
    assert BY_KEY[key].on == on
    assert sorted(touched_by(NAMES, BY_KEY[key])) == sorted(touched)


@pytest.mark.parametrize(
    ("version", "today", "says"),
    [
        ("OpenSSL 3.0.19 27 Jan 2026, Python 3.11.7", date(2026, 9, 8), "ended on 7 September 2026"),
        ("OpenSSL 3.0.19 27 Jan 2026", date(2026, 9, 7), ""),
        ("OpenSSL 4.0.3 29 Sep 2026", date(2030, 1, 1), ""),
    ],
)
def test_an_openssl_that_its_makers_gave_up_is_told(version: str, today: date, says: str) -> None:
    found = openssl_support(version, today=today)
    assert says in found
    assert bool(found) is bool(says)


def test_drafts_are_marked_and_days_are_counted() -> None:
    assert {key for key, each in BY_KEY.items() if each.is_draft} == {
        "strength-112-draft",
        "quantum-deprecated",
        "quantum-disallowed",
    }
    assert BY_KEY["fips-140-2"].days_left(today=date(2026, 9, 22)) == -1
