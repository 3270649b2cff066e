"""Releases under policy: channels that want signatures, freezes, and what devices reported."""

from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from compliance.ledger.domain.events import SYSTEM, Action
from releaseconsole.kernel import clock, randomness
from tests.support.shipping import bundle_made
from updates.domain.outcomes import Outcome
from updates.models import (
    Bundle,
    Channel,
    ChannelFreeze,
    InstallOutcome,
    Release,
    SignOff,
    SignOffRequirement,
)
from updates.services import release_advance, release_draft
from updates.services.releases.rows import release_record


def drafted(channel: Channel, version: str, author: User | None = None, **terms: object) -> Release:
    """Upload a version where that is still to be done, and draft its release."""
    if not Bundle.objects.filter(app=channel.app, version=version).exists():
        bundle_made(channel.app, version)
    return release_draft(channel=channel, version=version, author=author, actor=SYSTEM, **terms)  # type: ignore[arg-type]  # any terms


def sign_off_wanted(channel: Channel, count: int = 1) -> None:
    SignOffRequirement.objects.update_or_create(channel=channel, role="", defaults={"count": count})


def signed(release: Release, person: User) -> Release:
    """Let somebody sign off what the release is now; it goes on if nothing misses any more."""
    release.refresh_from_db(fields=["revision"])
    now = clock.now()
    with transaction.atomic():
        event = release_record(Action.RELEASE_SIGNED_OFF, release, actor=person.actor, now=now)
    SignOff.objects.create(
        release=release,
        revision=release.revision,
        digest="0" * 64,
        person=person,
        approves=True,
        at=now,
        event=event.number,
    )
    return release_advance(release=release, now=now, actor=person.actor)


def frozen(channel: Channel, *, hours: float = 2) -> datetime:
    """Freeze a channel from an hour ago on; return when that ends."""
    now = clock.now()
    ends = now + timedelta(hours=hours)
    ChannelFreeze.objects.create(
        channel=channel,
        starts_at=now - timedelta(hours=1),
        ends_at=ends,
        zone="UTC",
        reason="Holidays",
        created_at=now,
    )
    return ends


def found_in(bundle: Bundle, code: str = "source_map") -> None:
    """Let a check have found something in a bundle."""
    bundle.findings = [{"code": code, "path": "main.js.map", "detail": ""}]
    bundle.save(update_fields=["findings"])


def reported(release: Release, *, installed: int = 0, failed: int = 0, at: datetime | None = None) -> None:
    """Let new devices report how a release went."""
    outcomes = [Outcome.INSTALLED] * installed + [Outcome.FAILED] * failed
    InstallOutcome.objects.bulk_create(
        InstallOutcome(
            app_id=release.app_id,
            device_id=randomness.token_bytes(16).hex(),
            version=release.bundle.version,
            channel_name=release.channel.name,
            outcome=outcome.value,
            reason="update_fail" if outcome is Outcome.FAILED else "",
            decided_at=at or clock.now(),
        )
        for outcome in outcomes
    )
