"""When reports are made by themselves, and what each looks at."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from compliance.desk.domain.reports.cadence import Cadence, due_after, period_due

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("cadence", "day", "due", "first"),
    [
        pytest.param(
            "weekly", (2026, 11, 30), (2026, 12, 7), (2026, 11, 30), id="a Monday waits for the next"
        ),
        pytest.param("weekly", (2026, 12, 6), (2026, 12, 7), (2026, 11, 30), id="a Sunday"),
        pytest.param("monthly", (2026, 12, 1), (2027, 1, 1), (2026, 12, 1), id="over the end of a year"),
        pytest.param("monthly", (2028, 2, 29), (2028, 3, 1), (2028, 2, 1), id="a leap day"),
        pytest.param(
            "quarterly", (2026, 10, 1), (2027, 1, 1), (2026, 10, 1), id="the first day of a quarter"
        ),
        pytest.param("quarterly", (2026, 3, 31), (2026, 4, 1), (2026, 1, 1), id="over the change of clocks"),
    ],
)
def test_a_report_looks_at_the_whole_days_since_the_one_before(
    cadence: str, day: tuple[int, int, int], due: tuple[int, int, int], first: tuple[int, int, int]
) -> None:
    found = due_after(Cadence(cadence), date(*day))
    assert found == date(*due)
    period = period_due(Cadence(cadence), found, zone="Europe/Berlin")
    assert period.begins_at == datetime(*first, tzinfo=BERLIN)
    assert period.ends_at == datetime(*due, tzinfo=BERLIN)
