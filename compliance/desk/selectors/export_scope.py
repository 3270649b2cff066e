"""Which part of the log an export covers, and how many entries it would show."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, Max, Min, OuterRef, Q

from compliance.desk.domain.export_filter import FIELDS, FILTERED_OUT, OUTSIDE_PERIOD, ExportFilter, Period
from compliance.ledger.models import AuditEvent, AuditLeaf
from compliance.ledger.selectors.tree import tree_size


@dataclass(frozen=True, slots=True)
class Preview:
    """What an export would have now.

    Attributes:
        covered: Entries that it accounts for.
        shown: Of those, the ones that it shows.
        excluded: The others, by reason.
    """

    covered: int
    shown: int
    excluded: dict[str, int]


def entries_covered(period: Period, *, size: int) -> tuple[int, int]:
    """Say which entries a pack accounts for: the first, and the one after the last.

    Entries are in the order of being committed, which is nearly that of their times. The run begins with the
    first entry that isn't before the period and ends with the last that isn't after it, so every entry of the
    period is in it; a neighbour on each side is added, whose time shows that nothing is next to it.
    """
    first = 0 if period.begins_at is None else _first_since(period.begins_at, size)
    end = size if period.ends_at is None else _end_before(period.ends_at, size)
    return max(0, min(first, end) - 1), min(size, max(first, end) + 1)


def _first_since(begins_at: datetime, size: int) -> int:
    inside = AuditEvent.objects.filter(at__gte=begins_at).values("number")
    found = AuditLeaf.objects.filter(number__in=inside, sequence__lt=size).aggregate(first=Min("sequence"))
    return size if found["first"] is None else int(found["first"])


def _end_before(ends_at: datetime, size: int) -> int:
    inside = AuditEvent.objects.filter(at__lt=ends_at).values("number")
    found = AuditLeaf.objects.filter(number__in=inside, sequence__lt=size).aggregate(last=Max("sequence"))
    return 0 if found["last"] is None else int(found["last"]) + 1


def export_preview(wish: ExportFilter) -> Preview:
    """Count what an export would have, by the columns of the log; the pack itself goes by the headers."""
    size = tree_size()
    first, end = entries_covered(wish.period, size=size)
    leaves = AuditLeaf.objects.filter(sequence__gte=first, sequence__lt=end, number=OuterRef("number"))
    covered = AuditEvent.objects.filter(Exists(leaves)).order_by()
    inside = covered.filter(_within(wish.period))
    shown = inside.filter(**{f"{FIELDS[name][0]}__in": list(wanted) for name, wanted in wish.values.items()})
    found, shown_count = inside.count(), shown.count()
    return Preview(
        covered=end - first,
        shown=shown_count,
        excluded={OUTSIDE_PERIOD: end - first - found, FILTERED_OUT: found - shown_count},
    )


def _within(period: Period) -> Q:
    within = Q()
    if period.begins_at is not None:
        within &= Q(at__gte=period.begins_at)
    if period.ends_at is not None:
        within &= Q(at__lt=period.ends_at)
    return within
