"""The inside of a rollback, for whatever reason it happens; the caller has the transaction."""

from dataclasses import dataclass
from datetime import datetime

from compliance.ledger.domain.events import Action, Actor
from updates.domain.release_state import ReleaseState
from updates.domain.rollback import RollbackPlan, rollback_plan
from updates.models import Channel, Release
from updates.selectors.releases import channel_standings
from updates.services.channel_records import channel_record
from updates.services.decisions import channel_served_changed
from updates.services.locks import channel_lock
from updates.services.releases.rows import release_move


@dataclass(frozen=True, slots=True)
class Rollback:
    """What a rollback did; `now_live` is the full release served now, None where the built-in bundle is."""

    channel: Channel
    rolled_back: list[Release]
    now_live: Release | None
    serves_builtin: bool


def taken_back(
    channel: Channel,
    *,
    to: str | None,
    only: int | None,
    actor: Actor,
    now: datetime,
    withdraws: bool = False,
    reason: str = "",
) -> Rollback:
    """Roll a channel back, on record.

    Raises:
        NothingToRollBackError: Nothing is on the channel.
        NotFoundError: No full release of that version was ever on the channel.
        ReleaseStateError: That version is what is served, or newer.
        BundleGoneError: That version was withdrawn, or its file removed.
    """
    channel = channel_lock(channel)
    plan = rollback_plan(channel_standings(channel), to=to, only=only, withdraws=withdraws)
    releases = _releases(channel, plan)
    # Down first, up afterwards: the database allows one full release on a channel at any moment.
    for release_seq in plan.rolled_back + plan.passed_over:
        release_move(releases[release_seq], ReleaseState.ROLLED_BACK, now, reason=reason)
    if plan.now_live is not None and plan.revives:
        _revive(releases[plan.now_live], now)
    channel.serves_builtin = plan.serves_builtin
    channel_served_changed(channel)
    rollback = Rollback(
        channel=channel,
        rolled_back=[releases[release_seq] for release_seq in plan.rolled_back],
        now_live=releases[plan.now_live] if plan.now_live is not None else None,
        serves_builtin=plan.serves_builtin,
    )
    _record(rollback, plan, actor, now)
    return rollback


def _revive(release: Release, now: datetime) -> None:
    # The guard judges by what is reported from now on: who comes back reports anew.
    release.counts_from, release.guard_tripped_at = now, None
    release.superseded_by, release.superseded_from = None, ""
    release_move(release, ReleaseState.LIVE, now)


def _releases(channel: Channel, plan: RollbackPlan) -> dict[int, Release]:
    wanted = {*plan.rolled_back, *plan.passed_over, *([plan.now_live] if plan.now_live is not None else [])}
    found = Release.objects.filter(channel=channel, release_seq__in=wanted).select_related("bundle", "app")
    return {release.release_seq: release for release in found.defer("bundle__manifest")}


def _record(rollback: Rollback, plan: RollbackPlan, actor: Actor, now: datetime) -> None:
    channel_record(
        Action.RELEASE_ROLLED_BACK,
        rollback.channel,
        actor=actor,
        now=now,
        rolled_back=[
            {"release_seq": release.release_seq, "version": release.bundle.version}
            for release in rollback.rolled_back
        ],
        passed_over=list(plan.passed_over),
        now_live=plan.now_live,
        serves_builtin=rollback.serves_builtin,
        decision_seq=rollback.channel.decision_seq,
    )
