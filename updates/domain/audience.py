"""Who a release is for: conditions on what a device says about itself, and devices that are always in.

Written as JSON with the release: `{"platforms": [], "os_min": "", "native_builds": [], "plugin_min": "",
"attributes": {name: [values]}, "always": [device ids]}`. An empty condition admits everybody; all of them
must hold. Attributes are only those that the app lists, with the values that it lists: they sort devices and
can't name a person.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import msgspec

from updates.domain.attributes import attributes_read
from updates.domain.names import device_id_check
from updates.domain.platforms import Platform
from updates.domain.version import native_bound_check, native_fits
from updates.errors import InvalidValueError

MAX_ALWAYS: Final = 1_000
MAX_NATIVE_BUILDS: Final = 100
# As long as the columns in which devices' own words are kept: longer ones would match nobody.
_MAX_BUILD: Final = 32


@dataclass(frozen=True, slots=True)
class Audience:
    """Conditions, and who is in whatever they say; `always` also passes over the percentage."""

    platforms: frozenset[str] = frozenset()
    os_min: str = ""
    native_builds: frozenset[str] = frozenset()
    plugin_min: str = ""
    attributes: tuple[tuple[str, frozenset[str]], ...] = ()
    always: frozenset[str] = frozenset()

    @property
    def is_targeted(self) -> bool:
        """Whether it has conditions. Who is always in takes a release from nobody else."""
        return bool(self.platforms or self.os_min or self.native_builds or self.plugin_min or self.attributes)

    def admits(
        self,
        *,
        platform: str,
        os_version: str,
        native_version: str,
        plugin_version: str,
        attributes: Mapping[str, str],
    ) -> bool:
        """Tell whether a device fulfils all conditions; a version that can't be read fulfils none."""
        return (
            (not self.platforms or platform in self.platforms)
            and native_fits(os_version, self.os_min, "")
            and (not self.native_builds or native_version in self.native_builds)
            and native_fits(plugin_version, self.plugin_min, "")
            and all(attributes.get(name) in values for name, values in self.attributes)
        )


EVERYBODY: Final = Audience()


class _Written(msgspec.Struct, forbid_unknown_fields=True):
    platforms: list[str] = []
    os_min: str = ""
    native_builds: list[str] = []
    plugin_min: str = ""
    attributes: dict[str, list[str]] = {}
    always: list[str] = []


def audience_read(written: Mapping[str, Any]) -> Audience:
    """Read an audience; `{}` is everybody.

    Raises:
        InvalidValueError: It has another shape. What its values say is checked by `audience_check`.
    """
    try:
        read = msgspec.convert(written, _Written)
    except msgspec.ValidationError as exc:
        raise InvalidValueError(f"This isn't an audience: {exc}") from exc
    return Audience(
        platforms=frozenset(read.platforms),
        os_min=read.os_min,
        native_builds=frozenset(read.native_builds),
        plugin_min=read.plugin_min,
        attributes=tuple(sorted((name, frozenset(values)) for name, values in read.attributes.items())),
        always=frozenset(read.always),
    )


def audience_write(audience: Audience) -> dict[str, Any]:
    """Write an audience, always in the same order; one for everybody is `{}`."""
    members = {
        "platforms": sorted(audience.platforms),
        "os_min": audience.os_min,
        "native_builds": sorted(audience.native_builds),
        "plugin_min": audience.plugin_min,
        "attributes": {name: sorted(values) for name, values in audience.attributes},
        "always": sorted(audience.always),
    }
    return {name: value for name, value in members.items() if value}


def audience_check(audience: Audience, *, allowed: Sequence[Mapping[str, Any]]) -> Audience:
    """Return the audience as it is kept, if a release of an app with these attributes may have it.

    Args:
        audience: What somebody chose.
        allowed: The app's attributes, `[{"name", "values"}]`.

    Raises:
        InvalidValueError: A value can't be one, isn't on the app's list, or there are too many.
    """
    if foreign := sorted(audience.platforms - {platform.value for platform in Platform}):
        raise InvalidValueError(f"{foreign[0]!r} isn't a platform.")
    native_bound_check(audience.os_min)
    native_bound_check(audience.plugin_min)
    if len(audience.native_builds) > MAX_NATIVE_BUILDS:
        raise InvalidValueError(f"An audience names at most {MAX_NATIVE_BUILDS} native builds.")
    if odd := sorted(build for build in audience.native_builds if not 0 < len(build) <= _MAX_BUILD):
        raise InvalidValueError(f"{odd[0]!r} isn't a native version: it has 1 to {_MAX_BUILD} characters.")
    _attributes_check(audience, values_allowed(allowed))
    return replace(audience, always=_always(audience.always))


def values_allowed(listed: Iterable[Mapping[str, Any]]) -> dict[str, frozenset[str]]:
    """Say which values each attribute of an app may have, from the list that its table holds."""
    return {each.name: frozenset(each.values) for each in attributes_read(listed)}


def attributes_kept(told: Mapping[str, str], allowed: Mapping[str, frozenset[str]]) -> dict[str, str]:
    """Keep of what a device tells the attributes that the app lists, with a value that it lists."""
    return {name: told[name] for name, values in allowed.items() if told.get(name) in values}


def _attributes_check(audience: Audience, allowed: Mapping[str, frozenset[str]]) -> None:
    for name, values in audience.attributes:
        if name not in allowed:
            raise InvalidValueError(f"The app doesn't list the attribute {name!r}.")
        if not values:
            raise InvalidValueError(f"Name a value of {name!r}, or leave the attribute out.")
        if foreign := sorted(values - allowed[name]):
            raise InvalidValueError(f"The app doesn't list {foreign[0]!r} as a value of {name!r}.")


def _always(device_ids: Iterable[str]) -> frozenset[str]:
    always = frozenset(device_id_check(device_id) for device_id in device_ids)
    if len(always) > MAX_ALWAYS:
        raise InvalidValueError(f"At most {MAX_ALWAYS} devices are always in; make them a channel's members.")
    return always
