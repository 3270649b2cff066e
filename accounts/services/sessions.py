"""Sessions: begun with both factors, watched on every page, ended by their owner, the console or time."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django_otp.models import Device

from accounts.backends.session_store import SessionStore
from accounts.domain.assurance import Assurance, AuthenticatorKind
from accounts.domain.browsers import browser_name
from accounts.domain.roles import Permission
from accounts.domain.session_limits import SESSION_END_WORDS, SessionEnd, SessionLimits
from accounts.errors import SessionOverError
from accounts.models import ConsoleSession, User
from compliance.ledger.domain.events import SYSTEM, Action, Actor
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock
from releaseconsole.kernel.errors import NotFoundError

_LONGEST_USER_AGENT: Final = 500


def session_begin(*, key: str, user: User, device: Device, user_agent: str, address: str) -> ConsoleSession:
    """Write down a session that a person opened with both factors.

    Args:
        key: Of the browser's session; only its hash is kept.
        user: Who.
        device: What they proved themselves with, beside the password.
        user_agent: As the browser says. Untrusted; turned into a short name.
        address: Whence; forgotten when the session ends.
    """
    now = clock.now()
    assurance = assurance_of(device, now)
    return ConsoleSession.objects.create(
        key_sha256=ConsoleSession.key_hash(key),
        user=user,
        aal=assurance.aal,
        kind=assurance.kind,
        authenticator=assurance.authenticator,
        user_verified=assurance.user_verified,
        device_bound=assurance.device_bound,
        proved_at=now,
        opened_at=now,
        seen_at=now,
        browser=browser_name(user_agent[:_LONGEST_USER_AGENT]),
        address=address or None,
    )


def session_watch(*, key: str, user: User, is_activity: bool) -> ConsoleSession:
    """Find the session of this key, as long as it's good; activity prolongs it.

    Args:
        key: Of the browser's session.
        user: Whose it has to be.
        is_activity: Whether the person did something; a page that refreshes itself is none.

    Raises:
        SessionOverError: It was ended, has passed a limit, or was never begun with both factors.
    """
    now = clock.now()
    session = ConsoleSession.objects.filter(key_sha256=ConsoleSession.key_hash(key), user=user).first()
    if session is None:
        raise SessionOverError
    if session.ended_at is not None:
        raise SessionOverError(SESSION_END_WORDS.get(SessionEnd(session.ended_why), ""))
    limits = limits_of(user)
    if why := limits.end_of(opened_at=session.opened_at, seen_at=session.seen_at, now=now):
        with transaction.atomic():
            _end(ConsoleSession.objects.filter(pk=session.pk), why=why, actor=SYSTEM, now=now)
        raise SessionOverError(SESSION_END_WORDS[why])
    if is_activity and limits.is_seen_anew(seen_at=session.seen_at, now=now):
        ConsoleSession.objects.filter(pk=session.pk, ended_at=None, seen_at__lt=now).update(seen_at=now)
    return session


def session_rotated(*, session: ConsoleSession, key: str) -> None:
    """Go on under another key, so that whoever had the one before is out."""
    ConsoleSession.objects.filter(pk=session.pk).update(key_sha256=ConsoleSession.key_hash(key))
    session.key_sha256 = ConsoleSession.key_hash(key)


def session_end(*, session_id: UUID, user: User) -> None:
    """End one session of one's own; a second time changes nothing.

    Raises:
        NotFoundError: They have no such session.
    """
    with transaction.atomic():
        own = ConsoleSession.objects.filter(pk=session_id, user=user)
        if not own.exists():
            raise NotFoundError("You have no such session.")
        _end(own, why=SessionEnd.ENDED_BY_OWNER, actor=user.actor, now=clock.now())


def session_signed_out(*, user: User, key: str) -> None:
    """End the session that its person just signed out of; that they did is the caller's to record."""
    now = clock.now()
    open_one = ConsoleSession.objects.filter(
        user=user, key_sha256=ConsoleSession.key_hash(key), ended_at=None, opened_at__lte=now
    )
    open_one.update(ended_at=now, ended_why=SessionEnd.SIGNED_OUT.value, address=None)


def sessions_end(*, user: User, why: SessionEnd, actor: Actor | None = None, keep: str | None = None) -> int:
    """End a person's sessions, all or all but one; takes effect with each one's next request.

    Args:
        user: Whose.
        why: What the sign-in page tells them.
        actor: Who does it; None is the person themselves.
        keep: Key of the session that goes on.

    Returns:
        How many were ended.
    """
    with transaction.atomic():
        chosen = ConsoleSession.objects.filter(user=user)
        if keep:
            chosen = chosen.exclude(key_sha256=ConsoleSession.key_hash(keep))
        return _end(chosen, why=why, actor=actor or user.actor, now=clock.now())


def sessions_expire() -> int:
    """End what is past its limits though nobody came back to it, and drop browsers' own leftovers.

    A closed browser sends no request with which its session would be found to be over.
    """
    now, ended = clock.now(), 0
    shortest = timedelta(minutes=min(settings.SESSION_IDLE_MINUTES, settings.CUSTODIAN_IDLE_MINUTES))
    waiting = ConsoleSession.objects.filter(ended_at=None, seen_at__lte=now - shortest)
    for session in waiting.select_related("user"):
        why = limits_of(session.user).end_of(opened_at=session.opened_at, seen_at=session.seen_at, now=now)
        if why:
            with transaction.atomic():
                ended += _end(ConsoleSession.objects.filter(pk=session.pk), why=why, actor=SYSTEM, now=now)
    SessionStore.clear_expired()
    return ended


def session_assurance(request: HttpRequest) -> Assurance | None:
    """Say how sure the console is of who sends this request; None where nobody is signed in."""
    session = getattr(request, "console_session", None)
    return session.assurance if isinstance(session, ConsoleSession) else None


def limits_of(user: User) -> SessionLimits:
    """Return the limits of a person's sessions: tighter for who may operate keys."""
    if user.may(Permission.KEY_OPERATE):
        return SessionLimits(
            idle=timedelta(minutes=settings.CUSTODIAN_IDLE_MINUTES),
            absolute=timedelta(hours=settings.CUSTODIAN_SESSION_HOURS),
        )
    return SessionLimits(
        idle=timedelta(minutes=settings.SESSION_IDLE_MINUTES),
        absolute=timedelta(hours=settings.SESSION_HOURS),
    )


def assurance_of(device: Device, now: datetime) -> Assurance:
    """Say what a proof with this authenticator, just now, is worth."""
    kind = getattr(device, "assurance_kind", AuthenticatorKind.TOTP)
    return Assurance(
        kind=AuthenticatorKind(kind),
        authenticator=device.persistent_id,
        proved_at=now,
        user_verified=bool(getattr(device, "user_verified", False)),
        device_bound=bool(getattr(device, "device_bound", False)),
    )


def _end(sessions: "QuerySet[ConsoleSession]", *, why: SessionEnd, actor: Actor, now: datetime) -> int:
    """End those of `sessions` that are open, each on record, and forget from where they were used."""
    ended = 0
    for session in sessions.filter(ended_at=None).select_for_update():
        # A clock may have been set back; a session doesn't end before it began.
        session.ended_at = max(now, session.opened_at)
        session.ended_why, session.address = why.value, None
        session.save(update_fields=["ended_at", "ended_why", "address"])
        audit_record(
            action=Action.SESSION_ENDED,
            actor=actor,
            now=now,
            subject=("person", str(session.user_id)),
            detail={"session": str(session.pk), "why": why.value},
        )
        ended += 1
    return ended
