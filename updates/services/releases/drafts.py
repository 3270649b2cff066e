"""Releases before they're published: drafting, changing, discarding."""

from datetime import datetime
from typing import Any, Unpack

from django.db import transaction

from accounts.models import User
from compliance.ledger.domain.events import Action, Actor
from releaseconsole.kernel import clock, randomness
from updates.domain.audience import audience_read
from updates.domain.release_state import ReleaseState
from updates.domain.release_terms import Terms, terms_check
from updates.errors import NotFoundError
from updates.models import App, Bundle, Channel, Release
from updates.services.locks import channel_lock
from updates.services.releases.rows import (
    before_live_check,
    next_release_seq,
    release_lock,
    release_move,
    release_record,
    revision_begin,
)

_SALT_BYTES = 16


def release_draft(
    *,
    channel: Channel,
    version: str,
    actor: Actor,
    author: User | None = None,
    promoted_from: Release | None = None,
    **terms: Unpack[Terms],
) -> Release:
    """Draft a release: nobody gets it before it's submitted and cleared.

    Args:
        channel: Where it is to go live.
        version: Of an uploaded bundle.
        actor: Who drafts it.
        author: The person behind that, also behind an API token; who can't sign it off.
        promoted_from: The release of another channel that it repeats.
        **terms: Who gets it, when, and how fast.

    Raises:
        InvalidValueError: A term isn't acceptable.
        NotFoundError: The app has no bundle of this version.
    """
    now = clock.now()
    with transaction.atomic():
        channel = channel_lock(channel)
        checked = terms_check(terms, attributes=channel.app.attributes, now=now)
        release = Release(
            app=channel.app,
            channel=channel,
            bundle=bundle_find(channel.app, version),
            release_seq=next_release_seq(channel.app),
            state=ReleaseState.DRAFT.value,
            rollout_salt=randomness.token_bytes(_SALT_BYTES).hex(),
            promoted_from=promoted_from,
            author=author,
            created_at=now,
        )
        _terms_set(release, checked)
        release.save()
        told = _terms_told(checked)
        if promoted_from is not None:
            told["promoted_from"] = promoted_from.release_seq
        release_record(Action.RELEASE_DRAFTED, release, actor=actor, now=now, **told)
    return release


def release_change(
    *,
    release: Release,
    actor: Actor,
    changer: User | None = None,
    version: str | None = None,
    **terms: Unpack[Terms],
) -> Release:
    """Change a release that isn't published yet; it's a draft again, and what was signed of it is void.

    Args:
        release: The release.
        actor: Who changes it.
        changer: The person behind that, who is its author from now on.
        version: Of another bundle; None leaves it.
        **terms: Those that change.

    Raises:
        InvalidValueError: A term isn't acceptable.
        NotFoundError: The app has no bundle of this version.
        ReleaseStateError: It's published, or over.
    """
    now = clock.now()
    with transaction.atomic():
        release = release_lock(release)
        before_live_check(release)
        before = terms_of(release)
        checked = _changed_check(release.app, before, terms, now)
        changed = sorted(name for name, value in checked.items() if before.get(name) != value)
        if version is not None and version != release.bundle.version:
            release.bundle = bundle_find(release.app, version)
            changed.append("version")
        if not changed:
            return release
        _terms_set(release, checked)
        release.author = changer or release.author
        revision_begin(release, actor=actor, now=now)
        if release.state != ReleaseState.DRAFT.value:
            release_move(release, ReleaseState.DRAFT, now)
        release.save()
        release_record(Action.RELEASE_CHANGED, release, actor=actor, now=now, changed=changed)
    return release


def release_discard(*, release: Release, actor: Actor, reason: str = "") -> Release:
    """Give up a release that isn't published.

    Raises:
        ReleaseStateError: It's published, or over.
    """
    now = clock.now()
    with transaction.atomic():
        release = release_lock(release)
        before_live_check(release)
        release_move(release, ReleaseState.DISCARDED, now, reason=reason)
        release_record(Action.RELEASE_DISCARDED, release, actor=actor, now=now)
    return release


def terms_of(release: Release) -> Terms:
    """Read a release's terms."""
    terms: Terms = {
        "rollout_bps": release.rollout_bps,
        "native_min": release.native_min,
        "native_max": release.native_max,
        "audience": release.audience,
        "mandatory": release.mandatory,
        "spread_minutes": release.spread_minutes,
        "plan": release.plan,
        "notes": release.notes,
        "reason": release.reason,
        "check_answers": release.check_answers,
        "native_override": release.native_override,
        "scheduled_at": release.scheduled_at,
        "scheduled_zone": release.scheduled_zone,
    }
    return terms


def bundle_find(app: App, version: str) -> Bundle:
    """Find a bundle of an app.

    Raises:
        NotFoundError: There is none of this version.
    """
    bundle = Bundle.objects.filter(app=app, version=version).select_related("archive").first()
    if bundle is None:
        raise NotFoundError(f"{app.name} has no bundle {version}. Upload it first.")
    return bundle


def _changed_check(app: App, before: Terms, terms: Terms, now: datetime) -> Terms:
    """Check what changes together with what stays; a time that stays may have passed meanwhile."""
    merged: Terms = {**before, "scheduled_at": None, **terms}
    checked = terms_check(merged, attributes=app.attributes, now=now)
    return checked if "scheduled_at" in terms else {**checked, "scheduled_at": before["scheduled_at"]}


def _terms_set(release: Release, terms: Terms) -> None:
    for name, value in terms.items():
        setattr(release, name, value)
    release.targeted = audience_read(release.audience).is_targeted


def _terms_told(terms: Terms) -> dict[str, Any]:
    """Keep of the terms what belongs on the log: no free text, where people write what they like."""
    kept = (
        "rollout_bps",
        "native_min",
        "native_max",
        "mandatory",
        "spread_minutes",
        "plan",
        "native_override",
    )
    told = {name: value for name, value in terms.items() if name in kept}
    if at := terms.get("scheduled_at"):
        told["scheduled_at"] = at.isoformat()
    return told
