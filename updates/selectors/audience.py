"""How many devices a release would be for, counted before it goes out."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.db.models.fields.json import KeyTextTransform

from updates.domain.audience import Audience
from updates.domain.rollout import BASIS_POINTS
from updates.domain.version import native_fits
from updates.models import Channel, Device


@dataclass(frozen=True, slots=True)
class AudienceCount:
    """Devices of a channel: those that a release is for, and those that its rollout would include.

    The rollout's part is an estimate: which devices are in follows from a salt that isn't drawn before.
    """

    matching: int
    included: int


def audience_count(
    *,
    channel: Channel,
    audience: Audience,
    rollout_bps: int,
    native_min: str = "",
    native_max: str = "",
    lacking: frozenset[tuple[str, str]] = frozenset(),
) -> AudienceCount:
    """Count, by what the devices that were last served from the channel said.

    Builds that lack a plugin are named in `lacking`, by platform and native version: devices with them aren't
    offered it.

    Devices that say the same are counted by the database and judged once, by the rule that decisions use.
    """
    devices = Device.objects.filter(app_id=channel.app_id, channel_name=channel.name)
    always = sum(
        native_fits(native, native_min, native_max) and (platform, native) not in lacking
        for platform, native in devices.filter(device_id__in=audience.always).values_list(
            "platform", "native_version"
        )
    )
    others = devices.exclude(device_id__in=audience.always) if audience.always else devices
    matching = sum(
        alike.devices
        for alike in _alike(others, audience, by_platform=bool(audience.platforms or lacking))
        if native_fits(alike.native_version, native_min, native_max)
        and (alike.platform, alike.native_version) not in lacking
        and alike.is_in(audience)
    )
    return AudienceCount(matching + always, matching * rollout_bps // BASIS_POINTS + always)


@dataclass(frozen=True, slots=True)
class _Alike:
    """Devices that say the same, as far as the audience asks; what it doesn't ask about is empty."""

    devices: int
    platform: str
    os_version: str
    native_version: str
    plugin_version: str
    attributes: dict[str, str]

    def is_in(self, audience: Audience) -> bool:
        return audience.admits(
            platform=self.platform,
            os_version=self.os_version,
            native_version=self.native_version,
            plugin_version=self.plugin_version,
            attributes=self.attributes,
        )


def _alike(devices: QuerySet[Device], audience: Audience, *, by_platform: bool) -> Iterator[_Alike]:
    names = [name for name, _ in audience.attributes]
    told = {f"told_{index}": KeyTextTransform(name, "attributes") for index, name in enumerate(names)}
    asked = ["native_version"]
    asked += ["platform"] * by_platform
    asked += ["os_version"] * bool(audience.os_min)
    asked += ["plugin_version"] * bool(audience.plugin_min)
    rows = devices.order_by().values(*asked, **told).annotate(devices=Count("*"))
    for row in rows:
        yield _Alike(
            devices=row["devices"],
            platform=row.get("platform", ""),
            os_version=row.get("os_version", ""),
            native_version=row["native_version"],
            plugin_version=row.get("plugin_version", ""),
            attributes={
                name: row[alias] for name, alias in zip(names, told, strict=True) if row[alias] is not None
            },
        )
