"""How the evidence stands: the log, its copies outside, cryptographic modules, authenticators."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from accounts.domain.roles import Permission
from accounts.models import User
from compliance.desk.domain.modules.evidence import Standing
from compliance.desk.domain.standing import StandingLine, Tone, counted
from compliance.desk.selectors.modules.evidence import evidence_latest_each
from compliance.ledger.selectors.alerts import ledger_alerts
from compliance.ledger.selectors.anchors import anchor_statuses, oldest_unanchored
from compliance.ledger.selectors.verifications import log_state

_VERIFIED_WITHIN: Final = timedelta(days=2)
_ANCHORED_WITHIN: Final = timedelta(days=1)
_MEASURED_WITHIN: Final = timedelta(days=2)
_MODULES: Final = {
    Standing.INCONSISTENT: Tone.BAD,
    Standing.PLAIN: Tone.PLAIN,
    Standing.ACTIVE: Tone.DUE,
    Standing.ASSERTED: Tone.FINE,
}


def log_standing(now: datetime) -> Iterator[StandingLine]:
    """Whether the audit log holds, when that was last found, and what is wrong with it now.

    Yields:
        A line, and one for each alarm.
    """
    state = log_state()
    held = state.held.ended_at if state.held else None
    is_wrong = state.is_contradicted or (state.verified is not None and state.verified.verdict == "fails")
    if is_wrong:
        says, tone = "The last verification found that it doesn't hold, or the log denies it.", Tone.BAD
    elif held is None:
        says, tone = "It was never verified.", Tone.DUE
    else:
        says = (
            f"All of it held on {held:%-d %b %Y, %H:%M} UTC; {counted(state.size, 'entry', 'entries')} now."
        )
        tone = Tone.FINE if now - held < _VERIFIED_WITHIN else Tone.DUE
    yield StandingLine("Last verification", says, tone, "desk:verification", Permission.AUDIT_VIEW)
    for alert in ledger_alerts(now):
        tone = Tone.DUE if alert.code == "unanchored" else Tone.BAD
        yield StandingLine("Audit log", alert.says, tone, "desk:anchors", Permission.AUDIT_VIEW)


def anchors_standing(now: datetime) -> Iterator[StandingLine]:
    """When a checkpoint was last copied out of the database.

    Yields:
        One line.
    """
    statuses = [status for status in anchor_statuses() if status.is_on]
    laid = [status.last.at for status in statuses if status.last]
    oldest = oldest_unanchored(now)
    if not statuses:
        says, tone = "Copies are laid nowhere: who edits the database can edit all of it.", Tone.DUE
    elif not laid:
        says, tone = "No anchor was made yet.", Tone.DUE
    else:
        says = f"Made on {max(laid):%-d %b %Y, %H:%M} UTC, at {counted(len(laid), 'place', 'places')}."
        tone = Tone.DUE if oldest is not None and oldest.age > _ANCHORED_WITHIN else Tone.FINE
    yield StandingLine("Last anchor", says, tone, "desk:anchors", Permission.AUDIT_VIEW)


def modules_standing(now: datetime) -> Iterator[StandingLine]:
    """What the cryptographic modules came to when they were measured last, at worst of all processes.

    Measuring takes longer than this page should; the page of modules does it.

    Yields:
        One line.
    """
    found = evidence_latest_each(since=now - _MEASURED_WITHIN)
    if not found:
        says, tone = "Nothing was measured yet.", Tone.DUE
    else:
        worst = min(found, key=lambda each: list(Standing).index(each.standing))
        oldest = min(found, key=lambda each: each.taken_at)
        # Where all came to the same, it's no matter which of them it was.
        differs = any(each.standing is not worst.standing for each in found)
        where = f" in the {worst.role.value} process" if differs else ""
        says = f"{worst.words}{where}, measured on {worst.taken_at:%-d %b %Y, %H:%M} UTC."
        tone = _MODULES[worst.standing]
        if not all(each.is_on_log for each in found):
            says, tone = "What was measured last isn't what the audit log says.", Tone.BAD
        elif now - oldest.taken_at > _MEASURED_WITHIN and tone is not Tone.BAD:
            says += f" {oldest.role.value.capitalize()} hasn't measured since {oldest.taken_at:%-d %b %Y}."
            tone = Tone.DUE
    yield StandingLine("Cryptographic modules", says, tone, "desk:modules", Permission.AUDIT_VIEW)


def authenticators_standing(now: datetime) -> Iterator[StandingLine]:  # noqa: ARG001 (every source takes it)
    """Who couldn't show anything that withstands phishing.

    Yields:
        One line.
    """
    people = User.objects.filter(is_active=True, last_login__isnull=False)
    without = people.exclude(security_keys__confirmed=True).count()
    if without:
        whose = counted(without, "person who has signed in has", "people who have signed in have")
        says = f"{whose} no security key or passkey."
        tone = Tone.DUE
    else:
        says, tone = "Everybody has a security key or passkey.", Tone.FINE
    yield StandingLine("Authenticators", says, tone, "accounts:access", Permission.ACCESS_VIEW)
