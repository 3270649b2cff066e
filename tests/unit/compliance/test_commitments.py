"""What an event only commits to; and that what tests record is really looked at."""

from datetime import UTC, datetime
from typing import Any

import pytest

from accounts.domain.operations import Operation
from compliance.ledger.domain.canonical import EventFacts
from compliance.ledger.domain.commitments import holds_committed
from compliance.ledger.domain.events import SYSTEM, Actor, ActorKind
from compliance.ledger.domain.ranges import ranges_of
from tests.support.personal_facts import personal_in


@pytest.mark.parametrize(
    ("facts", "holds"),
    [
        ({"email": "a@b.example"}, True),
        ({"before": [{"name": "Ada"}]}, True),
        ({"email": "", "reason": None}, False),
        ({"version": "1.0.0", "plan": [{"bps": 100}]}, False),
    ],
)
def test_facts_that_are_only_committed_to_are_found_at_any_depth(
    facts: dict[str, Any], *, holds: bool
) -> None:
    assert holds_committed(facts) is holds


@pytest.mark.parametrize(
    ("facts", "name"),
    [
        pytest.param({"person": 7}, "digest", id="nothing personal"),
        pytest.param({"email": "a@b.example"}, "personal_digest", id="an address"),
        pytest.param({"request": "1", "digest": "0" * 64}, "personal_digest", id="the digest of a digest"),
    ],
)
def test_a_digest_that_tells_to_who_guesses_is_erasable(facts: dict[str, Any], name: str) -> None:
    operation = Operation("accounts:person:invite", facts)
    assert operation.recorded() == {"operation": operation.name, name: operation.digest()}


@pytest.mark.parametrize(
    ("numbers", "ranges"),
    [([], []), ([4], [(4, 4)]), ([3, 1, 2, 2], [(1, 3)]), ([1, 2, 4, 6, 5], [(1, 2), (4, 6)])],
)
def test_neighbours_make_up_ranges(numbers: list[int], ranges: list[tuple[int, int]]) -> None:
    assert ranges_of(numbers) == ranges


@pytest.mark.parametrize(
    ("about", "plain"),
    [
        pytest.param({"app_id": "a@b.example"}, {}, id="an address as an app"),
        pytest.param({"subject": ("device", "8f0f2f4e-0000-4000-8000-000000000001")}, {}, id="a device"),
        pytest.param({"actor": Actor(ActorKind.PERSON, "a@b.example")}, {}, id="an address as an actor"),
        pytest.param({}, {"seen": {"from": ["192.0.2.7"]}}, id="an address of the network"),
        pytest.param({}, {"comment": "Ada asked"}, id="a text"),
    ],
)
def test_what_is_personal_is_seen_by_the_guard_of_all_tests(
    about: dict[str, Any], plain: dict[str, Any]
) -> None:
    clean: dict[str, Any] = {"actor": SYSTEM, "app_id": "com.example.clinic", "subject": ("release", "4")}
    at = datetime(2026, 11, 29, tzinfo=UTC)
    assert not list(personal_in(EventFacts(at, "x", "done", **clean), {"version": "1.2.3", "why": "over"}))
    assert list(personal_in(EventFacts(at, "x", "done", **(clean | about)), plain))
