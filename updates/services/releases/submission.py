"""From a draft to the devices: submitting, going on once people have signed, and all of it in one go."""

from datetime import datetime
from typing import Unpack

from django.db import transaction

from accounts.models import User
from compliance.ledger.domain.events import SYSTEM, Action, Actor, Outcome
from releaseconsole.kernel import clock
from updates.domain.release_state import ReleaseState
from updates.domain.release_terms import Terms
from updates.errors import (
    BundleGoneError,
    ChannelFrozenError,
    ChecksUnansweredError,
    ConflictError,
    ReleaseStateError,
)
from updates.models import Channel, Release
from updates.selectors.readiness import Readiness, readiness_of
from updates.services.releases.drafts import release_draft
from updates.services.releases.going_live import go_live, publishable_check
from updates.services.releases.rows import (
    on_channel,
    release_lock,
    release_move,
    release_record,
    revision_begin,
)
from updates.services.sign_off_letters import sign_offs_ask


def release_publish(
    *,
    channel: Channel,
    version: str,
    actor: Actor,
    publisher: User | None = None,
    promoted_from: Release | None = None,
    keeps_unanswered: bool = False,
    **terms: Unpack[Terms],
) -> Release:
    """Draft a release and submit it; it's live, scheduled, or awaits sign-offs. Refused, it leaves nothing.

    Args:
        channel: Where.
        version: Of a bundle of the app.
        actor: Who does it.
        publisher: The person behind the actor, if one is known.
        promoted_from: The release of another channel that it repeats.
        keeps_unanswered: Where checks want answers, keep the draft, so that they can be given.
        terms: How far, for whom, when.

    Raises:
        InvalidValueError: A term isn't acceptable.
        NotFoundError: The app has no bundle of this version.
        ConflictError: This version is on the channel already.
        BundleGoneError: The bundle was withdrawn, or its file removed.
        ChecksUnansweredError: A check found something that the terms don't explain.
        ChannelFrozenError: Nothing goes live on the channel now, and no later time is asked for.
    """
    with transaction.atomic():
        release = release_draft(
            channel=channel,
            version=version,
            actor=actor,
            author=publisher,
            promoted_from=promoted_from,
            **terms,
        )
        try:
            return release_submit(release=release, actor=actor, submitter=publisher)
        except ChecksUnansweredError:
            if not keeps_unanswered:
                raise
            return release


def release_submit(*, release: Release, actor: Actor, submitter: User | None = None) -> Release:
    """Say that a draft is ready: it goes live, or waits for its time or for sign-offs.

    Raises:
        ReleaseStateError: It's no draft.
        ConflictError: Its version is on the channel already.
        BundleGoneError: Its bundle was withdrawn, or its file removed.
        ChecksUnansweredError: A check found something that nobody has explained.
        ChannelFrozenError: Nothing goes live on the channel now, and no later time is asked for.
    """
    now = clock.now()
    with transaction.atomic():
        release = release_lock(release)
        if release.state != ReleaseState.DRAFT.value:
            raise ReleaseStateError("Only a draft can be submitted.")
        publishable_check(release, on_channel(release.channel))
        ready = readiness_of(release, now=now)
        if ready.unanswered:
            raise ChecksUnansweredError(_unanswered_words(ready))
        release.published_by = submitter
        if not ready.sign_offs.complete:
            release_move(release, ReleaseState.AWAITING, now)
            release_record(Action.RELEASE_SUBMITTED, release, actor=actor, now=now)
            sign_offs_ask(release)
        elif _waits(release, now):
            _schedule(release, actor, now)
        elif ready.frozen_until:
            raise ChannelFrozenError(
                f"{release.channel.name} is frozen until {ready.frozen_until:%Y-%m-%d %H:%M} UTC. "
                "Schedule the release for later."
            )
        else:
            go_live(release, actor=actor, now=now)
    return release


def release_advance(*, release: Release, now: datetime, actor: Actor) -> Release:
    """Go on with a release after a sign-off, inside the transaction of that; while one misses it waits.

    In a freeze it's scheduled for the freeze's end: a sign-off isn't lost because it came at night. What
    can't be published any more becomes a draft again, and says why.

    Args:
        release: The release that was signed.
        now: The time of the sign-off.
        actor: Who signed.
    """
    with transaction.atomic():
        release = release_lock(release)
        ready = readiness_of(release, now=now)
        if release.state != ReleaseState.AWAITING.value or not ready.is_cleared:
            return release
        if not _waits(release, now) and ready.frozen_until:
            release.scheduled_at, release.scheduled_zone = ready.frozen_until, "UTC"
        if _waits(release, now):
            _schedule(release, actor, now)
        else:
            go_live_or_fall_back(release, actor=actor, now=now)
    return release


def go_live_or_fall_back(release: Release, *, actor: Actor, now: datetime) -> None:
    """Make a locked release live; where that has become impossible it's a draft again, on record."""
    try:
        go_live(release, actor=actor, now=now)
    except (ConflictError, BundleGoneError) as error:
        fall_back(release, ReleaseState.DRAFT, error.message, now=now)


def fall_back(release: Release, target: ReleaseState, why: str, *, now: datetime) -> None:
    """Send a locked release back to where people have to look at it, on record."""
    # Its time is over: whoever submits it again says anew when. That is another release than the one signed.
    release.scheduled_at, release.scheduled_zone = None, ""
    if target is ReleaseState.DRAFT:
        revision_begin(release, actor=SYSTEM, now=now)
    release_move(release, target, now, reason=why)
    release_record(
        Action.RELEASE_PUBLISH_FAILED, release, actor=SYSTEM, now=now, outcome=Outcome.FAILED, why=why
    )


def _waits(release: Release, now: datetime) -> bool:
    return release.scheduled_at is not None and release.scheduled_at > now


def _schedule(release: Release, actor: Actor, now: datetime) -> None:
    release_move(release, ReleaseState.SCHEDULED, now)
    at = release.scheduled_at.isoformat() if release.scheduled_at else ""
    release_record(Action.RELEASE_SCHEDULED, release, actor=actor, now=now, scheduled_at=at)


def _unanswered_words(ready: Readiness) -> str:
    found = "; ".join(f"{finding.words} ({finding.key})" for finding in ready.unanswered)
    return f"Say why it's fine, or publish another bundle: {found}."
