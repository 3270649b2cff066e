"""Which sign-offs a channel wants: more at once; `sign_off_weakening` is for fewer."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from compliance.ledger.domain.events import Action, Actor
from releaseconsole.kernel import clock
from updates.domain.sign_off_rules import Requirement, is_satisfiable, is_weaker, requirements_check
from updates.errors import SignOffsImpossibleError, SignOffsUnchangedError, SignOffsWeakerError
from updates.models import Channel, SignOffRequirement
from updates.selectors.sign_off_requirements import requirements_of, signers_of
from updates.services.channel_records import channel_record
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
        return requirements_write(channel=channel, before=before, after=after, actor=actor, now=now)


def requirements_write(
    *,
    channel: Channel,
    before: tuple[Requirement, ...],
    after: tuple[Requirement, ...],
    actor: Actor,
    now: datetime,
) -> Channel:
    """Write what a locked channel is to want, whether that is more or less.

    Raises:
        SignOffsUnchangedError: It is like this already.
        SignOffsImpossibleError: There aren't as many people who could.
    """
    if before == after:
        raise SignOffsUnchangedError
    if not is_satisfiable(after, signers_of(channel).values()):
        raise SignOffsImpossibleError
    channel.sign_off_requirements.all().delete()
    SignOffRequirement.objects.bulk_create(
        SignOffRequirement(channel=channel, role=each.role, count=each.count) for each in after
    )
    # An approval of fewer names this number: it's void once the rules have moved, also if they move back.
    channel.sign_off_version += 1
    channel.save(update_fields=["sign_off_version"])
    channel_record(
        Action.SIGN_OFF_RULES_CHANGED,
        channel,
        actor=actor,
        now=now,
        before=requirement_facts(before),
        after=requirement_facts(after),
        weaker=is_weaker(before, after),
    )
    return channel


def requirement_facts(requirements: Iterable[Requirement]) -> list[list[str | int]]:
    """Write requirements as audit records and operations hold them."""
    return [[each.role, each.count] for each in requirements]
