"""For how long what is kept, when what is older was last deleted, and how much."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from compliance.desk.domain.data_kept import LINES, KeptLine, is_overdue
from compliance.ledger.models import AuditEvent, PurgeRun
from releaseconsole.personal_data import PersonalDataHolder, holders


@dataclass(frozen=True, slots=True)
class PurgeShown:
    """One kind of data, and the purge's last run; None: it never ran."""

    line: KeptLine
    kept: str
    run: PurgeRun | None
    is_overdue: bool

    @property
    def held(self) -> list[tuple[str, int]]:
        """How much stayed whose time was over, by number of the legal hold that keeps it."""
        return sorted(self.run.held.items(), key=lambda each: int(each[0])) if self.run else []


def purges_shown(*, now: datetime) -> list[PurgeShown]:
    """Read all that deletes itself."""
    runs = {run.name: run for run in PurgeRun.objects.all()}
    begun_at = AuditEvent.objects.order_by("number").values_list("at", flat=True).first()
    return [_shown(line, runs.get(line.purge), begun_at, now) for line in LINES]


def holders_shown() -> list[PersonalDataHolder]:
    """Return all that is held of people, by kind."""
    return sorted(holders(), key=lambda holder: (holder.data_class.value, holder.name))


def _shown(line: KeptLine, run: PurgeRun | None, begun_at: datetime | None, now: datetime) -> PurgeShown:
    kept = line.kept.format(getattr(settings, line.setting)) if line.setting else line.kept
    late = is_overdue(run.ran_at if run else None, begun_at=begun_at, now=now)
    return PurgeShown(line, kept, run, late)
