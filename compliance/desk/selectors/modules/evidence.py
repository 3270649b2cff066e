"""Evidence of cryptographic modules as it was kept: by day, for pages and for the report on FIPS 140 (R8).

`evidence_strips` is the state over a period, `findings_between` every single record. A record counts as
proved only where the audit log has an entry about its digest; the digest is made anew from the document here,
so that a changed row shows. `documents_missing` counts entries of the log whose document is gone.
"""

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import QuerySet

from compliance.desk.domain.modules.evidence import Standing
from compliance.desk.domain.modules.history import (
    EVIDENCE_SUBJECT,
    Finding,
    ProcessRole,
    Strip,
    facts_digest,
    strips_of,
)
from compliance.desk.models import ModuleEvidence
from compliance.ledger.domain.events import Action
from compliance.ledger.models import AuditEvent
from releaseconsole.kernel.encoding import sha256_hex


def evidence_latest_each(*, since: datetime) -> list[Finding]:
    """What each kind of process on each machine found last; of one that hasn't measured since, its last word.

    Args:
        since: How long ago somebody must have measured to count beside others. Machines go.
    """
    newest = {(row.role, row.host): row for row in ModuleEvidence.objects.filter(taken_at__gte=since)}
    silent = {role.value for role in ProcessRole} - {role for role, _ in newest}
    earlier = (ModuleEvidence.objects.filter(role=role).last() for role in sorted(silent))
    return _findings([*newest.values(), *(row for row in earlier if row)])


def findings_between(first: date, last: date) -> list[Finding]:
    """List every record of these days (UTC), oldest first."""
    return _findings(_between(first, last))


def evidence_strips(*, first: date, last: date) -> tuple[Strip, ...]:
    """Lay the state out day by day, for each kind of process on each machine.

    Args:
        first: The first day (UTC).
        last: The last one.
    """
    rows = list(_between(first, last))
    before = (
        ModuleEvidence.objects.filter(role=role, host=host, taken_at__lt=_start(first)).last()
        for role, host in dict.fromkeys((row.role, row.host) for row in rows)
    )
    findings = _findings([*(row for row in before if row), *rows])
    return strips_of(sorted(findings, key=lambda each: each.taken_at), first=first, last=last)


def documents_missing(first: date, last: date) -> int:
    """Count the entries of the log in these days that are about a document which isn't there as it was."""
    kept = {each.sha256 for each in findings_between(first, last) if each.is_on_log}
    events = _events().filter(at__gte=_start(first), at__lt=_start(last + timedelta(days=1)))
    return len(set(events.values_list("object_id", flat=True)) - kept)


def evidence_of(sha256: str) -> ModuleEvidence | None:
    """Find a record by the digest of its document."""
    return ModuleEvidence.objects.filter(sha256=sha256).first()


def _between(first: date, last: date) -> QuerySet[ModuleEvidence]:
    return ModuleEvidence.objects.filter(
        taken_at__gte=_start(first), taken_at__lt=_start(last + timedelta(days=1))
    )


def _start(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)


def _events() -> QuerySet[AuditEvent]:
    return AuditEvent.objects.filter(
        action=Action.MODULES_MEASURED.value, object_type=EVIDENCE_SUBJECT
    ).order_by()


def _findings(rows: Iterable[ModuleEvidence]) -> list[Finding]:
    listed = list(rows)
    told = set(
        _events().filter(object_id__in=[row.sha256 for row in listed]).values_list("object_id", flat=True)
    )
    return [_finding(row, row.sha256 in told) for row in listed]


def _finding(row: ModuleEvidence, is_told: bool) -> Finding:  # noqa: FBT001 (private)
    """Read what the document says, not the columns: those are for finding it."""
    try:
        said = json.loads(row.document)
        return Finding(
            taken_at=datetime.fromisoformat(said["measured_at"]),
            role=ProcessRole(said["role"]),
            host=str(said["host"]),
            standing=Standing(said["standing"]),
            facts=facts_digest(said),
            sha256=row.sha256,
            is_on_log=is_told and sha256_hex(row.document.encode()) == row.sha256,
        )
    except (ValueError, TypeError, KeyError):  # somebody wrote something else into it
        role, standing = ProcessRole(row.role), Standing(row.standing)
        return Finding(row.taken_at, role, row.host, standing, "", row.sha256, is_on_log=False)
