"""Report data of the register: its rows (R5) and yearly figures (R6), the same for page, file and export.

A row's deadline is the stored column. Nothing is counted from today, so a file made on any later day says the
same.
"""

from datetime import date
from typing import Final

from django.db.models import QuerySet

from compliance.desk.domain.metrics import Answered, KindFigures, metrics_compute
from compliance.desk.domain.rules import KEEP, METRICS
from compliance.desk.models import PrivacyLetter, PrivacyRequest

_CHUNK: Final = 200
REGISTER_COLUMNS: Final[tuple[str, ...]] = (
    "reference",
    "kind",
    "channel",
    "received on",
    "acknowledge by",
    "acknowledged at",
    "answer by",
    "extended on",
    "reason of extension",
    "deadline",
    "identity",
    "answered on",
    "answer delivered",
    "answer left at",
    "days",
    "late",
    "outcome",
    "sections of denial",
    "explanation",
    "record kept until",
)
# As services.requests.letters names them.
_ANSWERS: Final = frozenset({"complete", "deny", "withdraw"})
METRICS_COLUMNS: Final[tuple[str, ...]] = (
    "kind",
    "received",
    "complied with",
    "complied with in part",
    "denied",
    "withdrawn",
    "running",
    "median days",
    "mean days",
)
LIMITS: Final = (
    f"Requests answered more than 24 months ago aren't in it: their records are gone ({KEEP.citation}).",
    f"A request belongs to the year in which it was received ({METRICS.citation}).",
    "Days run from receipt to the answer; a request that was withdrawn has none.",
)


def register_rows(*, first: date, last: date) -> list[tuple[str, ...]]:
    """Write the requests received in a period, oldest first, with the columns of 11 CCR § 7101(b)."""
    found = requests_received(first=first, last=last)
    return [register_row(request) for request in found.iterator(chunk_size=_CHUNK)]


def requests_received(*, first: date, last: date) -> QuerySet[PrivacyRequest]:
    """List the requests received in a period, oldest first, with their letters."""
    found = PrivacyRequest.objects.filter(received_on__range=(first, last))
    return found.prefetch_related("outgoing").order_by("received_on", "pk")


def metrics_of(*, year: int) -> list[KindFigures]:
    """Count the requests received in a year."""
    found = PrivacyRequest.objects.filter(received_on__year=year)
    return metrics_compute(
        Answered(each.asks, each.ended, each.bases, each.received_on, each.closed_on) for each in found
    )


def metrics_rows(*, year: int) -> list[tuple[str, ...]]:
    """Write the same as rows."""
    return [
        (
            line.kind.words,
            *map(
                str,
                (
                    line.received,
                    line.complied,
                    line.complied_in_part,
                    line.denied,
                    line.withdrawn,
                    line.running,
                ),
            ),
            "" if line.median_days is None else str(line.median_days),
            "" if line.mean_days is None else str(line.mean_days),
        )
        for line in metrics_of(year=year)
    ]


def years_found() -> list[int]:
    """List the years of which there are requests, the latest first."""
    return [day.year for day in PrivacyRequest.objects.dates("received_on", "year", order="DESC")]


def answer_letter(request: PrivacyRequest) -> PrivacyLetter | None:
    """Find the letter of the answer: where it is, and when it left the house."""
    answers = [letter for letter in request.outgoing.all() if letter.kind in _ANSWERS]
    return answers[-1] if answers else None


def register_row(request: PrivacyRequest) -> tuple[str, ...]:
    """Write one request under `REGISTER_COLUMNS`."""
    answer = answer_letter(request)
    days = (request.closed_on - request.received_on).days if request.closed_on else None
    acknowledged = request.ack_sent_at
    return (
        request.reference,
        request.asks.words,
        request.came_by.words,
        request.received_on.isoformat(),
        _day(request.ack_due),
        acknowledged.isoformat(timespec="seconds") if acknowledged else "",
        request.due.isoformat(),
        _day(request.extended_on),
        request.extension_reason,
        request.answer_due.isoformat(),
        request.identity.value.replace("_", " "),
        _day(request.closed_on),
        answer.get_state_display() if answer else "",
        answer.settled_at.isoformat(timespec="seconds") if answer and answer.settled_at else "",
        "" if days is None else str(days),
        "" if request.closed_on is None else ("yes" if request.is_late else "no"),
        request.outcome or "running",
        "; ".join(ground.rule.section for ground in request.grounds),
        request.explanation,
        _day(request.kept_until),
    )


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
