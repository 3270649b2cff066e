"""Searches and places in them, as addresses spell them; facts as people read them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from compliance.desk.domain.facts import Fact, disclosures_read, facts_read
from compliance.desk.domain.log_search import LogSearch, Position, actions_of, actor_read, position_read
from compliance.ledger.domain.events import Actor, ActorKind

AT = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)


def test_a_place_is_read_as_it_was_written() -> None:
    place = Position(AT, 42)
    assert position_read(str(place)) == place


@pytest.mark.parametrize("text", ["", "1", "1-", "-1-2", "1-2-3", "x-1", "\u0661-1", "1-" + "9" * 19])
def test_what_is_no_place_is_none(text: str) -> None:
    assert position_read(text) is None


def test_a_place_after_the_end_of_time_is_none() -> None:
    assert position_read("99999999999999999-1") is not None  # the year 5138
    assert position_read("9" * 18 + "-1") is None


@pytest.mark.parametrize(
    ("text", "actor"),
    [
        ("person:5", Actor(ActorKind.PERSON, "5")),
        ("system:", Actor(ActorKind.SYSTEM)),
        ("system", None),
        ("somebody:5", None),
        ("person:" + "5" * 65, None),
    ],
)
def test_an_actor_in_a_link_is_read(text: str, actor: Actor | None) -> None:
    assert actor_read(text) == actor


def test_sources_have_their_actions() -> None:
    assert "updates:app:create" in actions_of("updates")
    assert actions_of("update") == ()


@pytest.mark.parametrize(
    ("search", "about_somebody"),
    [
        (LogSearch(), False),
        (LogSearch(who="x", actors=()), True),
        (LogSearch(who="x", actors=(Actor(ActorKind.TESTER, "1"),)), True),
        (LogSearch(who="x", actors=(Actor(ActorKind.API_TOKEN, "1"),)), False),
        (LogSearch(object_type="person", object_id="1"), True),
        (LogSearch(object_type="app", object_id="1"), False),
    ],
)
def test_a_search_knows_whether_it_looks_for_somebody(search: LogSearch, *, about_somebody: bool) -> None:
    assert search.is_about_somebody is about_somebody


def test_a_search_is_spelled_without_what_it_leaves_open() -> None:
    search = LogSearch(who="rita", actors=(Actor(ActorKind.PERSON, "5"),), since=AT, entries=(1, 2))
    assert search.spelled() == {
        "who": "rita",
        "actors": ["person:5"],
        "since": "2026-03-01T12:00:00.123456+00:00",
        "entries": [1, 2],
    }


@pytest.mark.parametrize(
    ("value", "fact"),
    [
        ("x", Fact("a_b", "x")),
        (0, Fact("a_b", "0")),
        (True, Fact("a_b", "yes")),
        (False, Fact("a_b", "no")),
        (["x", 1], Fact("a_b", "x, 1")),
        ([], Fact("a_b", "none")),
        ({"x": None}, Fact("a_b", '{"x": null}', is_nested=True)),
    ],
)
def test_a_fact_is_written_as_people_read_it(value: Any, fact: Fact) -> None:
    assert facts_read({"a_b": value}) == (fact,)
    assert fact.words == "a b"


def test_what_is_long_and_nested_has_lines() -> None:
    (fact,) = facts_read({"a": {"x" * 50: ["y" * 50]}})
    assert "\n" in fact.value


def test_what_says_nothing_is_left_out() -> None:
    assert facts_read({"a": "", "b": None}) == ()


def test_personal_values_are_in_the_order_of_their_names() -> None:
    assert [fact.name for fact in disclosures_read([("b", 1), ("a/0/name", 2)])] == ["a/0/name", "b"]
