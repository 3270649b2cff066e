"""What an entry tells, as a cell of a report."""

from typing import Any

import pytest

from compliance.desk.domain.reports.fact_words import facts_words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        pytest.param("staging", "a name: staging", id="text"),
        pytest.param(3, "a name: 3", id="number"),
        pytest.param(0, "a name: 0", id="zero"),
        pytest.param(False, "a name: no", id="flag"),
        pytest.param("2026-12-30T12:10:43.167043+00:00", "a name: 2026-12-30 12:10:43 UTC", id="time"),
        pytest.param("2026-12-30T12:10:43Z", "a name: 2026-12-30 12:10:43 UTC", id="time in Z"),
        pytest.param("2026-12-30T12:10:43+01:00", "a name: 2026-12-30T12:10:43+01:00", id="another zone"),
        pytest.param("ab" * 32, "a name: abababababababab…", id="digest"),
        pytest.param([], "a name: none", id="nothing of a list"),
        pytest.param(["app_view", "b"], "a name: app_view, b", id="list"),
        pytest.param(["a"] * 9, "a name: a, a, a, a and 5 more", id="long list"),
        pytest.param({"to": None, "from": [True]}, "a name: (from: yes, to: none)", id="nested"),
        pytest.param("", "", id="no text"),
        pytest.param(None, "", id="nothing"),
    ],
)
def test_a_fact_is_written_for_people(value: Any, words: str) -> None:
    assert facts_words({"a_name": value}) == words


def test_facts_stand_in_the_order_of_their_names() -> None:
    assert facts_words({"b": 1, "a/c": 2}) == "a, c: 2; b: 1"
