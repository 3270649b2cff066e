"""Which sign-offs a channel wants: more at once, fewer by two people.

Whatever would be enough with fewer or other people than now is weaker, and weakening always takes somebody
else who may sign off (`accounts.domain.policy.SIGN_OFF_WEAKEN`).
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from accounts.domain.operations import Operation
from accounts.domain.policy import SIGN_OFF_WEAKEN
from accounts.domain.roles import Permission
from accounts.errors import PermissionDeniedError
from accounts.services.authority import Authority, authority_use
from compliance.ledger.domain.events import Action, Actor
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock
from updates.domain.sign_off_rules import Requirement, is_satisfiable, is_weaker, requirements_check
from updates.errors import SignOffsImpossibleError, SignOffsUnchangedError, SignOffsWeakerError
from updates.models import Channel, SignOffRequirement
from updates.selectors.sign_off_requirements import requirements_of, signers_of
from updates.services.locks import channel_lock


def sign_offs_require(*, channel: Channel, requirements: Iterable[Requirement], actor: Actor) -> Channel:
    """Ask for more sign-offs on a channel than now; for none the less that were asked for.

    Raises:
        InvalidValueError: A requirement isn't acceptable.
        SignOffsUnchangedError: It is like this already.
        SignOffsWeakerError: It would be weaker in some respect.
        SignOffsImpossibleError: There aren't as many people who could.
    """
    after, now = requirements_check(requirements), clock.now()
    with transaction.atomic():
        channel = channel_lock(channel)
        before = requirements_of(channel)
        if is_weaker(before, after):
            raise SignOffsWeakerError
        return _write(channel, before, after, actor, now)


def sign_offs_weaken_operation(*, channel: Channel, requirements: Iterable[Requirement]) -> Operation:
    """Name a weakening of what a channel wants signed, as things are now.

    Raises:
        InvalidValueError: A requirement isn't acceptable.
        SignOffsUnchangedError: It is like this already.
    """
    before, after = requirements_of(channel), requirements_check(requirements)
    if before == after:
        raise SignOffsUnchangedError
    facts = {
        "app_id": channel.app_id,
        "channel": channel.name,
        "version": channel.sign_off_version,
        "before": _facts(before),
        "after": _facts(after),
    }
    return Operation(SIGN_OFF_WEAKEN, facts)


def sign_offs_weaken(
    *, channel: Channel, requirements: Iterable[Requirement], authority: Authority
) -> Channel:
    """Ask for fewer or other sign-offs than now.

    Raises:
        InvalidValueError: A requirement isn't acceptable.
        SignOffsUnchangedError: It is like this already.
        SignOffsImpossibleError: There aren't as many people who could.
        AccountsError: The authority doesn't cover this.
        PermissionDeniedError: Whoever has it done may not manage the channel.
    """
    after, now = requirements_check(requirements), clock.now()
    with transaction.atomic():
        channel = channel_lock(channel)
        operation = sign_offs_weaken_operation(channel=channel, requirements=after)
        user = authority_use(authority=authority, operation=operation)
        if not user.may(Permission.CHANNEL_MANAGE, app_id=channel.app_id, channel=channel.name):
            raise PermissionDeniedError(Permission.CHANNEL_MANAGE.value)
        return _write(channel, requirements_of(channel), after, user.actor, now)


def _write(
    channel: Channel,
    before: tuple[Requirement, ...],
    after: tuple[Requirement, ...],
    actor: Actor,
    now: datetime,
) -> Channel:
    if before == after:
        raise SignOffsUnchangedError
    if not is_satisfiable(after, signers_of(channel).values()):
        raise SignOffsImpossibleError
    channel.sign_off_requirements.all().delete()
    SignOffRequirement.objects.bulk_create(
        SignOffRequirement(channel=channel, role=each.role, count=each.count) for each in after
    )
    # What is signed of a release names this number: a sign-off is of the rules as they were.
    channel.sign_off_version += 1
    channel.save(update_fields=["sign_off_version"])
    audit_record(
        action=Action.SIGN_OFF_RULES_CHANGED,
        actor=actor,
        now=now,
        app_id=channel.app_id,
        subject=("channel", channel.name),
        detail={
            "before": _facts(before),
            "after": _facts(after),
            "weaker": is_weaker(before, after),
        },
    )
    return channel


def _facts(requirements: Iterable[Requirement]) -> list[list[str | int]]:
    return [[each.role, each.count] for each in requirements]
