"""Leaving a beta: by oneself, by the team's decision, and for good, with all that was kept."""

from datetime import datetime

from django.db import transaction

from accounts.services.mail import letters_forget
from compliance.ledger.domain.events import SYSTEM, Action, Actor, ActorKind
from compliance.ledger.errors import LegalHoldError
from compliance.ledger.selectors.holds import holds_over
from compliance.ledger.services import audit_record
from compliance.ledger.services.erasing import erasing_lock
from releaseconsole.kernel import clock
from updates.errors import NotFoundError, TesterStateError
from updates.models import JoinCode, Tester, TesterGroup, TesterInvite
from updates.selectors.testers import devices_of_tester
from updates.services.locks import app_lock
from updates.services.testers.actors import tester_actor
from updates.services.testers.consents import consent_end
from updates.services.testers.departures import deletion_asked, erasure_told
from updates.services.testers.settling import device_release, testers_settle


def tester_leave(*, tester: Tester) -> None:
    """Leave all groups; each device gets the normal version with its next check, without reinstalling.

    Raises:
        TesterStateError: They have left already.
    """
    now = clock.now()
    with transaction.atomic():
        tester = tester_lock(tester)
        if tester.left_at is not None:
            raise TesterStateError("You have left this beta already.")
        _leave(tester, actor=tester_actor(tester), now=now)
        _record(Action.TESTER_LEFT, tester, tester_actor(tester), now)


def tester_deletion_request(*, tester: Tester) -> None:
    """Leave, and have everything erased by the next run of `testers_erase_requested`.

    Raises:
        TesterStateError: They have asked already.
    """
    now = clock.now()
    with transaction.atomic():
        tester = tester_lock(tester)
        if tester.deletion_requested_at is not None:
            raise TesterStateError("You have asked for this already.")
        _leave(tester, actor=tester_actor(tester), now=now)
        tester.deletion_requested_at = now
        tester.save(update_fields=["deletion_requested_at"])
        _record(Action.TESTER_DELETION_REQUESTED, tester, tester_actor(tester), now)
        deletion_asked(tester)


def tester_remove(*, tester: Tester, actor: Actor, group: TesterGroup | None = None) -> None:
    """Take a tester, or somebody invited, out of a group or out of all; open invites stop working.

    Raises:
        NotFoundError: They are neither in the group nor invited into it.
    """
    now = clock.now()
    with transaction.atomic():
        tester = tester_lock(tester)
        open_invites = TesterInvite.objects.filter(tester=tester, uses=0, revoked_at=None)
        if group is None:
            open_invites.update(revoked_at=now)
            _leave(tester, actor=actor, now=now)
        else:
            revoked = open_invites.filter(group=group).update(revoked_at=now)
            removed, _ = tester.memberships.filter(group=group).delete()
            if not revoked and not removed:
                raise NotFoundError("They aren't in this group.")
            testers_settle(testers=[tester], actor=actor, now=now)
        _record(Action.TESTER_REMOVED, tester, actor, now, group.pk if group else None)


def tester_erase(*, tester: Tester, actor: Actor) -> None:
    """Erase all that is kept of a tester: name, address, devices, feedback, letters that wait.

    The audit log names them by a number that then stands for nobody. Which devices they had goes with them;
    what is held of the devices themselves stays, as a code proves nobody's device.

    Raises:
        LegalHoldError: A legal hold stands over them, or over the app.
    """
    now = clock.now()
    with transaction.atomic():
        erasing_lock()  # else a hold could be placed between the look and the end
        tester = tester_lock(tester)
        _not_held_require(tester)
        _leave(tester, actor=actor, now=now)
        if tester.email:
            letters_forget(address=tester.email)
        _record(Action.TESTER_ERASED, tester, actor, now)
        erasure_told(tester, now)
        tester.delete()


def testers_erase_requested() -> int:
    """Erase whoever asked for it; returns how many that were. The next run finds whom this one didn't.

    Who is under a legal hold waits for its end: what they asked for is on the officers' register.
    """
    asked = list(Tester.objects.filter(deletion_requested_at__isnull=False).order_by("pk"))
    return sum(_erase_one(tester) for tester in asked)


def tester_lock(tester: Tester) -> Tester:
    """Lock a tester, under their app, for the rest of the transaction and read both afresh.

    Raises:
        NotFoundError: They were erased meanwhile.
    """
    app = app_lock(tester.app_id)
    locked = Tester.objects.select_for_update(no_key=True).filter(pk=tester.pk).first()
    if locked is None:
        raise NotFoundError("There is no such tester.")
    locked.app = app
    return locked


def _not_held_require(tester: Tester) -> None:
    if holds_over(apps=[tester.app_id], named=[(ActorKind.TESTER.value, str(tester.pk))]):
        raise LegalHoldError("A legal hold keeps what is held of them: nothing is erased.")


def _erase_one(tester: Tester) -> bool:
    try:
        tester_erase(tester=tester, actor=SYSTEM)
    except (NotFoundError, LegalHoldError):
        return False  # another worker was faster, or a hold stands
    return True


def _leave(tester: Tester, *, actor: Actor, now: datetime) -> None:
    for device in devices_of_tester(tester=tester):
        device_release(device=device, actor=actor, now=now)
    tester.memberships.all().delete()
    JoinCode.objects.filter(tester=tester).delete()
    consent_end(tester=tester, by_team=actor.kind is not ActorKind.TESTER, now=now)
    tester.left_at = tester.left_at or now
    tester.save(update_fields=["left_at"])


def _record(action: Action, tester: Tester, actor: Actor, now: datetime, group: int | None = None) -> None:
    audit_record(
        action=action,
        actor=actor,
        now=now,
        app_id=tester.app_id,
        subject=("tester", str(tester.pk)),
        detail={"group": group} if group is not None else {},
    )
