"""How a release does by what devices report: the numbers on which plans and the guard act."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from updates.domain.outcomes import Outcome
from updates.models import InstallOutcome, Release


@dataclass(frozen=True, slots=True)
class Reports:
    """Devices that reported how a release went, by their last word."""

    installed: int
    failed: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.installed + self.failed


def reports_since(release: Release, since: datetime | None) -> Reports:
    """Count what was decided since then on the release's channel about its version; one query."""
    outcomes = InstallOutcome.objects.filter(
        app=release.app_id, version=release.bundle.version, channel_name=release.channel.name
    )
    if since is not None:
        outcomes = outcomes.filter(decided_at__gte=since)
    return Reports(
        **outcomes.aggregate(
            installed=Count("pk", filter=Q(outcome=Outcome.INSTALLED.value)),
            failed=Count("pk", filter=Q(outcome=Outcome.FAILED.value)),
        )
    )
