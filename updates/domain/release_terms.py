"""The terms of a release: who gets its bundle, when and how fast, and what is checked before they're kept.

Pure checks of shape and bounds. Whether a release may go live on these terms is another question, which is
asked when it would (`selectors.readiness`).
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypedDict
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from updates.domain.audience import audience_check, audience_read, audience_write
from updates.domain.rollout import BASIS_POINTS
from updates.domain.rollout_plan import plan_check, plan_read, plan_write
from updates.domain.version import native_bound_check, native_version_parse
from updates.errors import InvalidValueError

MAX_NOTES: Final = 4000
MAX_REASON: Final = 500
MAX_ANSWERS: Final = 200
MAX_SPREAD_MINUTES: Final = 60 * 24 * 7
LATEST: Final = timedelta(days=366)


class Terms(TypedDict, total=False):
    """What can be said of a release; what isn't said stays as it is, or as the release's table has it."""

    rollout_bps: int
    native_min: str
    native_max: str
    audience: dict[str, Any]
    mandatory: bool
    spread_minutes: int
    plan: list[dict[str, int]]
    notes: str
    reason: str
    check_answers: dict[str, str]
    native_override: bool
    scheduled_at: datetime | None
    scheduled_zone: str


def terms_check(terms: Terms, *, attributes: Sequence[Mapping[str, Any]], now: datetime) -> Terms:
    """Return terms that can be kept; with a plan, the share is its first step's.

    Args:
        terms: Those of one release, complete or just what changes.
        attributes: What the app's audiences may ask about.
        now: The time: nothing is scheduled for the past.

    Raises:
        InvalidValueError: One of them isn't acceptable.
    """
    checked: Terms = {**terms}
    if "audience" in terms:
        checked["audience"] = audience_write(
            audience_check(audience_read(terms["audience"]), allowed=attributes)
        )
    if plan := plan_check(plan_read(terms.get("plan", []))):
        checked["plan"] = plan_write(plan)
        checked["rollout_bps"] = plan[0].bps
    rollout_check(checked.get("rollout_bps", BASIS_POINTS))
    _native_range_check(terms.get("native_min", ""), terms.get("native_max", ""))
    if not 0 <= terms.get("spread_minutes", 0) <= MAX_SPREAD_MINUTES:
        raise InvalidValueError("A release is spread over 7 days at most.")
    _texts_check(terms)
    _schedule_check(terms, now)
    return checked


def rollout_check(rollout_bps: int) -> int:
    """Return a share that can be.

    Raises:
        InvalidValueError: It's no number of basis points.
    """
    if not 0 <= rollout_bps <= BASIS_POINTS:
        raise InvalidValueError(f"A rollout is 0 to {BASIS_POINTS} basis points.")
    return rollout_bps


def local_instant(local: datetime, zone: str) -> datetime:
    """Say in UTC when a clock in `zone` shows `local`; of an hour that comes twice, the first.

    Raises:
        InvalidValueError: There is no such zone, or its clocks skip that time.
    """
    where = zone_find(zone)
    instant = local.replace(tzinfo=where, fold=0).astimezone(UTC)
    if instant.astimezone(where).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise InvalidValueError(f"Clocks in {zone} skip {local:%H:%M} that day. Choose another time.")
    return instant


def zone_find(zone: str) -> ZoneInfo:
    """Find a time zone by its IANA name.

    Raises:
        InvalidValueError: There is none of that name.
    """
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as exc:  # OSError: names that are folders
        raise InvalidValueError(f"There is no time zone {zone[:64]}.") from exc


def _native_range_check(native_min: str, native_max: str) -> None:
    least = native_version_parse(native_bound_check(native_min))
    greatest = native_version_parse(native_bound_check(native_max))
    if least and greatest and least > greatest:
        raise InvalidValueError("The least native version is greater than the greatest one.")


def _texts_check(terms: Terms) -> None:
    if len(terms.get("notes", "")) > MAX_NOTES:
        raise InvalidValueError(f"Notes have at most {MAX_NOTES} characters.")
    if len(terms.get("reason", "")) > MAX_REASON:
        raise InvalidValueError(f"A reason has at most {MAX_REASON} characters.")
    answers: Any = terms.get("check_answers", {})
    if len(answers) > MAX_ANSWERS or any(len(answer) > MAX_REASON for answer in answers.values()):
        raise InvalidValueError(f"An answer to a check has at most {MAX_REASON} characters.")


def _schedule_check(terms: Terms, now: datetime) -> None:
    at = terms.get("scheduled_at")
    if at is None:
        return
    zone_find(terms.get("scheduled_zone") or "UTC")
    if not now < at <= now + LATEST:
        raise InvalidValueError("A release is scheduled for a time to come, within a year.")
