"""What the console's pages draw: times, shares, bars, curves. All of it is markup without inline styles."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Protocol

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timesince import timesince

from accounts.domain.access import Reason
from accounts.domain.roles import PERMISSION_WORDS
from accounts.selectors.policy import assurance_statement
from releaseconsole.kernel import clock
from updates.domain.platforms import platform_words

register = template.Library()

_WIDTH, _HEIGHT, _FLOOR = 600, 120, 110
_FRESH_SECONDS = 60
_RECENT_SECONDS = 24 * 3600
_WIDEST_BAR = 12
_CURVE = (
    '<figure class="rc-curve">'
    '<svg viewBox="0 0 {w} {h}" preserveAspectRatio="none" role="img" aria-label="{label}">'
    '<polygon class="rc-curve-area" points="0,{floor} {line} {w},{floor}"></polygon>'
    '<polyline class="rc-curve-line" points="{line}" vector-effect="non-scaling-stroke"></polyline>'
    "{failures}</svg>"
    "<figcaption><span>{first}</span><span>{highest}</span><span>{last}</span></figcaption></figure>"
)


class Point(Protocol):
    """An hour of a release's life, as `updates.selectors.figures` counts it."""

    @property
    def hour(self) -> datetime:
        """Its beginning."""

    @property
    def devices(self) -> int:
        """Devices that run the version at its end."""

    @property
    def failures(self) -> int:
        """Failures reported in it."""


@register.filter
def bps_percent(bps: int) -> str:
    """Write basis points as percent: 2500 is "25 %"."""
    return f"{bps / 100:g}\u00a0%"


@register.filter
def role_words(role: str) -> str:
    """Write a role's name as people do."""
    return role.replace("_", " ")


@register.filter
def platform_name(platform: str) -> str:
    """Write a platform as its maker does."""
    return platform_words(platform)


@register.filter
def platform_names(platforms: Sequence[str]) -> str:
    """Write platforms as their makers do."""
    return ", ".join(platform_name(platform) for platform in platforms)


@register.filter
def permission_words(permission: str) -> str:
    """Write what a permission allows; an unknown one stays as it's spelled."""
    return PERMISSION_WORDS.get(permission, permission)


@register.filter
def reason_words(reason: Reason) -> str:
    """Write what allows something, with its end in the viewer's time."""
    if reason.until is None:
        return reason.words
    return f"{reason.words} until {date_format(timezone.localtime(reason.until), 'j M Y, H:i')}"


@register.simple_tag
def policy_worth() -> str:
    """Say what the console's policy is worth; every report begins with it."""
    return assurance_statement()


@register.simple_tag
def when(moment: datetime | None) -> SafeString | str:
    """Say how long ago it was; from a day on, and for a time to come, the viewer's date. On hover: UTC."""
    if moment is None:
        return "\u2013"
    age = (clock.now() - moment).total_seconds()
    if age < 0:
        text = date_format(timezone.localtime(moment), "j M Y")
    elif age < _FRESH_SECONDS:
        text = "just now"
    elif age < _RECENT_SECONDS:
        text = f"{timesince(moment, depth=1)} ago"
    else:
        text = date_format(timezone.localtime(moment), "j M Y, H:i")
    exact = f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', moment.isoformat(timespec="seconds"), exact, text
    )


@register.simple_tag
def moment(at: datetime | None) -> SafeString | str:
    """Write a time to the minute with the viewer's zone, for what is planned. On hover: UTC."""
    if at is None:
        return "\u2013"
    local = timezone.localtime(at)
    return format_html(
        '<time datetime="{}" title="{}">{} {}</time>',
        at.isoformat(timespec="seconds"),
        f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC",
        date_format(local, "j M Y, H:i"),
        local.tzname(),
    )


@register.filter
def minutes_words(minutes: int) -> str:
    """Write a length of time in its largest whole unit: 1440 is "1 day"."""
    for unit, size in (("day", 1440), ("hour", 60)):
        if minutes >= size and minutes % size == 0:
            return f"{minutes // size} {unit}{'' if minutes == size else 's'}"
    return f"{minutes} minute{'' if minutes == 1 else 's'}"


@register.simple_tag
def bar(part: float | None, of: float | None = None) -> SafeString:
    """Draw a horizontal bar: `part` of `of`, or `part` itself as a ratio from 0 to 1."""
    ratio = part or 0.0
    if of is not None:
        ratio = ratio / of if of else 0.0
    width = round(100 * min(max(ratio, 0.0), 1.0), 2)
    return format_html(
        '<svg class="rc-meter" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="rc-meter-whole" width="100" height="4"></rect>'
        '<rect class="rc-meter-part" width="{}" height="4"></rect></svg>',
        width,
    )


@register.simple_tag
def adoption_curve(points: Sequence[Point]) -> SafeString:
    """Draw devices on the version by the hour, failures as bars below, and say it in a sentence."""
    highest = max((point.devices for point in points), default=0)
    if not highest:
        return format_html(
            '<p class="rc-quiet">{}</p>', "No device ran this version at the end of an hour yet."
        )
    # From nothing to the first hour's end, so that the first hour already shows a rise.
    values = [0, *(point.devices for point in points)]
    line = " ".join(f"{x:g},{y:g}" for x, y in _curve(values, highest))
    return format_html(
        _CURVE,
        w=_WIDTH,
        h=_HEIGHT,
        floor=_FLOOR,
        line=line,
        failures=_failure_bars(points, highest),
        label=f"{points[-1].devices} devices now, {highest} at most, over {len(points)} hours.",
        first=date_format(timezone.localtime(points[0].hour), "j M, H:i"),
        last="now",
        highest=f"{highest} device{'' if highest == 1 else 's'} at most",
    )


def _curve(values: Sequence[int], highest: int) -> list[tuple[float, float]]:
    """Place at least two values on the drawing."""
    step = _WIDTH / (len(values) - 1)
    return [
        (round(index * step, 1), round(_FLOOR - (_FLOOR - 8) * value / highest, 1))
        for index, value in enumerate(values)
    ]


def _failure_bars(points: Sequence[Point], highest: int) -> SafeString:
    """Draw failures under their hours, as high as that many devices would be in a tenth of the height."""
    step = _WIDTH / len(points)
    width = min(max(step - 1, 1), _WIDEST_BAR)
    scale = max(highest, *(point.failures for point in points))
    return format_html_join(
        "",
        '<rect class="rc-curve-failure" x="{}" y="{}" width="{}" height="{}"></rect>',
        (
            (
                round((index + 1) * step - width, 1),
                _FLOOR + 1,
                round(width, 1),
                round(max(9 * point.failures / scale, 1), 1),
            )
            for index, point in enumerate(points)
            if point.failures
        ),
    )
