"""Taking in what pip-audit and npm audit say. Whether somebody may is the caller's to ask."""

from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from compliance.desk.domain.modules.advisories import Advisory, audit_parse
from compliance.desk.errors import AdvisoriesUnreadableError
from compliance.desk.models import AdvisoryImport, ModuleAdvisory
from compliance.desk.selectors.calendar import today_at
from compliance.ledger.domain.events import Action
from compliance.ledger.services import audit_record
from releaseconsole.kernel.encoding import sha256_hex


def advisories_import(*, text: str, ran_on: date, user: User, now: datetime) -> AdvisoryImport:
    """Read a tool's result and keep what it found.

    Args:
        text: The tool's own JSON, untrusted.
        ran_on: When it was run.
        user: Who brings it.
        now: When.

    Raises:
        AdvisoriesUnreadableError: It's no result of either tool, or of a day that's still to come.
    """
    if ran_on > today_at(now):
        raise AdvisoriesUnreadableError("It can't have been run on a day that's still to come.")
    result, digest = audit_parse(text), sha256_hex(text.encode())
    with transaction.atomic():
        row = AdvisoryImport.objects.create(
            tool=result.tool.value,
            ran_on=ran_on,
            packages=result.packages,
            skipped=result.skipped,
            sha256=digest,
            imported_at=now,
            imported_by=user,
        )
        ModuleAdvisory.objects.bulk_create(_row(each, row) for each in result.advisories)
        audit_record(
            action=Action.ADVISORIES_IMPORTED,
            actor=user.actor,
            now=now,
            subject=("advisories", result.tool.value),
            detail={
                "ran_on": ran_on.isoformat(),
                "packages": result.packages,
                "skipped": result.skipped,
                "advisories": len(result.advisories),
                "sha256": digest,
            },
        )
    return row


def _row(found: Advisory, found_in: AdvisoryImport) -> ModuleAdvisory:
    return ModuleAdvisory(
        found_in=found_in,
        package=found.package,
        version=found.version,
        advisory=found.id,
        aliases=list(found.aliases),
        severity=found.severity,
        fixed_in=found.fixed_in,
        title=found.title,
    )
