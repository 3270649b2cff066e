"""What pages of keys draw and write: states, kids, sentences with times in them, and the line of time."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from signing.domain.key_operations import KeyOperation, operations_of
from signing.domain.key_words import PURPOSE_TITLES, PURPOSE_WORDS, STATE_WORDS, TRUST_WORDS, kid_short
from signing.domain.lifecycle import NIST_STATES, KeyPurpose, KeyState
from signing.domain.timeline import Lane, Segment, Timeline
from signing.models import SigningKey

register = template.Library()

# Percent across, pixels down: without a view box the drawing is as wide as its place and text stays text.
_LANE_HEIGHT: Final = 42
_BAR_TOP: Final = 22
_BAR_HEIGHT: Final = 12
_AXIS_HEIGHT: Final = 26
_NOW_HEIGHT: Final = 14
# What lasts minutes is a hair on a line of months; it's drawn this wide at least, in percent.
_LEAST_WIDTH: Final = 0.5
_TICKS: Final = 5
_NEAR_THE_END: Final = 90
_PILLS: Final = {
    KeyState.ACTIVE: "rc-pill-good",
    KeyState.PREPUBLISHED: "rc-pill-info",
    KeyState.GENERATING: "rc-pill-progress",
    KeyState.SUSPENDED: "rc-pill-warn",
    KeyState.COMPROMISED: "rc-pill-bad",
}


@register.filter
def owner_slug(app_id: str) -> str:
    """Write an app's id, or the console, as addresses do."""
    return app_id or "console"


@register.filter
def owner_name(app_id: str) -> str:
    """Write whose keys they are."""
    return app_id or "The console itself"


@register.filter
def kid(text: str | None) -> str:
    """Shorten a `kid`."""
    return kid_short(text or "")


@register.filter
def purpose_title(purpose: str) -> str:
    """Write a purpose."""
    return PURPOSE_TITLES[KeyPurpose(purpose)]


@register.filter
def purpose_short(purpose: str) -> str:
    """Write a purpose in one word."""
    return KeyPurpose(purpose).value.partition("_")[0]


@register.filter
def purpose_words(purpose: str) -> str:
    """Say what a purpose is."""
    return PURPOSE_WORDS[KeyPurpose(purpose)]


@register.filter
def operations(row: SigningKey) -> list[KeyOperation]:
    """Say what can be done to a key in its state."""
    return operations_of(KeyPurpose(row.purpose), KeyState(row.state))


@register.filter
def operation_slug(what: KeyOperation) -> str:
    """Write an operation as addresses do."""
    return what.name.lower()


@register.filter
def operation_title(what: KeyOperation) -> str:
    """Write an operation as its button does."""
    return "Rotate now" if what is KeyOperation.ROTATE else what.name.capitalize()


@register.filter
def trust_words(code: str) -> str:
    """Say what is wrong with a chain of trust."""
    return TRUST_WORDS.get(code, code)


@register.simple_tag
def key_state(state: str) -> SafeString:
    """Write a state as a pill; on hover the term of NIST SP 800-57."""
    known = KeyState(state)
    return format_html(
        '<span class="rc-pill {}" title="{}: {} in NIST SP 800-57">{}</span>',
        _PILLS.get(known, ""),
        known.value.replace("_", "-"),
        NIST_STATES[known],
        STATE_WORDS[known],
    )


@register.simple_tag
def moment(at: datetime | None) -> SafeString | str:
    """Write a time to the minute in the viewer's zone, with UTC on hover."""
    if at is None:
        return "\u2013"
    return format_html(
        '<time datetime="{}" title="{} UTC">{}</time>',
        at.isoformat(timespec="seconds"),
        f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}",
        date_format(timezone.localtime(at), "j M Y, H:i"),
    )


@register.simple_tag
def day(at: datetime | None) -> SafeString | str:
    """Write the viewer's date, with the exact UTC time on hover."""
    if at is None:
        return "\u2013"
    return format_html(
        '<time datetime="{}" title="{} UTC">{}</time>',
        at.isoformat(timespec="seconds"),
        f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}",
        _day(at),
    )


@register.simple_tag
def sentence(parts: Iterable[str | datetime]) -> SafeString:
    """Write a sentence of `signing.domain.consequences`."""
    written = (moment(part) if isinstance(part, datetime) else conditional_escape(part) for part in parts)
    return mark_safe("".join(written))  # noqa: S308 (each part is escaped or made by format_html)


@register.filter
def duration(span: timedelta) -> str:
    """Write how long something takes, in its largest fitting unit."""
    seconds = round(span.total_seconds())
    for unit, size in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        if seconds >= 2 * size or seconds == size:
            number = round(seconds / size)
            return f"{number} {unit}{'' if number == 1 else 's'}"
    return f"{seconds} seconds"


@register.simple_tag
def key_timeline(drawn: Timeline) -> SafeString:
    """Draw keys on a line of time, and say the same in words for who doesn't see it."""
    height = _NOW_HEIGHT + len(drawn.lanes) * _LANE_HEIGHT + _AXIS_HEIGHT
    floor = height - _AXIS_HEIGHT
    return format_html(
        '<figure class="rc-timeline"><svg width="100%" height="{}" role="img" aria-label="{}">'
        "{}{}{}{}{}</svg></figure>",
        height,
        " ".join(_lane_words(lane) for lane in drawn.lanes) or "No key has been published yet.",
        _HATCH,
        _ticks(drawn, floor),
        _now_line(drawn, floor),
        format_html_join("", "{}", ((_lane(drawn, lane, index),) for index, lane in enumerate(drawn.lanes))),
        format_html('<line class="rc-timeline-axis" x1="0" x2="100%" y1="{0}" y2="{0}"></line>', floor),
    )


_HATCH: Final = mark_safe(
    '<defs><pattern id="key-hatch" width="6" height="6" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><rect class="rc-hatch-ground" width="6" height="6"></rect>'
    '<rect class="rc-hatch-line" width="2" height="6"></rect></pattern></defs>'
)


def _percent(drawn: Timeline, at: datetime) -> float:
    return round(100 * drawn.share(at), 2)


def _lane(drawn: Timeline, lane: Lane, index: int) -> SafeString:
    top = _NOW_HEIGHT + index * _LANE_HEIGHT
    label = format_html(
        '<text class="rc-timeline-label" x="0" y="{}"><tspan class="rc-timeline-kid">{}</tspan> {}</text>',
        top + _BAR_TOP - 7,
        kid_short(lane.life.kid),
        STATE_WORDS[lane.life.state],
    )
    bars = format_html_join("", "{}", ((_bar(drawn, part, top + _BAR_TOP),) for part in lane.segments))
    return format_html("<g>{}{}{}</g>", label, bars, _end(drawn, lane, top + _BAR_TOP))


def _bar(drawn: Timeline, part: Segment, top: int) -> SafeString:
    left = _percent(drawn, part.start)
    width = max(_percent(drawn, part.end) - left, _LEAST_WIDTH)
    planned = " rc-planned" if part.is_planned else ""
    return format_html(
        '<rect class="rc-life-{}{}" x="{}%" y="{}" width="{}%" height="{}" rx="2"{}><title>{}</title></rect>',
        part.what.value,
        planned,
        min(left, 100 - _LEAST_WIDTH),
        top,
        round(width, 2),
        _BAR_HEIGHT,
        mark_safe(' fill="url(#key-hatch)"') if part.what == "published" else "",
        f"{part.what.value}{' (planned)' if part.is_planned else ''}: {_day(part.start)} to {_day(part.end)}",
    )


def _end(drawn: Timeline, lane: Lane, top: int) -> SafeString:
    """Mark where a key was revoked."""
    if lane.life.revoked_at is None:
        return mark_safe("")
    return format_html(
        '<line class="rc-timeline-revoked" x1="{0}%" x2="{0}%" y1="{1}" y2="{2}"></line>',
        _percent(drawn, lane.life.revoked_at),
        top - 3,
        top + _BAR_HEIGHT + 3,
    )


def _ticks(drawn: Timeline, floor: int) -> SafeString:
    """Date the line, at even distances; every second date gives way on narrow screens."""
    step = (drawn.end - drawn.start) / _TICKS
    moments = [drawn.start + step * (index + 0.5) for index in range(_TICKS)]
    return format_html_join(
        "",
        '<g class="rc-timeline-tick{}"><line x1="{}%" x2="{}%" y1="0" y2="{}"></line>'
        '<text x="{}%" y="{}" text-anchor="middle">{}</text></g>',
        (
            (" rc-timeline-minor" if index % 2 else "", at, at, floor, at, floor + 18, _day(moment_))
            for index, moment_ in enumerate(moments)
            for at in (_percent(drawn, moment_),)
        ),
    )


def _now_line(drawn: Timeline, floor: int) -> SafeString:
    at = _percent(drawn, drawn.now)
    return format_html(
        '<g class="rc-timeline-now"><line x1="{0}%" x2="{0}%" y1="0" y2="{1}"></line>'
        '<text x="{0}%" dx="{2}" y="10" text-anchor="{3}">now</text></g>',
        at,
        floor,
        4 if at < _NEAR_THE_END else -4,
        "start" if at < _NEAR_THE_END else "end",
    )


def _lane_words(lane: Lane) -> str:
    return f"{kid_short(lane.life.kid)} {STATE_WORDS[lane.life.state]}: {', '.join(_words(lane))}."


def _words(lane: Lane) -> Iterator[str]:
    for part in lane.segments:
        planned = "planned " if part.is_planned else ""
        yield f"{planned}{part.what.value} {_day(part.start)} to {_day(part.end)}"


def _day(at: datetime) -> str:
    return date_format(timezone.localtime(at), "j M Y")
