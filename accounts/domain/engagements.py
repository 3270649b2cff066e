"""What an external auditor was engaged for: which reports, and from when until when.

A report is a part of the console that is only read. Floors above add theirs to `Report`, with the permission
whose pages show it; finished reports open no pages but those that an officer opens one by one.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from accounts.domain.roles import Permission
from accounts.errors import EngagementRefusedError

LONGEST_ENGAGEMENT: Final = timedelta(days=90)


class Report(StrEnum):
    """What an external auditor can be shown. Stable: engagements keep these names."""

    AUDIT_LOG = "audit_log"
    PERMISSION_MATRIX = "permission_matrix"
    KEYS_OVERVIEW = "keys_overview"
    FINISHED_REPORTS = "finished_reports"


REPORT_WORDS: Final[dict[str, str]] = {
    Report.AUDIT_LOG: "the audit log",
    Report.PERMISSION_MATRIX: "who may do what",
    Report.KEYS_OVERVIEW: "the overview of signing keys",
    Report.FINISHED_REPORTS: "finished reports that a compliance officer opens to them",
}

# Each opens the pages of one permission, all of which only read. Finished reports open none: packs that an
# officer opened are shown by themselves (`compliance.desk.selectors.opened_packs`).
REPORT_PERMISSIONS: Final[dict[Report, Permission]] = {
    Report.AUDIT_LOG: Permission.AUDIT_VIEW,
    Report.PERMISSION_MATRIX: Permission.ACCESS_VIEW,
    Report.KEYS_OVERVIEW: Permission.KEY_VIEW,
}


@dataclass(frozen=True, slots=True)
class Engagement:
    """An engagement as decisions need it.

    Attributes:
        id: By which it's found.
        reports: What it shows.
        starts_at: From when.
        ends_at: From when not any more.
    """

    id: int
    reports: frozenset[Report]
    starts_at: datetime
    ends_at: datetime

    def opens(self, permission: Permission, now: datetime) -> bool:
        """Whether it opens the pages of `permission` now."""
        if not self.starts_at <= now < self.ends_at:
            return False
        return any(REPORT_PERMISSIONS.get(report) is permission for report in self.reports)

    def shows(self, report: Report, now: datetime) -> bool:
        """Whether it shows `report` now."""
        return report in self.reports and self.starts_at <= now < self.ends_at


def engagement_check(
    *, reports: Collection[Report], starts_at: datetime, ends_at: datetime, now: datetime
) -> None:
    """Make sure that an engagement can be agreed on these terms.

    Raises:
        EngagementRefusedError: It shows nothing, is over before it begins, or lasts too long.
    """
    if not reports:
        raise EngagementRefusedError("Choose at least one report.")
    if ends_at <= starts_at or ends_at <= now:
        raise EngagementRefusedError("An engagement ends after it has begun, and not in the past.")
    if ends_at - starts_at > LONGEST_ENGAGEMENT:
        raise EngagementRefusedError(f"An engagement lasts {LONGEST_ENGAGEMENT.days} days at most.")
