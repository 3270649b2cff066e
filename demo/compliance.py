"""What the demo's compliance officer has on the desk, from the first order to what waits for the worker.

What takes the worker a while is begun first and finished last. What isn't done by then is found by the next
run. Needs Django to be set up.
"""

import time
from typing import Final

from demo.connection import Connection
from demo.consents import consents_are_stored, consents_begin, consents_finish
from demo.duties import duties_ensure, duties_finish
from demo.evidence import evidence_ensure
from demo.privacy import privacy_begin, privacy_finish, privacy_is_settled
from demo.record import Record
from demo.reports import reports_are_made, reports_begin, reports_finish
from releaseconsole.kernel import clock

_PATIENCE_SECONDS: Final = 20.0


def compliance_ensure(record: Record, connection: Connection) -> None:
    """Make what isn't there yet, and wait a little for what the worker does of it."""
    consents_begin(record, connection)
    privacy_begin(record)
    evidence_ensure(record)
    duties_ensure(record)
    reports_begin(record)
    _wait_a_little()
    privacy_finish(record)
    duties_finish(record)
    reports_finish(record)
    consents_finish(connection)


def _wait_a_little() -> None:
    until = clock.monotonic() + _PATIENCE_SECONDS
    while clock.monotonic() < until:
        if privacy_is_settled() and reports_are_made() and consents_are_stored():
            return
        time.sleep(0.2)
