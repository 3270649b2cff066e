"""A channel's settings as one value: what they may be, and whom they let in.

`channel_admits` says of a device what the settings say of it, whatever is live: it's by this that the page
of a change counts whom it cuts off. The update policy isn't in it, since it depends on the bundle.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields, replace
from itertools import chain
from typing import Any, Final, TypedDict

from updates.domain.channel_rules import GuardAction, UpdatePolicy
from updates.domain.version import native_bound_check, native_fits, native_version_parse
from updates.errors import InvalidValueError

BASIS_POINTS: Final = 10_000
# The guard looks back no further than telemetry is counted by the hour.
LONGEST_WINDOW_MINUTES: Final = 7 * 24 * 60
LONGEST_RETENTION_DAYS: Final = 3650
MOST_DEVICES: Final = 1_000_000_000
# What devices are told depends on these; the others concern the console alone.
SERVED: Final = frozenset({
    "public",
    "self_assignable",
    "platforms",
    "allow_emulator",
    "allow_development",
    "allow_production",
    "native_min",
    "native_max",
    "update_policy",
    "blocks_under_native",
    "store_update_required",
})


class ChannelChanges(TypedDict, total=False):
    """What is to be changed; what isn't named stays as it is."""

    public: bool
    self_assignable: bool
    platforms: list[str]
    allow_emulator: bool
    allow_development: bool
    allow_production: bool
    native_min: str
    native_max: str
    update_policy: str
    blocks_under_native: bool
    store_update_required: bool
    guard_action: str
    guard_failure_bps: int
    guard_min_devices: int
    guard_window_minutes: int
    retention_days: int | None


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """All that may be set of a channel; the names are its columns'."""

    public: bool
    self_assignable: bool
    platforms: tuple[str, ...]
    allow_emulator: bool
    allow_development: bool
    allow_production: bool
    native_min: str
    native_max: str
    update_policy: str
    blocks_under_native: bool
    store_update_required: bool
    guard_action: str
    guard_failure_bps: int
    guard_min_devices: int
    guard_window_minutes: int
    retention_days: int | None

    def changed(self, changes: ChannelChanges) -> "ChannelSettings":
        """Return them with these changes."""
        given: dict[str, Any] = dict(changes)
        if "platforms" in given:
            given["platforms"] = tuple(given["platforms"])
        return replace(self, **given)

    def difference(self, other: "ChannelSettings") -> dict[str, tuple[Any, Any]]:
        """Say what would change, by name: as it is here, and as it is there."""
        before, after = asdict(self), asdict(other)
        return {name: (before[name], after[name]) for name in before if before[name] != after[name]}


SETTING_NAMES: Final = tuple(field.name for field in fields(ChannelSettings))


@dataclass(frozen=True, slots=True)
class Asking:
    """What a device says of itself, as far as a channel's settings look at it."""

    platform: str
    native_version: str
    is_emulator: bool
    is_production: bool
    is_member: bool


def channel_settings_check(settings: ChannelSettings, *, is_preview: bool) -> None:
    """Make sure that a channel may have these settings; its platforms are checked where the app is known.

    Raises:
        InvalidValueError: It may not.
    """
    complaint = next(chain(_of_serving(settings, is_preview=is_preview), _of_the_rest(settings)), None)
    if complaint is not None:
        raise InvalidValueError(complaint)


def channel_admits(settings: ChannelSettings, device: Asking) -> bool:
    """Say whether the settings let a device have what is on the channel."""
    return (
        device.platform in settings.platforms
        and (settings.allow_emulator or not device.is_emulator)
        and (settings.allow_production if device.is_production else settings.allow_development)
        and native_fits(device.native_version, settings.native_min, settings.native_max)
        and (device.is_member or _open(settings))
    )


def _of_serving(settings: ChannelSettings, *, is_preview: bool) -> Iterator[str]:
    """Say what is wrong with whom it serves.

    Yields:
        A complaint each.

    Raises:
        InvalidValueError: A bound isn't a version.
    """
    if is_preview and _open(settings):
        yield "A preview is for its testers: neither public nor self-assignable."
    if not (settings.allow_production or settings.allow_development):
        yield "Allow builds for production or for development; else nobody is served."
    bounds = (settings.native_min, settings.native_max)
    low, high = (native_version_parse(native_bound_check(bound)) for bound in bounds)
    if low is not None and high is not None and low > high:
        yield "The least native version is above the greatest one."
    if settings.store_update_required and low is None:
        yield "Say below which native version the store's update is required."
    if settings.update_policy not in set(UpdatePolicy):
        yield "There is no such update policy."


def _of_the_rest(settings: ChannelSettings) -> Iterator[str]:
    if settings.guard_action not in set(GuardAction):
        yield "There is no such action of the guard."
    if not 1 <= settings.guard_failure_bps <= BASIS_POINTS:
        yield "The guard's failure rate is above 0 % and at most 100 %."
    if not 1 <= settings.guard_min_devices <= MOST_DEVICES:
        yield "The guard needs at least one device, and not more than there can be."
    if not 1 <= settings.guard_window_minutes <= LONGEST_WINDOW_MINUTES:
        yield "The guard looks back 1 minute to 7 days."
    days = settings.retention_days
    if days is not None and not 1 <= days <= LONGEST_RETENTION_DAYS:
        yield f"Files are kept for ever, or for 1 to {LONGEST_RETENTION_DAYS} days."


def _open(settings: ChannelSettings) -> bool:
    return settings.public or settings.self_assignable
