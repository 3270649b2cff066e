"""`manage.py doctor`: say what is wrong with this installation, and what to do about it."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from releaseconsole.doctor import Finding, Level, examine

_STYLES = {Level.OK: "SUCCESS", Level.WARNING: "WARNING", Level.PROBLEM: "ERROR"}


class Command(BaseCommand):
    help = "Examine this installation; exit code 1 when there is a problem."
    requires_system_checks = []  # a console that fails them needs a doctor most

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="Print the findings as JSON.")

    def handle(self, *args: Any, **options: Any) -> None:
        findings = examine()
        if options["json"]:
            self.stdout.write(json.dumps([asdict(finding) for finding in findings], indent=2))
        else:
            for finding in findings:
                self._print(finding)
        if any(finding.level is Level.PROBLEM for finding in findings):
            raise SystemExit(1)

    def _print(self, finding: Finding) -> None:
        level = getattr(self.style, _STYLES[finding.level])(f"{finding.level.value:<8}")
        self.stdout.write(f"{level} {finding.subject}: {finding.said}")
        if finding.remedy:
            self.stdout.write(f"{'':<8} → {finding.remedy}")
