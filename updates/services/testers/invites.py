"""Invites into a group of testers: for one person, or for whoever holds the link, up to a cap.

The link is told once and kept nowhere. Where it's mailed nobody of the console sees it; to have it again
means to make another one, which ends the earlier. Who accepts gets the tester's own page: so the link of
somebody who is in a beta already is only ever mailed, or whoever copied it would have their other channels.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from accounts.models import User
from accounts.services.mail import letter_write_outside
from compliance.ledger.domain.events import Action, Actor
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock
from releaseconsole.personal_data import Identifier, suppression_current
from updates.domain.testers.addresses import address_read, tester_name_read
from updates.errors import AddressErasedError, ConflictError, InvalidValueError, TesterStateError
from updates.models import Tester, TesterGroup, TesterInvite
from updates.services.testers.groups import group_lock
from updates.services.testers.links import invite_address, secret_draw

LIFETIME: Final = timedelta(days=14)
LONGEST_LIFETIME: Final = timedelta(days=90)
MOST_BY_LINK: Final = 100_000


@dataclass(frozen=True, slots=True)
class Invited:
    """An invite and, unless it was mailed, its link: to be shown once and kept nowhere."""

    invite: TesterInvite
    link: str


def tester_invite(
    *,
    group: TesterGroup,
    name: str,
    email: str,
    send: bool,
    actor: Actor,
    person: User | None,
    expires_at: datetime | None = None,
) -> Invited:
    """Invite one person. Whoever is a tester of the app already is invited into this group too.

    Args:
        group: Where to.
        name: Theirs, or empty.
        email: Theirs; it may be empty where the link is copied by hand.
        send: Whether the link is mailed; then it isn't told.
        actor: Who does it.
        person: The person behind it, if one is known.
        expires_at: When the link ends; None is in 14 days.

    Raises:
        InvalidValueError: The name, address or end isn't acceptable.
        ConflictError: They are in the group, or an invite of theirs is open.
        TesterStateError: The group has ended, or their data is about to be erased; or the link wouldn't be
            mailed and they are in a beta of the app already.
        AddressErasedError: Whoever has this address had their data deleted.
    """
    now = clock.now()
    name, email = tester_name_read(name), address_read(email)
    if send and not email:
        raise InvalidValueError("To send the invite, give an e-mail address.")
    _erased_check(email)
    with transaction.atomic():
        group = group_lock(group)
        tester = _invitee(group, name=name, email=email, now=now)
        if not send:
            _copying_check(tester)
        invite, link = _invite_make(
            group=group, tester=tester, cap=1, expires_at=_end(expires_at, now), person=person, now=now
        )
        if send:
            _letter(invite, tester, link, now)
        _record(Action.TESTER_INVITED, invite, actor=actor, now=now)
    return Invited(invite, "" if send else link)


def group_link_make(
    *,
    group: TesterGroup,
    cap: int,
    actor: Actor,
    person: User | None,
    expires_at: datetime | None = None,
) -> Invited:
    """Make a link by which up to `cap` people join.

    Raises:
        InvalidValueError: The cap or the end isn't acceptable.
        TesterStateError: The group has ended.
    """
    now = clock.now()
    if not 1 <= cap <= MOST_BY_LINK:
        raise InvalidValueError(f"A link lets in between 1 and {MOST_BY_LINK} people.")
    with transaction.atomic():
        group = group_lock(group)
        invite, link = _invite_make(
            group=group, tester=None, cap=cap, expires_at=_end(expires_at, now), person=person, now=now
        )
        _record(Action.TESTER_INVITED, invite, actor=actor, now=now)
    return Invited(invite, link)


def invite_resend(*, invite: TesterInvite, send: bool, actor: Actor) -> Invited:
    """Give an invite another link and, where it's over, another 14 days; the earlier link stops working.

    Raises:
        InvalidValueError: There's no address to send it to.
        TesterStateError: It was accepted or revoked, or the group has ended; or the link wouldn't be mailed
            and it's for somebody who is in a beta of the app already.
    """
    now = clock.now()
    with transaction.atomic():
        invite = _open_locked(invite)
        if not send and invite.tester is not None:
            _copying_check(invite.tester)
        if send and (invite.tester is None or not invite.tester.email):
            raise InvalidValueError("There is no address to send this invite to. Copy its link instead.")
        secret, invite.secret_sha256 = secret_draw()
        invite.expires_at = max(invite.expires_at, now + LIFETIME)
        invite.sent_at = None
        invite.save(update_fields=["secret_sha256", "expires_at", "sent_at"])
        link = invite_address(secret)
        if send and invite.tester is not None:
            _letter(invite, invite.tester, link, now)
        _record(Action.INVITE_RESENT, invite, actor=actor, now=now)
    return Invited(invite, "" if send else link)


def invite_revoke(*, invite: TesterInvite, actor: Actor) -> None:
    """Make an invite's link worthless; who came by it stays.

    Raises:
        TesterStateError: It was accepted or revoked, or the group has ended.
    """
    now = clock.now()
    with transaction.atomic():
        invite = _open_locked(invite)
        invite.revoked_at = now
        invite.save(update_fields=["revoked_at"])
        _record(Action.INVITE_REVOKED, invite, actor=actor, now=now)


def _invitee(group: TesterGroup, *, name: str, email: str, now: datetime) -> Tester:
    """Find or make the tester of an address; the app's lock is held.

    Raises:
        TesterStateError: Their data are about to be erased.
        ConflictError: They are in the group, or invited into it.
    """
    tester = Tester.objects.filter(app=group.app, email=email).first() if email else None
    if tester is None:
        return Tester.objects.create(app=group.app, name=name, email=email, created_at=now)
    if tester.deletion_requested_at is not None:
        raise TesterStateError("They asked for the deletion of their data. Invite them once it's done.")
    if tester.memberships.filter(group=group).exists():
        raise ConflictError(f"{email} is in this group already.")
    if tester.invites.filter(group=group, uses=0, revoked_at=None).exists():
        raise ConflictError(f"{email} is invited already. Send that invite again instead.")
    return tester


def _copying_check(tester: Tester) -> None:
    """Refuse to show a link that would open the page of somebody who has one.

    Raises:
        TesterStateError: They are in a beta of the app.
    """
    if tester.memberships.exists():
        raise TesterStateError(
            f"{tester.email or 'This tester'} is in a beta of this app already. Have the invite mailed, so "
            "that nobody else opens their page by it."
        )


def _invite_make(
    *,
    group: TesterGroup,
    tester: Tester | None,
    cap: int,
    expires_at: datetime,
    person: User | None,
    now: datetime,
) -> tuple[TesterInvite, str]:
    secret, kept = secret_draw()
    invite = TesterInvite.objects.create(
        group=group,
        tester=tester,
        secret_sha256=kept,
        cap=cap,
        expires_at=expires_at,
        created_at=now,
        created_by=person,
    )
    return invite, invite_address(secret)


def _open_locked(invite: TesterInvite) -> TesterInvite:
    """Lock an invite that still lets somebody in, or would if it weren't for its time.

    Raises:
        TesterStateError: It doesn't.
    """
    group = group_lock(invite.group)
    locked = TesterInvite.objects.select_for_update().get(pk=invite.pk)
    locked.group = group
    if locked.revoked_at is not None:
        raise TesterStateError("This invite is revoked.")
    if locked.tester_id is not None and locked.uses:
        raise TesterStateError("This invite was accepted.")
    return locked


def _end(wanted: datetime | None, now: datetime) -> datetime:
    """Say when an invite ends.

    Raises:
        InvalidValueError: In the past, or too far away.
    """
    end = wanted or now + LIFETIME
    if not now < end <= now + LONGEST_LIFETIME:
        raise InvalidValueError(f"An invite ends within {LONGEST_LIFETIME.days} days.")
    return end


def _letter(invite: TesterInvite, tester: Tester, link: str, now: datetime) -> None:
    letter_write_outside(
        address=tester.email,
        template="tester_invite",
        context={
            "name": tester.name,
            "app": invite.group.app,
            "link": link,
            "until": invite.expires_at,
        },
        is_secret=True,
    )
    invite.sent_at = now
    invite.save(update_fields=["sent_at"])


def _record(action: Action, invite: TesterInvite, *, actor: Actor, now: datetime) -> None:
    detail = {"group": invite.group_id, "cap": invite.cap, "mailed": invite.sent_at == now}
    if invite.tester_id is not None:
        detail["tester"] = invite.tester_id
    audit_record(
        action=action,
        actor=actor,
        now=now,
        app_id=invite.group.app_id,
        subject=("tester_invite", str(invite.pk)),
        detail=detail,
    )


def _erased_check(email: str) -> None:
    """Keep the team from inviting somebody again who wanted to be forgotten.

    Raises:
        AddressErasedError: They were erased, and nobody has allowed it again.
    """
    if email and suppression_current().among({Identifier.email(email)}):
        raise AddressErasedError
