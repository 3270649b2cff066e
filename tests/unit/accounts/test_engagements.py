"""On which terms an external auditor can be engaged."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.domain.engagements import (
    LONGEST_ENGAGEMENT,
    REPORT_PERMISSIONS,
    REPORT_WORDS,
    Report,
    engagement_check,
)
from accounts.errors import EngagementRefusedError

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("starts_at", "ends_at"),
    [
        pytest.param(NOW, NOW + DAY, id="from now on"),
        pytest.param(NOW - DAY, NOW + DAY, id="since yesterday"),
        pytest.param(NOW + DAY, NOW + DAY + LONGEST_ENGAGEMENT, id="as long as can be"),
    ],
)
def test_an_engagement_has_a_beginning_an_end_and_reports(starts_at: datetime, ends_at: datetime) -> None:
    engagement_check(reports=[Report.AUDIT_LOG], starts_at=starts_at, ends_at=ends_at, now=NOW)


@pytest.mark.parametrize(
    ("reports", "starts_at", "ends_at", "said"),
    [
        pytest.param([], NOW, NOW + DAY, "at least one", id="no report"),
        pytest.param([Report.AUDIT_LOG], NOW, NOW, "ends after", id="no time at all"),
        pytest.param([Report.AUDIT_LOG], NOW + DAY, NOW, "ends after", id="backwards"),
        pytest.param([Report.AUDIT_LOG], NOW - 2 * DAY, NOW - DAY, "in the past", id="over already"),
        pytest.param(
            [Report.AUDIT_LOG], NOW, NOW + LONGEST_ENGAGEMENT + timedelta(seconds=1), "90 days", id="too long"
        ),
    ],
)
def test_other_terms_are_refused(
    reports: list[Report], starts_at: datetime, ends_at: datetime, said: str
) -> None:
    with pytest.raises(EngagementRefusedError, match=said):
        engagement_check(reports=reports, starts_at=starts_at, ends_at=ends_at, now=NOW)


def test_every_report_has_a_name_and_all_but_opened_packs_a_permission() -> None:
    assert set(REPORT_WORDS) == set(Report)
    assert set(REPORT_PERMISSIONS) == set(Report) - {Report.FINISHED_REPORTS}  # opened one by one
