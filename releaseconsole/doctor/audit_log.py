"""Does the audit log hold, is it signed, and does a copy of what was signed lie outside?"""

from django.db import DatabaseError

from compliance.ledger.selectors.alerts import Alert, ledger_alerts
from compliance.ledger.selectors.verifications import log_state
from releaseconsole.doctor.findings import Finding, ok, problem, warning
from releaseconsole.kernel import clock

_REMEDY = "docs/audit-log-witness.md and docs/audit-log-anchors.md say what each of these means."
_UNSOUND = "Find out who changed it before anything else: docs/audit-log-verification.md."


def audit_log_examine() -> list[Finding]:
    """Name what is wrong with the log now, and what the last verification found."""
    try:
        alerts, state = ledger_alerts(clock.now()), log_state()
    except DatabaseError:
        return []  # said already
    found = [_of(alert) for alert in alerts]
    verified = state.verified
    if state.is_contradicted:
        found.append(problem("audit log", "It says another result of its last verification.", _UNSOUND))
    elif verified is not None and verified.verdict == "fails":
        where = f", from entry {verified.first_bad}" if verified.first_bad is not None else ""
        found.append(problem("audit log", f"It doesn't hold{where}.", _UNSOUND))
    return found or [ok("audit log", "It's signed, and nothing is known against it.")]


def _of(alert: Alert) -> Finding:
    # Without a copy outside, everything still works; it's only that nobody else could contradict the console.
    say = warning if alert.code == "unanchored" else problem
    return say("audit log", alert.says, _REMEDY)
