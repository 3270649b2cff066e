"""Opening and accepting an invite. Opening it uses nothing up: mail scanners open every link."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from compliance.ledger.domain.events import Action
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock
from releaseconsole.kernel.encoding import sha256_hex
from updates.domain.testers.addresses import address_read, tester_name_read
from updates.domain.testers.notice import NOTICE_VERSION
from updates.errors import BetaFullError, ConsentMissingError, InviteOverError
from updates.models import Tester, TesterInvite, TesterMembership
from updates.selectors.testers import group_facts
from updates.services.locks import app_lock
from updates.services.testers.actors import tester_actor
from updates.services.testers.consents import consent_note
from updates.services.testers.letters import address_confirm_ask
from updates.services.testers.links import secret_draw


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody who joined, and the secret of their own page: told this once."""

    tester: Tester
    secret: str


def invite_open(*, secret: str) -> TesterInvite:
    """Find the usable invite of a link, and remember that it was opened.

    Raises:
        InviteOverError: There's none.
        BetaFullError: Its cap is reached.
    """
    now = clock.now()
    invite = _usable(secret, now)
    TesterInvite.objects.filter(pk=invite.pk, opened_at=None).update(opened_at=now)
    return invite


def invite_accept(*, secret: str, name: str, email: str, wants_mail: bool, consents_to: str) -> Arrival:
    """Let somebody join the group of an invite.

    Whoever holds a link may type any address. So by a group's link it's kept only once the letter that goes
    there has been answered: nobody is taken for the tester who has that address already, and whether there
    is one isn't told.

    Args:
        secret: Of the link.
        name: As typed; with a personal invite, empty keeps the one that the team gave.
        email: As typed, with a group's link; a personal invite has its own.
        wants_mail: Whether letters about new versions of this beta may go there.
        consents_to: The version of the notice that they saw and agreed to.

    Raises:
        InviteOverError: The link can't be used (any more).
        BetaFullError: As many as it lets in were faster.
        ConsentMissingError: They didn't agree, or to a notice that has changed meanwhile.
        InvalidValueError: The name or the address isn't acceptable.
    """
    now = clock.now()
    name, email = tester_name_read(name), address_read(email)
    if consents_to != NOTICE_VERSION:
        raise ConsentMissingError
    with transaction.atomic():
        invite = _usable_locked(secret, now)
        own_secret, kept = secret_draw()
        tester = invite.tester or Tester(app=invite.group.app, created_at=now)
        tester.came_by = tester.came_by or invite
        tester.name = name or tester.name
        tester.secret_sha256 = kept
        tester.accepted_at, tester.left_at = now, None
        tester.consent_version = NOTICE_VERSION
        tester.save()
        consent_note(tester=tester, text_version=NOTICE_VERSION, now=now)
        reached = wants_mail and bool(tester.email or email)
        TesterMembership.objects.get_or_create(
            tester=tester, group=invite.group, defaults={"since": now, "wants_mail": reached}
        )
        invite.uses += 1
        invite.save(update_fields=["uses"])
        if email and not tester.email:
            address_confirm_ask(tester=tester, email=email)
        audit_record(
            action=Action.INVITE_ACCEPTED,
            actor=tester_actor(tester),
            now=now,
            app_id=tester.app_id,
            subject=("tester_invite", str(invite.pk)),
            detail={"group": invite.group_id, "notice": NOTICE_VERSION},
        )
    return Arrival(tester, own_secret)


def _usable_locked(secret: str, now: datetime) -> TesterInvite:
    """Lock the app and then the invite: of many who come at once no more get in than the cap says."""
    app = app_lock(_usable(secret, now).group.app_id)
    TesterInvite.objects.select_for_update().filter(secret_sha256=sha256_hex(secret.encode())).first()
    invite = _usable(secret, now)
    invite.group.app = app
    return invite


def _usable(secret: str, now: datetime) -> TesterInvite:
    """Find an invite that lets somebody in now.

    Raises:
        InviteOverError: There's none.
        BetaFullError: Its cap is reached.
    """
    found = TesterInvite.objects.select_related("group__app", "tester__app")
    invite = found.filter(secret_sha256=sha256_hex(secret.encode())).first()
    if invite is None or invite.revoked_at is not None or invite.expires_at <= now:
        raise InviteOverError
    if not group_facts(invite.group).is_open(now):
        raise InviteOverError
    if invite.tester is not None and (invite.uses or invite.tester.deletion_requested_at is not None):
        raise InviteOverError
    # Somebody saw this link who isn't its tester, and their page has become worth something since.
    if invite.tester is not None and invite.sent_at is None and invite.tester.memberships.exists():
        raise InviteOverError
    if invite.uses >= invite.cap:
        raise BetaFullError
    return invite
