"""Quarters, reminders and reviewers of access."""

from datetime import date

import pytest

from compliance.desk.domain.recertification import (
    Quarter,
    Reviewer,
    quarter_of,
    reminder_is_due,
    reviewer_check,
)
from compliance.desk.errors import ReviewerError

DUE = date(2026, 12, 31)
OFFICER = Reviewer(is_officer=True, manages_people=False, is_themselves=False)
ADMINISTRATOR = Reviewer(is_officer=False, manages_people=True, is_themselves=False)


@pytest.mark.parametrize(
    ("day", "quarter", "begins"),
    [
        (date(2026, 1, 1), "2026-Q1", date(2026, 1, 1)),
        (date(2026, 3, 31), "2026-Q1", date(2026, 1, 1)),
        (date(2026, 4, 1), "2026-Q2", date(2026, 4, 1)),
        (date(2026, 9, 30), "2026-Q3", date(2026, 7, 1)),
        (date(2026, 12, 31), "2026-Q4", date(2026, 10, 1)),
    ],
)
def test_a_day_is_in_one_quarter(day: date, quarter: str, begins: date) -> None:
    assert (str(quarter_of(day)), quarter_of(day).begins_on) == (quarter, begins)


def test_quarters_are_in_order() -> None:
    assert Quarter(2026, 4) < Quarter(2027, 1)


@pytest.mark.parametrize(
    ("today", "reminded", "is_due"),
    [
        pytest.param(date(2026, 12, 16), None, False, id="fifteen days before"),
        pytest.param(date(2026, 12, 17), None, True, id="fourteen days before"),
        pytest.param(date(2026, 12, 18), date(2026, 12, 17), False, id="a day after the first"),
        pytest.param(date(2026, 12, 24), date(2026, 12, 17), True, id="a week after the first"),
        pytest.param(date(2026, 12, 30), date(2026, 12, 24), False, id="a day before"),
        pytest.param(date(2026, 12, 31), date(2026, 12, 25), True, id="on the day"),
        pytest.param(date(2027, 1, 1), date(2026, 12, 31), False, id="a day late"),
        pytest.param(date(2027, 1, 2), date(2026, 12, 30), True, id="the day was missed"),
        pytest.param(date(2027, 1, 7), date(2026, 12, 31), True, id="a week late"),
    ],
)
def test_reminders_come_weekly_and_on_the_day(today: date, reminded: date | None, *, is_due: bool) -> None:
    assert reminder_is_due(due_on=DUE, reminded_on=reminded, today=today) is is_due


@pytest.mark.parametrize(
    ("reviewer", "of_officer"),
    [
        pytest.param(OFFICER, False, id="an officer about anybody"),
        pytest.param(OFFICER, True, id="an officer about another officer"),
        pytest.param(ADMINISTRATOR, True, id="an administrator about an officer"),
    ],
)
def test_who_decides(reviewer: Reviewer, *, of_officer: bool) -> None:
    reviewer_check(reviewer, of_officer=of_officer)


@pytest.mark.parametrize(
    ("reviewer", "of_officer"),
    [
        pytest.param(ADMINISTRATOR, False, id="an administrator, who gave it"),
        pytest.param(
            Reviewer(is_officer=False, manages_people=False, is_themselves=False), True, id="anybody else"
        ),
        pytest.param(
            Reviewer(is_officer=True, manages_people=True, is_themselves=True), True, id="about oneself"
        ),
    ],
)
def test_who_does_not(reviewer: Reviewer, *, of_officer: bool) -> None:
    with pytest.raises(ReviewerError):
        reviewer_check(reviewer, of_officer=of_officer)
