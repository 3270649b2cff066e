"""Taking back what a channel serves; at once, because it makes things safer."""

from django.db import transaction

from compliance.ledger.domain.events import Actor
from releaseconsole.kernel import clock
from updates.models import Channel, Release
from updates.services.taking_back import Rollback, taken_back
from updates.services.withdrawal import withdrawn


def channel_roll_back(
    *, channel: Channel, to: str | None, actor: Actor, reason: str = "", withdraw: bool = False
) -> Rollback:
    """Roll a channel back.

    Args:
        channel: The channel.
        to: A version that was on this channel in full, `builtin`, or None for what was served before.
        actor: Who does it.
        reason: Why; the release's page shows it.
        withdraw: What is taken back is compromised: it's withdrawn from every channel in the same movement.

    Raises:
        NothingToRollBackError: Nothing is on the channel.
        NotFoundError: No full release of that version was ever on the channel.
        ReleaseStateError: That version is what is served, or newer.
        BundleGoneError: That version was withdrawn, or its file removed.
    """
    return _rolled_back(channel, to, None, actor, reason, withdraw=withdraw)


def release_roll_back(
    *, release: Release, actor: Actor, reason: str = "", withdraw: bool = False
) -> Rollback:
    """Roll back one release; what lies on top of it stays.

    Args:
        release: A release that is on its channel.
        actor: Who does it.
        reason: Why; the release's page shows it.
        withdraw: It's compromised: its bundle is withdrawn from every channel in the same movement.

    Raises:
        NothingToRollBackError: It isn't on its channel.
    """
    return _rolled_back(release.channel, None, release.release_seq, actor, reason, withdraw=withdraw)


def _rolled_back(
    channel: Channel, to: str | None, only: int | None, actor: Actor, reason: str, *, withdraw: bool
) -> Rollback:
    now = clock.now()
    with transaction.atomic():
        rollback = taken_back(
            channel, to=to, only=only, actor=actor, now=now, withdraws=withdraw, reason=reason
        )
        if withdraw:
            contents = {release.bundle.archive_id for release in rollback.rolled_back}
            withdrawn(rollback.channel.app, contents, reason=reason, actor=actor, now=now)
            for release in rollback.rolled_back:
                release.refresh_from_db(fields=["state", "state_reason", "ended_at"])
    return rollback
