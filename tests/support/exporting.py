"""Exports in tests: ordered, made at once, unpacked, and verified as an auditor would."""

import hashlib
import json
import subprocess
import sys
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction

from accounts.models import User
from compliance.desk.backends.export_files import pack_path
from compliance.desk.domain.export_filter import ExportFilter, Period
from compliance.desk.domain.export_manifest import SIGNED_BEFORE
from compliance.desk.models import Export
from compliance.desk.services.export_making import exports_make
from compliance.desk.services.exports import export_operation, export_order
from compliance.ledger.domain.events import Action
from compliance.ledger.models import AuditErasure, AuditEvent
from compliance.ledger.services import audit_record
from compliance.ledger.services.erasing import sequences_of
from compliance.ledger.services.sequencing import events_sequence
from releaseconsole.kernel import clock
from tests.support.confirming import confirmed
from tests.support.ledger import SoftwareSigner

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


def verified(
    pack: Path, *options: str, script: Path = VERIFIER, path: str = "/usr/bin:/bin"
) -> subprocess.CompletedProcess[str]:
    """Run the verifier as an auditor does: another folder, no environment, nothing of the console."""
    return subprocess.run(
        [sys.executable, "-I", "-S", str(script), str(pack), *options],
        env={"PATH": path},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )


class Forger:
    """Changes packs and signs them again, as whoever has the log's key could."""

    def __init__(self, pack: Path, signer: SoftwareSigner) -> None:
        self.pack, self._signer = pack, signer

    def lines(self, name: str) -> list[bytes]:
        return (self.pack / name).read_bytes().splitlines(keepends=True)

    def write(self, name: str, lines: list[bytes]) -> None:
        (self.pack / name).write_bytes(b"".join(lines))

    def manifest(self) -> dict[str, Any]:
        read: dict[str, Any] = json.loads((self.pack / "manifest.json").read_bytes())
        return read

    def sign(self, **changed: Any) -> None:
        """Make manifest and signature fit what is there."""
        manifest = self.manifest() | changed
        manifest["files"] = {
            path.name: {"sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "bytes": path.stat().st_size}
            for path in self.pack.iterdir()
            if path.name not in {"manifest.json", "manifest.sig"}
        }
        data = json.dumps(manifest).encode()
        (self.pack / "manifest.json").write_bytes(data)
        (self.pack / "manifest.sig").write_bytes(self._signer.sign(SIGNED_BEFORE + data)[1])

    def counted(self, **changed: int) -> dict[str, Any]:
        """The counts of the manifest, some of them moved."""
        counts = self.manifest()["counts"]
        excluded = {
            "outside the period": counts["excluded"]["outside the period"],
            "not asked for by the filter": counts["excluded"]["not asked for by the filter"]
            + changed.pop("filtered", 0),
        }
        return {**counts, **{name: counts[name] + by for name, by in changed.items()}, "excluded": excluded}


def erased(events: list[AuditEvent], *, user: User, disclosures_only: bool) -> None:
    """Erase contents or personal values of events that follow each other, as the console does it."""
    first, last = events[0].number, events[-1].number
    events_sequence()
    what = {"fields": None} if disclosures_only else {"what": "content"}
    with transaction.atomic():
        tombstone = audit_record(
            action=Action.DISCLOSURES_ERASED if disclosures_only else Action.CONTENT_EXPIRED,
            actor=user.actor,
            now=clock.now(),
            detail={"sequences": sequences_of([event.number for event in events]), **what},
        )
        AuditErasure.objects.create(
            first=first,
            last=last,
            disclosures_only=disclosures_only,
            kind="privacy" if disclosures_only else "retention",
            tombstone=tombstone,
        )
        with connection.cursor() as cursor:  # the models themselves have no way
            cursor.execute(
                "DELETE FROM ledger_auditdisclosure WHERE event_id BETWEEN %s AND %s", [first, last]
            )
            if not disclosures_only:
                cursor.execute(
                    "DELETE FROM ledger_auditcontent WHERE event_id BETWEEN %s AND %s", [first, last]
                )


def refused(pack: Path) -> str:
    done = verified(pack)
    assert (done.returncode, done.stdout) == (1, ""), done
    assert done.stderr.startswith("FAILED: ")
    assert "Traceback" not in done.stderr
    return done.stderr


def entry_changed(forger: Forger, **changed: Any) -> int:
    """The first entry that still has everything, with something of it changed."""
    events = forger.lines("events.jsonl")
    place = next(place for place, line in enumerate(events) if json.loads(line)["disclosures"])
    entry = json.loads(events[place]) | changed
    line = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    forger.write("events.jsonl", [*events[:place], f"{line}\n".encode(), *events[place + 1 :]])
    return int(entry["sequence"])
