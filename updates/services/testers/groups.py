"""Groups of testers: who tests together, and what they may do."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, Final, TypedDict, Unpack

from django.db import transaction

from accounts.models import User
from compliance.ledger.domain.events import Action, Actor
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock
from updates.domain.names import platforms_check
from updates.errors import ConflictError, InvalidValueError, TesterStateError
from updates.models import App, Channel, Tester, TesterGroup
from updates.services.locks import app_lock
from updates.services.testers.settling import testers_settle

LONGEST_NAME: Final = 80
MOST_DEVICES: Final = 100
_PLAIN: Final = ("may_switch", "max_devices", "ends_at", "sees_notes", "may_send_feedback")


class GroupChange(TypedDict, total=False):
    """What can be said about a group beside its channels; `tester_group_create` says what each means."""

    name: str
    may_switch: bool
    max_devices: int
    platforms: Iterable[str]
    ends_at: datetime | None
    sees_notes: bool
    may_send_feedback: bool


def tester_group_create(
    *,
    app: App,
    name: str,
    channels: Collection[Channel],
    actor: Actor,
    person: User | None,
    may_switch: bool = False,
    max_devices: int = 3,
    platforms: Iterable[str] = (),
    ends_at: datetime | None = None,
    sees_notes: bool = True,
    may_send_feedback: bool = True,
) -> TesterGroup:
    """Create a group. The caller made sure that `actor` may manage testers on every one of its channels.

    Args:
        app: Whose testers.
        name: Once in the app.
        channels: Which its testers may join; of those the first by name is where devices go.
        actor: Who does it.
        person: The person behind it, if one is known.
        may_switch: Whether testers choose among the channels themselves.
        max_devices: Per tester.
        platforms: Of devices that may join; none is all of the app's.
        ends_at: From when its testers get the normal version again.
        sees_notes: Whether they see release notes.
        may_send_feedback: Whether they may write to the app's team.

    Raises:
        InvalidValueError: A value isn't acceptable.
        ConflictError: The app has a group of this name.
    """
    now = clock.now()
    given: GroupChange = {
        "name": name,
        "may_switch": may_switch,
        "max_devices": max_devices,
        "platforms": platforms,
        "ends_at": ends_at,
        "sees_notes": sees_notes,
        "may_send_feedback": may_send_feedback,
    }
    with transaction.atomic():
        app = app_lock(app.pk)
        group = TesterGroup(app=app, created_at=now, created_by=person)
        _fill(group, given, now=now)
        _channels_check(app, channels)
        group.save()
        group.channels.set(channels)
        _record(Action.TESTER_GROUP_CREATED, group, actor=actor, now=now, detail=_settings(group))
    return group


def tester_group_change(
    *,
    group: TesterGroup,
    actor: Actor,
    channels: Collection[Channel] | None = None,
    **changed: Unpack[GroupChange],
) -> TesterGroup:
    """Change a group; what isn't named stays. Devices that may no longer be where they are come back at once.

    Args:
        group: Which.
        actor: Who does it.
        channels: Which its testers may join; None leaves them.
        **changed: As `tester_group_create` takes them.

    Raises:
        TesterStateError: The group has ended.
        InvalidValueError: A value isn't acceptable.
        ConflictError: The app has another group of this name.
    """
    now = clock.now()
    with transaction.atomic():
        group = group_lock(group)
        before, name_before = _settings(group), group.name
        _fill(group, changed, now=now)
        group.save()
        if channels is not None:
            _channels_check(group.app, channels)
            group.channels.set(channels)
        after = _settings(group)
        if (after, group.name) == (before, name_before):
            return group
        testers_settle(testers=_testers(group), actor=actor, now=now)
        detail = {"before": before, "after": after}
        _record(Action.TESTER_GROUP_CHANGED, group, actor=actor, now=now, detail=detail)
    return group


def tester_group_end(*, group: TesterGroup, actor: Actor) -> TesterGroup:
    """End a group for good: its links stop working, its devices get the normal version with their next check.

    Raises:
        TesterStateError: It has ended already.
    """
    now = clock.now()
    with transaction.atomic():
        group = group_lock(group)
        group.ended_at = now
        group.save(update_fields=["ended_at"])
        group.invites.filter(revoked_at=None).update(revoked_at=now)
        released = testers_settle(testers=_testers(group), actor=actor, now=now)
        _record(Action.TESTER_GROUP_ENDED, group, actor=actor, now=now, detail={"devices": released})
    return group


def group_lock(group: TesterGroup) -> TesterGroup:
    """Lock a group, under its app, for the rest of the transaction and read both afresh.

    Raises:
        TesterStateError: It has ended.
    """
    app = app_lock(group.app_id)
    locked = TesterGroup.objects.select_for_update(no_key=True).get(pk=group.pk)
    locked.app = app
    if locked.ended_at is not None:
        raise TesterStateError("This group has ended.")
    return locked


def _fill(group: TesterGroup, changed: GroupChange, *, now: datetime) -> None:
    """Put values into a group whose app is locked.

    Raises:
        InvalidValueError: One isn't acceptable.
        ConflictError: The name is taken.
    """
    if "name" in changed:
        group.name = _name_check(group, changed["name"])
    if "platforms" in changed:
        chosen = list(changed["platforms"])
        group.platforms = platforms_check(chosen, offered=group.app.platforms) if chosen else []
    if not 1 <= changed.get("max_devices", 1) <= MOST_DEVICES:
        raise InvalidValueError(f"A tester has between 1 and {MOST_DEVICES} devices.")
    ends_at = changed.get("ends_at")
    if ends_at is not None and ends_at != group.ends_at and ends_at <= now:
        raise InvalidValueError("The end must be in the future. To end the group now, end it.")
    for name in _PLAIN:
        if name in changed:
            setattr(group, name, changed[name])


def _name_check(group: TesterGroup, typed: str) -> str:
    name = " ".join(typed.split())
    if not name or len(name) > LONGEST_NAME:
        raise InvalidValueError(f"Give the group a name of {LONGEST_NAME} characters at most.")
    if TesterGroup.objects.filter(app=group.app, name=name).exclude(pk=group.pk).exists():
        raise ConflictError(f"{group.app.name} has a group {name} already.")
    return name


def _channels_check(app: App, channels: Collection[Channel]) -> None:
    if not channels:
        raise InvalidValueError("Choose at least one channel.")
    if any(channel.app_id != app.pk for channel in channels):
        raise InvalidValueError(f"A channel isn't one of {app.name}.")


def _testers(group: TesterGroup) -> list[Tester]:
    return list(Tester.objects.filter(memberships__group=group).order_by("pk"))


def _settings(group: TesterGroup) -> dict[str, Any]:
    plain = {name: getattr(group, name) for name in _PLAIN if name != "ends_at"}
    return plain | {
        "platforms": list(group.platforms),
        "ends_at": group.ends_at.isoformat() if group.ends_at else None,
        "channels": sorted(channel.name for channel in group.channels.all()),
    }


def _record(
    action: Action, group: TesterGroup, *, actor: Actor, now: datetime, detail: Mapping[str, Any]
) -> None:
    audit_record(
        action=action,
        actor=actor,
        now=now,
        app_id=group.app_id,
        subject=("tester_group", str(group.pk)),
        detail=detail,
    )
