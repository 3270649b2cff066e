"""A report that leaves open what an auditor has to know can't be made."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from compliance.desk.domain.report_content import COLUMNS_AT_MOST, Column, Counts, Exclusion, Report
from tests.support.reports import events, report, table


def test_rows_that_are_missing_have_a_reason() -> None:
    with pytest.raises(ValueError, match="rows shown and rows excluded"):
        Counts(found=10, shown=8, excluded=(Exclusion(count=1, reason="erased"),))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda made: replace(made, run_at=datetime(2026, 11, 30)), id="made at"),  # noqa: DTZ001
        pytest.param(
            lambda made: replace(made, period=replace(made.period, begins_at=datetime(2026, 10, 1))),  # noqa: DTZ001
            id="begins at",
        ),
        pytest.param(
            lambda made: replace(made, period=replace(made.period, ends_at=datetime(2026, 10, 1))),  # noqa: DTZ001
            id="ends at",
        ),
    ],
)
def test_times_say_their_offset(change: Callable[[Report], Report]) -> None:
    with pytest.raises(ValueError, match="offset"):
        change(report())


def test_every_report_says_what_it_doesn_t_show() -> None:
    with pytest.raises(ValueError, match="doesn't show"):
        report(limits=())


@pytest.mark.parametrize("count", [0, COLUMNS_AT_MOST + 1])
def test_a_table_has_as_many_columns_as_fit_on_paper(count: int) -> None:
    with pytest.raises(ValueError, match="columns"):
        table([], columns=(Column(header="A"),) * count)


def test_every_row_has_a_value_for_each_column() -> None:
    with pytest.raises(ValueError, match="every row"):
        table([["Ada"], ["Ada", "Countess"]])


def test_a_table_has_at_least_the_rows_that_it_has() -> None:
    with pytest.raises(ValueError, match="at least"):
        table(events(2), total=1)
