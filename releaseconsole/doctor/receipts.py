"""Does what is published reach devices, or does it wait for a receipt of the audit log?"""

from django.db import DatabaseError

from releaseconsole.doctor.findings import Finding, ok, problem
from releaseconsole.kernel import clock
from updates.models import Release
from updates.selectors.receipts import receipts_overdue

_REMEDY = (
    'See to what keeps the log from being signed (docs/releases.md, "Receipts"). If nothing does, the worker '
    "or beat isn't running."
)


def receipts_examine() -> list[Finding]:
    """Name the releases that are live but for their receipt."""
    try:
        overdue = receipts_overdue(now=clock.now())
    except DatabaseError:
        return []  # said already
    return [_waits(release) for release in overdue] or [ok("receipts", "No release waits for its receipt.")]


def _waits(release: Release) -> Finding:
    why = f": {release.receipt_trouble}" if release.receipt_trouble else "."
    said = f"No device is offered {release.bundle.version} on {release.channel.name}, which waits{why}"
    return problem(f"receipts of {release.app_id}", said, _REMEDY)
