"""`manage.py audit_verify`: recompute the audit log from its stored bytes, and say whether it holds."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand
from django.db import Error as DatabaseError

from compliance.ledger.domain.checkpoints import Checkpoint
from compliance.ledger.domain.verification import Report, Verdict
from compliance.ledger.errors import VerificationError
from compliance.ledger.services.verification import log_verify, note_trust, stored_trust
from releaseconsole.kernel import clock

_EXITS: Final = {Verdict.HOLDS: 0, Verdict.FAILS: 1, Verdict.UNCHECKED: 2}
_COULD_NOT: Final = 2


class Command(BaseCommand):
    help = "Verify the audit log. Exit code 0: it holds; 1: it doesn't; 2: it couldn't be checked."
    requires_system_checks = []  # a damaged console's log is looked at too

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--since",
            metavar="CHECKPOINT",
            help="Trust this checkpoint, and look at what came after: its size, or a file with its note.",
        )
        parser.add_argument(
            "--notes",
            metavar="FILE",
            nargs="+",
            type=Path,
            default=[],
            help="Checkpoints that somebody kept; the log has to contain each of them.",
        )
        parser.add_argument("--json", action="store_true", help="Print the report as JSON.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            since = _since(options["since"])
            notes = [(str(path), path.read_text(encoding="utf-8")) for path in options["notes"]]
            report = log_verify(now=clock.now(), since=since, notes=notes)
        except (VerificationError, DatabaseError, OSError, UnicodeDecodeError) as exc:
            self.stderr.write(f"The audit log couldn't be checked: {exc}")
            raise SystemExit(_COULD_NOT) from exc
        if options["json"]:
            self.stdout.write(json.dumps(report.as_json(ended_at=clock.now()), indent=2))
        else:
            self._print(report)
        raise SystemExit(_EXITS[report.verdict])

    def _print(self, report: Report) -> None:
        for finding in report.findings:
            self.stdout.write(finding.said)
        if report.total > len(report.findings):
            self.stdout.write(f"… and {report.total - len(report.findings)} more findings.")
        for said in report.unchecked:
            self.stdout.write(said)
        looked_at = f"{report.entries} entries" + (f" after {report.since}" if report.since else "")
        match report.verdict:
            case Verdict.HOLDS:
                signed = report.checkpoint.size if report.checkpoint else 0
                self.stdout.write(f"The audit log holds: {looked_at}, signed up to {signed}.")
            case Verdict.FAILS:
                first = "" if report.first_bad is None else f" The first bad entry is {report.first_bad}."
                self.stdout.write(f"The audit log does NOT hold: {report.total} findings.{first}")
            case Verdict.UNCHECKED:
                self.stdout.write(f"Nothing is wrong with {looked_at}, but not everything could be checked.")


def _since(said: str | None) -> Checkpoint | None:
    if said is None:
        return None
    if said.isdecimal():
        return stored_trust(size=int(said)) if int(said) else None
    return note_trust(note=Path(said).read_text(encoding="utf-8"))
