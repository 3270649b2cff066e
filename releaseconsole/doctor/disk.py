"""Room on the disk that holds var/: the database, Redis's file and the bundles grow there."""

import shutil
from typing import Final

from django.conf import settings

from releaseconsole.doctor.findings import Finding, ok, problem, warning

_SUBJECT = "disk"
_REMEDY = "Make room, or move the data: CONSOLE_VAR_DIR, BUNDLE_DIR."
_GB: Final = 1_000_000_000
_PROBLEM_BELOW: Final = _GB // 2
_WARNING_BELOW: Final = 5 * _GB


def disk_examine() -> list[Finding]:
    """Look at the free space."""
    return [disk_judge(shutil.disk_usage(settings.VAR_DIR).free)]


def disk_judge(free_bytes: int) -> Finding:
    """Judge an amount of free space. Pure."""
    said = f"{free_bytes / _GB:.1f} GB are free for {settings.VAR_DIR}."
    if free_bytes < _PROBLEM_BELOW:
        return problem(_SUBJECT, said, _REMEDY)
    if free_bytes < _WARNING_BELOW:
        return warning(_SUBJECT, said, _REMEDY)
    return ok(_SUBJECT, said)
