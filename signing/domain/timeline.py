"""The keys of one purpose and app on one line of time: what each did, does, and is planned to do.

Planned parts are what `key_plan` will do if nothing else happens; they're drawn differently, since people may
do something else.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from signing.domain.cryptoperiod import KeyRules
from signing.domain.key_life import KeyLife, takeover_at
from signing.domain.lifecycle import KeyState

# What is drawn of keys that people alone rotate.
_LONG: Final = timedelta(days=365)
# How much of a period is drawn before and after what is of interest.
_BEFORE: Final = 1.4
_AFTER: Final = 0.4
_MARGIN: Final = 0.02


class Stretch(StrEnum):
    """What a key is good for during a part of its life."""

    PUBLISHED = "published"
    SIGNING = "signing"
    VERIFYING = "verifying"
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True)
class Segment:
    """One part of a key's life."""

    what: Stretch
    start: datetime
    end: datetime
    is_planned: bool = False


@dataclass(frozen=True, slots=True)
class Lane:
    """One key with its parts, in order; `revoked_at` is marked, for nothing follows it."""

    life: KeyLife
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """Lanes, oldest key first, all to one scale."""

    start: datetime
    end: datetime
    now: datetime
    takeover_at: datetime | None
    lanes: tuple[Lane, ...]

    def share(self, moment: datetime) -> float:
        """Place a moment between start (0) and end (1); what lies outside lies at the border."""
        return min(max((moment - self.start) / (self.end - self.start), 0.0), 1.0)


def timeline(lives: Sequence[KeyLife], *, rules: KeyRules, wanted: str, now: datetime) -> Timeline:
    """Lay out keys on a line of time.

    Args:
        lives: All keys of one purpose and app, in any order.
        rules: Their cryptoperiod.
        wanted: The algorithm that the app wants.
        now: The time.
    """
    by_state = {life.state: life for life in lives}
    takeover = takeover_at(
        by_state.get(KeyState.ACTIVE),
        by_state.get(KeyState.PREPUBLISHED),
        rules=rules,
        wanted=wanted,
        now=now,
    )
    period = rules.period or _LONG
    horizon = max(takeover or now, now) + period * _AFTER
    lanes = [_lane(life, rules, takeover, horizon, now) for life in lives if life.published_at]
    earliest = now - period * _BEFORE
    shown = [lane for lane in lanes if lane.segments and lane.segments[-1].end > earliest]
    # Of two that were published together, the one that signs first stands first.
    shown.sort(key=lambda lane: (lane.segments[0].start, lane.life.activated_at or horizon))
    start = max(min((lane.segments[0].start for lane in shown), default=now), earliest)
    margin = (horizon - start) * _MARGIN
    return Timeline(start - margin, horizon, now, takeover, tuple(shown))


def _lane(
    life: KeyLife, rules: KeyRules, takeover: datetime | None, horizon: datetime, now: datetime
) -> Lane:
    parts = (*_before(life, takeover, horizon, now), *_signing(life, rules, takeover, horizon))
    parts += (*_after(life, rules, takeover, horizon, now),)
    return Lane(life, tuple(_split(parts, now)))


def _before(life: KeyLife, takeover: datetime | None, horizon: datetime, now: datetime) -> Iterator[Segment]:
    if life.published_at is None:
        return
    waits = life.state is KeyState.PREPUBLISHED
    never = life.revoked_at or life.destroyed_at or now
    end = life.activated_at or ((takeover or horizon) if waits else never)
    yield Segment(Stretch.PUBLISHED, life.published_at, end)


def _signing(
    life: KeyLife, rules: KeyRules, takeover: datetime | None, horizon: datetime
) -> Iterator[Segment]:
    if life.state is KeyState.PREPUBLISHED and takeover is not None:
        yield Segment(Stretch.SIGNING, takeover, rules.rotation_due_at(takeover) or horizon)
    elif life.activated_at is not None:
        planned = takeover or rules.signs_until(life.activated_at) or horizon
        yield Segment(Stretch.SIGNING, life.activated_at, life.signed_until or planned)


def _after(
    life: KeyLife, rules: KeyRules, takeover: datetime | None, horizon: datetime, now: datetime
) -> Iterator[Segment]:
    if life.state is KeyState.ACTIVE and takeover is not None:
        yield Segment(Stretch.VERIFYING, takeover, rules.verifies_until(takeover, None) or horizon)
    suspended, deactivated = life.suspended_at, life.deactivated_at
    out = life.revoked_at or life.destroyed_at
    if suspended is not None:
        resumed = deactivated if deactivated is not None and deactivated > suspended else None
        yield Segment(Stretch.SUSPENDED, suspended, resumed or out or now)
    if deactivated is not None:
        paused = suspended if suspended is not None and suspended >= deactivated else None
        planned = rules.verifies_until(deactivated, life.last_expires_at) or horizon
        yield Segment(Stretch.VERIFYING, deactivated, life.retired_at or paused or out or planned)


def _split(parts: Iterable[Segment], now: datetime) -> list[Segment]:
    """Tell what has been from what is planned."""
    split = []
    for part in sorted((part for part in parts if part.end > part.start), key=lambda part: part.start):
        if part.start < now:
            split.append(Segment(part.what, part.start, min(part.end, now)))
        if part.end > now:
            split.append(Segment(part.what, max(part.start, now), part.end, is_planned=True))
    return split
