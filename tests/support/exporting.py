"""Exports in tests: ordered, made at once, unpacked, and verified as an auditor would."""

import subprocess
import sys
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import transaction

from accounts.models import User
from compliance.desk.backends.export_files import pack_path
from compliance.desk.domain.export_filter import ExportFilter, Period
from compliance.desk.models import Export
from compliance.desk.services.export_making import exports_make
from compliance.desk.services.exports import export_operation, export_order
from compliance.ledger.domain.events import Action
from compliance.ledger.models import AuditEvent
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock
from tests.support.confirming import confirmed

VERIFIER: Final = settings.BASE_DIR / "offline" / "verify_pack.py"
REASON: Final = "The yearly audit, request 7 of the auditors"


def wish_of(
    *, begins_at: datetime | None = None, ends_at: datetime | None = None, **values: list[str]
) -> ExportFilter:
    """A filter; `actor__id` is `actor.id`."""
    named = {name.replace("__", "."): wanted for name, wanted in values.items()}
    return ExportFilter(Period(begins_at, ends_at, "Europe/Berlin"), named)


def happened(
    count: int, *, user: User, action: Action = Action.APP_CHANGED, **detail: Any
) -> list[AuditEvent]:
    """Entries of the log."""
    with transaction.atomic():
        return [
            audit_record(
                action=action,
                actor=user.actor,
                now=clock.now(),
                app_id="com.example.clinic",
                subject=("app", "com.example.clinic"),
                detail={"number": number, **detail},
            )
            for number in range(count)
        ]


def ordered(user: User, wish: ExportFilter, *, personal: bool = False, reason: str = REASON) -> Export:
    """An export that waits to be made."""
    operation = export_operation(wish=wish, personal=True, user=user)
    step_up = confirmed(user, operation) if personal else None
    return export_order(wish=wish, personal=personal, reason=reason, user=user, step_up=step_up)


def made(user: User, wish: ExportFilter, *, personal: bool = False, reason: str = REASON) -> Export:
    """An export that is made, whatever became of it."""
    export = ordered(user, wish, personal=personal, reason=reason)
    exports_make()
    export.refresh_from_db()
    return export


def unpacked(export: Export, folder: Path) -> Path:
    """Its files."""
    target = folder / str(export.pk)
    with zipfile.ZipFile(pack_path(export.pk)) as archive:
        archive.extractall(target)
    return target


def verified(pack: Path, *options: str, script: Path = VERIFIER) -> subprocess.CompletedProcess[str]:
    """Run the verifier as an auditor does: another folder, no environment, nothing of the console."""
    return subprocess.run(
        [sys.executable, "-I", "-S", str(script), str(pack), *options],
        env={"PATH": "/usr/bin:/bin"},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
