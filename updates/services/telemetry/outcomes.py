"""What became of versions on the devices of one batch: read, folded and written like the devices."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import NamedTuple

from django.db.models import F

from updates.backends.failures import FailedVersion
from updates.domain.outcomes import TAKEN_BACK, Outcome, VersionOutcome, outcome_after, outcome_of
from updates.domain.telemetry import DeviceReport, at_utc, milliseconds_of, ordering_ms
from updates.models import InstallOutcome
from updates.selectors.failures import outcomes_blocking
from updates.services.failures import failures_follow


class OutcomeKey(NamedTuple):
    """One version on one device."""

    app_id: str
    device_id: str
    version: str


class OutcomeTable:
    """The outcomes that a batch may decide."""

    def __init__(self, reports: Iterable[DeviceReport]) -> None:
        self._before = _outcomes_read(reports)
        self._known = dict(self._before)
        self._changed: dict[OutcomeKey, tuple[VersionOutcome, str]] = {}
        self._begun: set[FailedVersion] = set()

    def tell(self, report: DeviceReport, channel: str) -> None:
        """Apply one event about a version that exists."""
        outcome = outcome_of(report.action, report.plugin_version)
        if outcome is None or not report.version or _may_be_built_in(report):
            return
        key = OutcomeKey(report.app_id, report.device_id, report.version)
        current = self._known.get(key)
        after = outcome_after(current, action=report.action, outcome=outcome, at_ms=ordering_ms(report))
        if after is not current:
            self._known[key] = after
            self._changed[key] = after, channel

    def write(self) -> None:
        """Write what changed, in an order that all keep who lock outcomes."""
        self._begun = {
            version for version in self._moved(self._fails) if not outcomes_blocking(version).exists()
        }
        InstallOutcome.objects.bulk_create(
            [_row(key, outcome, channel) for key, (outcome, channel) in sorted(self._changed.items())],
            update_conflicts=True,
            unique_fields=["app", "device_id", "version"],
            update_fields=["channel_name", "outcome", "reason", "decided_at"],
        )
        for version, device_ids in self._moved(self._fails).items():
            # Who let a device try again knew of failures until then, also of those that arrive later.
            InstallOutcome.objects.filter(
                app=version.app_id,
                version=version.version,
                device_id__in=device_ids,
                allowed_at__lt=F("decided_at"),
            ).update(allowed_at=None)

    def follow(self) -> None:
        """Make decisions follow: last in the transaction, because other changes of them wait meanwhile."""
        failures_follow(self._moved(self._fails, self._runs_after_all), begun=self._begun)

    def _moved(self, *whether: Callable[[OutcomeKey], bool]) -> dict[FailedVersion, set[str]]:
        """Collect the devices by version of which any of these holds."""
        moved: defaultdict[FailedVersion, set[str]] = defaultdict(set)
        for key in self._changed:
            if any(holds(key) for holds in whether):
                moved[FailedVersion(key.app_id, key.version)].add(key.device_id)
        return moved

    def _fails(self, key: OutcomeKey) -> bool:
        return self._known[key].reason in TAKEN_BACK

    def _runs_after_all(self, key: OutcomeKey) -> bool:
        before = self._before.get(key)
        return before is not None and before.reason in TAKEN_BACK and not self._fails(key)


def _may_be_built_in(report: DeviceReport) -> bool:
    """Tell whether a start may have been the built-in bundle's, whose native version a bundle is named by."""
    return report.action == "app_launch_ready" and report.version == report.native_version


def _outcomes_read(reports: Iterable[DeviceReport]) -> dict[OutcomeKey, VersionOutcome]:
    by_version: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for report in reports:
        if report.version and outcome_of(report.action, report.plugin_version):
            by_version[report.app_id, report.version].add(report.device_id)
    return {
        OutcomeKey(app_id, row.device_id, version): VersionOutcome(
            Outcome(row.outcome), row.reason, milliseconds_of(row.decided_at)
        )
        for (app_id, version), device_ids in by_version.items()
        for row in InstallOutcome.objects.filter(app=app_id, version=version, device_id__in=device_ids)
    }


def _row(key: OutcomeKey, outcome: VersionOutcome, channel: str) -> InstallOutcome:
    return InstallOutcome(
        app_id=key.app_id,
        device_id=key.device_id,
        version=key.version,
        channel_name=channel,
        outcome=outcome.outcome.value,
        reason=outcome.reason,
        decided_at=at_utc(outcome.at_ms),
    )
