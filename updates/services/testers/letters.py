"""Letters to testers, and what happens by the links in them. Erasing and forgetting: `leaving`."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from accounts.services.mail import letter_write_outside
from compliance.ledger.domain.events import Action
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock
from updates.domain.release_state import ReleaseState
from updates.domain.testers.addresses import address_read
from updates.errors import InvalidValueError, TesterLinkError, TesterStateError
from updates.models import Release, Tester, TesterMembership
from updates.selectors.receipts import RECEIVED
from updates.selectors.testers import groups_mailed, notes_are_open
from updates.services.locks import app_lock
from updates.services.testers.actors import tester_actor
from updates.services.testers.attempts import letter_has_room
from updates.services.testers.coming_back import address_comes_back
from updates.services.testers.links import LetterPurpose, letter_address, letter_read, secret_draw

_AT_ONCE: Final = 20


def address_confirm_ask(*, tester: Tester, email: str) -> None:
    """Send a letter to the address that a tester gave: it's theirs once they followed its link.

    Who they say they are isn't in it, so that nobody sends strangers words of their own by it.

    Raises:
        InvalidValueError: It isn't an address.
    """
    email = address_read(email)
    if not email:
        raise InvalidValueError("Give an e-mail address.")
    if not letter_has_room(email):
        return  # as if it had gone: what others asked for isn't told
    link = letter_address(LetterPurpose.CONFIRM, tester, email=email)
    with transaction.atomic():
        letter_write_outside(
            address=email,
            template="tester_confirm",
            context={"app": tester.app, "link": link},
            is_secret=True,
        )


def address_confirm(*, token: str) -> Tester:
    """Keep the address whose letter was answered.

    Raises:
        TesterLinkError: The link can't be used.
        TesterStateError: Whoever has this mailbox is a tester of the app already.
    """
    tester, email = _followed(token, LetterPurpose.CONFIRM)
    now = clock.now()
    with transaction.atomic():
        app_lock(tester.app_id)
        tester = _locked(tester)
        if Tester.objects.filter(app=tester.app_id, email=email).exclude(pk=tester.pk).exists():
            raise TesterStateError("You have another beta page with this address. Have its link sent to you.")
        if tester.email != email:
            tester.email = email
            # They came by themselves and proved the address: what was erased before is another matter.
            address_comes_back(tester=tester, email=email, now=now)
            tester.save(update_fields=["email"])
            _record_change(tester, "address", now)
    return tester


def mail_choose(*, tester: Tester, wants: Mapping[int, bool]) -> None:
    """Say for which groups, by number, a tester wants letters about new versions; others stay as they are."""
    now = clock.now()
    with transaction.atomic():
        changed = 0
        for wish in (True, False):
            groups = [group for group, wanted in wants.items() if wanted is wish]
            others = TesterMembership.objects.filter(tester=tester, group__in=groups, wants_mail=not wish)
            changed += others.update(wants_mail=wish)
        if changed:
            _record_change(tester, "mail", now)


def mail_stop(*, token: str) -> None:
    """Stop letters about new versions, of all betas of the app, by the link in one of them.

    Raises:
        TesterLinkError: The link can't be used.
    """
    tester, _ = _followed(token, LetterPurpose.STOP_MAIL)
    mail_choose(tester=tester, wants=dict.fromkeys(groups_mailed(tester=tester), False))


def come_back_letter(*, app_id: str, email: str) -> bool:
    """Send the tester of an address a link to their page, if there is one; the asker isn't told."""
    tester = _tester_at(app_id, email)
    if tester is None or not letter_has_room(tester.email):
        return False
    with transaction.atomic():
        letter_write_outside(
            address=tester.email,
            template="tester_come_back",
            context={"app": tester.app, "link": letter_address(LetterPurpose.COME_BACK, tester)},
            is_secret=True,
        )
    return True


def come_back(*, token: str) -> str:
    """Give a tester who lost the link to their page another one, and return its secret; the earlier is over.

    Raises:
        TesterLinkError: The link can't be used (any more).
    """
    tester, _ = _followed(token, LetterPurpose.COME_BACK)
    now = clock.now()
    secret, kept = secret_draw()
    with transaction.atomic():
        before = tester.secret_sha256
        if not Tester.objects.filter(pk=tester.pk, secret_sha256=before).update(secret_sha256=kept):
            raise TesterLinkError
        _record_change(tester, "page link", now)
    return secret


def versions_tell() -> int:
    """Write to testers who want it that a version is out on their channel; returns how many letters that is.

    Level-triggered: each live release is told of once, however often and by how many workers this runs.
    """
    waiting = Release.objects.filter(RECEIVED, state=ReleaseState.LIVE, testers_told_at=None)
    return sum(
        _version_tell(pk) for pk in waiting.order_by("live_seq").values_list("pk", flat=True)[:_AT_ONCE]
    )


def _version_tell(pk: int) -> int:
    now = clock.now()
    with transaction.atomic():
        if not Release.objects.filter(pk=pk, testers_told_at=None).update(testers_told_at=now):
            return 0  # another worker was faster
        release = Release.objects.select_related("app", "bundle", "channel").get(pk=pk)
        told = _readers(release, now)
        for tester in told:
            sees_notes = notes_are_open(tester=tester, channel=release.channel, now=now)
            letter_write_outside(
                address=tester.email,
                template="tester_version",
                context={
                    "name": tester.name,
                    "app": release.app,
                    "version": release.bundle.version,
                    "notes": release.notes if sees_notes else "",
                    "stop_link": letter_address(LetterPurpose.STOP_MAIL, tester),
                },
            )
    return len(told)


def _readers(release: Release, now: datetime) -> list[Tester]:
    """Who has a device on the channel as a tester, and wants mail for an open beta that the channel is in."""
    wishes = TesterMembership.objects.filter(
        Q(group__ends_at=None) | Q(group__ends_at__gt=now),
        tester=OuterRef("pk"),
        wants_mail=True,
        group__ended_at=None,
        group__channels=release.channel_id,
    )
    return list(
        Tester.objects
        .filter(
            Exists(wishes),
            app=release.app_id,
            left_at=None,
            devices__left_at=None,
            devices__membership__channel=release.channel_id,
        )
        .exclude(email="")
        .distinct()
        .order_by("pk")
    )


def _tester_at(app_id: str, email: str) -> Tester | None:
    try:
        address = address_read(email)
    except InvalidValueError:
        return None
    present = Tester.objects.filter(app=app_id, accepted_at__isnull=False, deletion_requested_at=None)
    return present.filter(email=address).select_related("app").first() if address else None


def _followed(token: str, purpose: LetterPurpose) -> tuple[Tester, str]:
    """Read a link that is for this.

    Raises:
        TesterLinkError: It's for something else, or can't be used.
    """
    found, tester, email = letter_read(token)
    if found is not purpose:
        raise TesterLinkError
    return tester, email


def _locked(tester: Tester) -> Tester:
    return Tester.objects.select_for_update().select_related("app").get(pk=tester.pk)


def _record_change(tester: Tester, what: str, now: datetime) -> None:
    audit_record(
        action=Action.TESTER_CHANGED,
        actor=tester_actor(tester),
        now=now,
        app_id=tester.app_id,
        subject=("tester", str(tester.pk)),
        detail={"what": what},
    )
