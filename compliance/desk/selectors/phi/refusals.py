"""What was refused or dropped for the sake of PHI: from the audit log, and from the counters of devices."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from heapq import nlargest
from typing import Final

from django.db.models import Count, QuerySet, Sum

from compliance.ledger.domain.events import Action
from compliance.ledger.domain.phi_rules import PHI_RULE_OBJECT, PHIRule
from compliance.ledger.models import AuditEvent
from updates.domain.phi_marks import COUNTED_AS
from updates.models import HourlyRollup

_LISTED: Final = 50


@dataclass(frozen=True, slots=True)
class Refusal:
    """One entry of the audit log, or what devices of one app did in one hour.

    Attributes:
        at: When; of devices, the hour.
        event: The entry's number; None: devices, of which only the number is kept.
    """

    at: datetime
    app_id: str
    rule: str
    count: int
    event: AuditEvent | None = None


def refusals_count(*, since: datetime, app_id: str = "") -> Mapping[str, int]:
    """Count by rule; of one app, or of all."""
    counts: Counter[str] = Counter()
    rows = _events(since, app_id).values_list("object_id").annotate(times=Count("pk")).order_by()
    counts.update(dict(rows))
    told = _rollups(since, app_id).values_list("action").annotate(times=Sum("count")).order_by()
    for action, times in told:
        counts[COUNTED_AS[action].value] += times
    lowered = AuditEvent.objects.filter(action=Action.PHI_LOWERED.value, at__gte=since)
    counts[PHIRule.LOWERED.value] += (lowered.filter(app_id=app_id) if app_id else lowered).count()
    return counts


def refusals_latest(*, since: datetime, app_id: str = "") -> list[Refusal]:
    """List the newest ones, newest first."""
    events = _events(since, app_id).order_by("-at", "-number")[:_LISTED]
    found = [Refusal(each.at, each.app_id, each.object_id, 1, each) for each in events]
    found += [
        Refusal(row.hour, row.app_id, COUNTED_AS[row.action].value, row.count)
        for row in _rollups(since, app_id).order_by("-hour")[:_LISTED]
    ]
    return nlargest(_LISTED, found, key=lambda refusal: refusal.at)


def _events(since: datetime, app_id: str) -> QuerySet[AuditEvent]:
    events = AuditEvent.objects.filter(object_type=PHI_RULE_OBJECT, at__gte=since)
    return events.filter(app_id=app_id) if app_id else events


def _rollups(since: datetime, app_id: str) -> QuerySet[HourlyRollup]:
    rows = HourlyRollup.objects.filter(action__in=COUNTED_AS, hour__gte=since, channel_name="", version="")
    return rows.filter(app=app_id) if app_id else rows
