"""Taking a release to another channel: the same bundle, without uploading it again."""

from typing import Unpack

from accounts.models import User
from compliance.ledger.domain.events import Actor
from updates.domain.release_terms import Terms
from updates.errors import ConflictError
from updates.models import Channel, Release
from updates.services.releases.submission import release_publish


def release_promote(
    *, release: Release, channel: Channel, actor: Actor, publisher: User | None = None, **terms: Unpack[Terms]
) -> Release:
    """Publish a release's bundle on another channel; notes, answers and native bounds come along.

    Share, audience, plan and time don't: they were chosen for the other channel's devices.

    Raises:
        ConflictError: It's the same channel, or the version is on that one already.
        InvalidValueError: A term isn't acceptable.
        BundleGoneError: The bundle was withdrawn, or its file removed.
        ChecksUnansweredError: A check found something that nobody has explained.
        ChannelFrozenError: Nothing goes live on that channel now, and no later time is asked for.
    """
    if channel.pk == release.channel_id:
        raise ConflictError("A release is promoted to another channel than its own.")
    on_these: Terms = {**carried_over(release), **terms}
    return release_publish(
        channel=channel,
        version=release.bundle.version,
        actor=actor,
        publisher=publisher,
        promoted_from=release,
        **on_these,
    )


def carried_over(release: Release) -> Terms:
    """Say which terms of a release go with its bundle to another channel."""
    return {
        "notes": release.notes,
        "native_min": release.native_min,
        "native_max": release.native_max,
        "check_answers": release.check_answers,
    }
