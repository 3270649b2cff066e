"""Yearly figures of privacy requests (11 CCR § 7102), from the rows of a register."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import mean, median

from compliance.desk.domain.denials import GROUNDS, Basis, Category
from compliance.desk.domain.request_states import Kind, Outcome


@dataclass(frozen=True, slots=True)
class Answered:
    """What figures need of one request.

    Attributes:
        kind: What was asked for.
        outcome: How it ended; nothing while it runs.
        bases: Grounds of a denial, in whole or in part.
        received_on: Day of receipt.
        closed_on: Day of the answer; None while it runs.
    """

    kind: Kind
    outcome: Outcome
    bases: tuple[Basis, ...]
    received_on: date
    closed_on: date | None

    @property
    def days(self) -> int | None:
        """How long the answer took; a request that was withdrawn got none."""
        if self.closed_on is None or self.outcome is Outcome.WITHDRAWN:
            return None
        return (self.closed_on - self.received_on).days


@dataclass(frozen=True, slots=True)
class KindFigures:
    """A line of the table. `received` is the sum of the five after it."""

    kind: Kind
    received: int
    complied: int
    complied_in_part: int
    denied: int
    withdrawn: int
    running: int
    median_days: float | None
    mean_days: float | None
    denials: dict[Category, int]


def metrics_compute(answered: Iterable[Answered]) -> list[KindFigures]:
    """Count the requests of one year, kind by kind; a kind that nobody asked for has its line too."""
    rows = list(answered)
    return [_figures(kind, [row for row in rows if row.kind is kind]) for kind in Kind]


def _figures(kind: Kind, rows: Sequence[Answered]) -> KindFigures:
    ended = Counter(row.outcome for row in rows)
    days = [row.days for row in rows if row.days is not None]
    # By the ground named first, so that the categories add up to the denials.
    denials = Counter(GROUNDS[row.bases[0]].category for row in rows if row.outcome is Outcome.DENIED)
    return KindFigures(
        kind=kind,
        received=len(rows),
        complied=ended[Outcome.COMPLETE],
        complied_in_part=ended[Outcome.PARTIAL],
        denied=ended[Outcome.DENIED],
        withdrawn=ended[Outcome.WITHDRAWN],
        running=ended[Outcome.NONE],
        median_days=float(median(days)) if days else None,
        mean_days=round(float(mean(days)), 1) if days else None,
        denials={category: denials[category] for category in Category},
    )
