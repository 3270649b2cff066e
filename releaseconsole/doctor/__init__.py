"""`manage.py doctor`: is this installation fit to run, and if not, what is to be done.

One function per subject, each returning its findings and never raising for what it's there to find. A check
of something new goes into the module of its subject and into `EXAMINATIONS`.
"""

from collections.abc import Callable
from typing import Final

from releaseconsole.doctor.audit_log import audit_log_examine
from releaseconsole.doctor.clocks import clocks_examine
from releaseconsole.doctor.database import database_examine
from releaseconsole.doctor.disk import disk_examine
from releaseconsole.doctor.exposure import debug_examine, public_url_examine
from releaseconsole.doctor.findings import Finding, Level
from releaseconsole.doctor.keys import backends_examine, kek_examine
from releaseconsole.doctor.receipts import receipts_examine
from releaseconsole.doctor.redis_server import redis_examine
from releaseconsole.doctor.signing import signing_examine
from releaseconsole.doctor.single_sign_on import single_sign_on_examine

__all__ = ["EXAMINATIONS", "Finding", "Level", "examine"]

EXAMINATIONS: Final[tuple[Callable[[], list[Finding]], ...]] = (
    database_examine,
    redis_examine,
    kek_examine,
    backends_examine,
    signing_examine,
    receipts_examine,
    audit_log_examine,
    single_sign_on_examine,
    disk_examine,
    clocks_examine,
    public_url_examine,
    debug_examine,
)


def examine() -> list[Finding]:
    """Make every examination, in the order in which one thing rests on another."""
    return [finding for examination in EXAMINATIONS for finding in examination()]
