"""What the officer of the demo has exported: this quarter's releases. Needs Django to be set up."""

from typing import Final

from django.utils import timezone

from accounts.models import User
from compliance.desk.domain.export_filter import ExportFilter
from compliance.desk.domain.export_periods import Preset, period_of
from compliance.desk.models import Export
from compliance.desk.services.exports import export_order
from compliance.ledger.domain.events import Action
from demo.record import Record

_REASON: Final = "Quarterly review: who published what, and who took it back"
_OF_RELEASES: Final = "updates:release:"


def export_ensure(record: Record) -> None:
    """Order the export, unless there's one; the console's worker makes it within seconds."""
    if Export.objects.exists():
        return
    officer = next(person.email for person in record.people if person.role == "compliance_officer")
    zone, today = timezone.get_current_timezone_name(), timezone.localdate()
    period = period_of(Preset.QUARTER, today=today, zone=zone, first=None, last=None)
    actions = sorted(action.value for action in Action if action.value.startswith(_OF_RELEASES))
    export_order(
        wish=ExportFilter(period, {"action": actions}),
        personal=False,
        reason=_REASON,
        user=User.objects.get(email=officer),
    )
