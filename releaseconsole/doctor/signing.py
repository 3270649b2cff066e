"""Can every app sign, now and after its next rotation, and do devices get a chain of trust they accept?"""

from datetime import datetime, timedelta
from typing import Final

from django.db import DatabaseError

from releaseconsole.doctor.findings import Finding, ok, problem, warning
from releaseconsole.kernel import clock
from releaseconsole.kernel.errors import ConsoleError
from signing.domain.lifecycle import KeyPurpose, KeyState
from signing.models import SigningKey, TokenProfile
from signing.selectors import TrustStanding, active_key, trust_standing
from signing.services import release_issuer
from signing.services.rules import key_rules

# The scheduler reconciles every minute; what is due for longer than this isn't going to be done by itself.
_LATE: Final = timedelta(minutes=10)
_DELEGATION_WARNING_DAYS: Final = 30
_RECONCILE: Final = "Run: manage.py reconcile_keys. If it does it, the worker or beat isn't running."
# Without these devices are answered all the same; the others are named by `is_served`.
_WEAKENS: Final = {
    "root_replaced": "its root was revoked, and apps need a build that pins the new one",
    "standby_missing": "there is no standby to take over from its trust key",
    "standby_revoked": "its standby was revoked, and the delegation still ranks it",
    "trust_key_not_delegated": "its trust key isn't in the delegation",
}


def signing_examine() -> list[Finding]:
    """Open every app's key and let it prove itself, then look at what should have been done by now."""
    now = clock.now()
    try:
        app_ids = list(TokenProfile.objects.order_by("app_id").values_list("app_id", flat=True))
        findings = [_signs(app_id) for app_id in app_ids]
        for app_id in app_ids:
            findings += trust_judge(app_id, trust_standing(app_id, now))
        return [*findings, *_stuck(now), *_late(now)]
    except DatabaseError:
        return []  # said already


def _signs(app_id: str) -> Finding:
    subject = f"keys of {app_id}"
    try:
        issuer = release_issuer(app_id)
        until = _signs_until(active_key(purpose=KeyPurpose.RELEASE_TOKEN, app_id=app_id))
        issuer.look(now_epoch=int(clock.epoch_seconds()))
    except ConsoleError as exc:
        return problem(
            subject,
            f"Its decisions can't be signed, so its devices get no updates: {exc.message}",
            "Put back the KEK or the key backend that holds it (docs/key-backends.md); or suspend the key.",
        )
    if issuer.is_failing:
        return problem(subject, "Its key doesn't sign any more, or has come to its end.", _RECONCILE)
    return ok(subject, f"Its key opens, proves itself, and signs until {until}.")


def _signs_until(key: SigningKey) -> str:
    until = key.activated_at and key_rules(KeyPurpose(key.purpose)).signs_until(key.activated_at)
    return f"{until:%Y-%m-%d}" if until else "it is rotated"


def trust_judge(app_id: str, standing: TrustStanding) -> list[Finding]:
    """Judge how an app's chain stands. Pure."""
    subject = f"trust chain of {app_id}"
    remedy = _RECONCILE
    if standing.is_ceremony_due:
        remedy = "Hold the ceremony of the offline root (docs/key-management.md)."
    if not standing.is_served:
        said = f"Devices get no chain: {', '.join(standing.problems)}."
        return [problem(subject, said, remedy)]
    findings = [
        warning(subject, f"It is served, but {_WEAKENS.get(code, code)}.", remedy)
        for code in standing.problems
    ]
    left = standing.delegation_days_left
    if standing.is_ceremony_due or left < _DELEGATION_WARNING_DAYS:
        findings.append(
            warning(subject, f"The root has to sign anew; its delegation ends in {left} days.", remedy)
        )
    return findings or [ok(subject, f"It is served; its delegation is good for {left} days.")]


def _stuck(now: datetime) -> list[Finding]:
    rows = SigningKey.objects.filter(state=KeyState.GENERATING, created_at__lt=now - _LATE)
    return [
        problem(
            f"keys of {row.app_id or 'the console'}",
            f"A {row.purpose.replace('_', '-')} key can't be made in {row.backend}: "
            f"{row.failure or 'nobody has tried'}",
            "See to the key backend (docs/key-backends.md). " + _RECONCILE,
        )
        for row in rows
    ]


def _late(now: datetime) -> list[Finding]:
    """Name what was due ten minutes ago already; its absence shows that somebody reconciles."""
    rows = list(SigningKey.objects.exclude(state=KeyState.DESTROYED).order_by("app_id", "purpose"))
    waiting = {(row.purpose, row.app_id) for row in rows if row.state in _WAITING}
    findings = [
        problem(
            f"keys of {row.app_id or 'the console'}",
            f"The {row.purpose.replace('_', '-')} key {row.key_id[:8]}… {late}.",
            _RECONCILE,
        )
        for row in rows
        for late in _lateness(row, now, has_next=(row.purpose, row.app_id) in waiting)
    ]
    return findings or [ok("rotation", "Nothing has been due for longer than ten minutes.")]


_WAITING: Final = frozenset({KeyState.GENERATING, KeyState.PREPUBLISHED})


def _lateness(row: SigningKey, now: datetime, *, has_next: bool) -> list[str]:
    rules, then = key_rules(KeyPurpose(row.purpose)), now - _LATE
    found = []
    if row.state == KeyState.ACTIVE and row.activated_at:
        due = rules.rotation_due_at(row.activated_at)
        if due and due < then:
            found.append("should have been rotated")
        if rules.keeps_next and not has_next and row.activated_at < then:
            found.append("has no next key behind it")
    if row.private_destroyed_at is None:
        # A secret stays for as long as it verifies.
        kept = row.deactivated_at and row.public_jwk and rules.private_kept_until(row.deactivated_at)
        if row.state == KeyState.VERIFY_ONLY and kept and kept < then:
            found.append("signs no more, and its private half should have been destroyed")
        if row.state == KeyState.COMPROMISED and row.revoked_at and row.revoked_at < then:
            found.append("was revoked, and its private half is still there")
    return found
