"""Wanting fewer, or other, sign-offs on a channel.

Whatever would be enough with fewer or other people than now is weaker, and that always takes somebody else
who may sign off (`accounts.domain.policy.SIGN_OFF_WEAKEN`). Apart from `sign_off_requirements`, since the
management API may not reach what people confirm.
"""

from collections.abc import Iterable

from django.db import transaction

from accounts.domain.operations import Operation
from accounts.domain.policy import SIGN_OFF_WEAKEN
from accounts.domain.roles import Permission
from accounts.errors import PermissionDeniedError
from accounts.services.authority import Authority, authority_use
from releaseconsole.kernel import clock
from updates.domain.sign_off_rules import Requirement, requirements_check
from updates.errors import SignOffsUnchangedError
from updates.models import Channel
from updates.selectors.sign_off_requirements import requirements_of
from updates.services.locks import channel_lock
from updates.services.sign_off_requirements import requirement_facts, requirements_write


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
        "before": requirement_facts(before),
        "after": requirement_facts(after),
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
        return requirements_write(
            channel=channel, before=requirements_of(channel), after=after, actor=user.actor, now=now
        )
