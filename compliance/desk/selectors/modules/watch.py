"""How reviews of laws, standards and libraries stand: what was recorded, or what came with this release."""

from dataclasses import dataclass

from django.db.models import QuerySet

from compliance.desk.domain.modules.upkeep import Upkeep
from compliance.desk.domain.modules.watchlist import WATCHED, ReviewKind, ReviewState, WatchedText, text_state
from compliance.desk.models import WatchReview


@dataclass(frozen=True, slots=True)
class WatchLine:
    """A text with its review; `is_recorded`: somebody here made it, and not only this release."""

    text: WatchedText
    state: ReviewState
    is_recorded: bool


def reviews_current(kind: ReviewKind) -> dict[str, ReviewState]:
    """The reviews on record, by what was reviewed."""
    rows = WatchReview.objects.filter(kind=kind.value, superseded_at=None).select_related("owner")
    return {row.key: row.state for row in rows}


def upkeeps_recorded() -> dict[str, Upkeep]:
    """How libraries are kept up, by what reviewers found last."""
    rows = WatchReview.objects.filter(kind=ReviewKind.LIBRARY.value, superseded_at=None)
    return {row.key: row.upkeep for row in rows}


def reviews_of(kind: ReviewKind, key: str) -> QuerySet[WatchReview]:
    """All reviews of one thing that were ever recorded, newest first."""
    rows = WatchReview.objects.filter(kind=kind.value, key=key)
    return rows.select_related("owner", "recorded_by").order_by("-pk")


def watch_lines() -> list[WatchLine]:
    """Every watched text, those first whose review is due first."""
    recorded = reviews_current(ReviewKind.TEXT)
    lines = [
        WatchLine(text, recorded.get(text.key, text_state(text)), text.key in recorded) for text in WATCHED
    ]
    return sorted(lines, key=lambda line: line.state.next_on)
