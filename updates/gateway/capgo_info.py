"""The info object that every request of the `@capgo/capacitor-updater` plugin carries.

Unknown members are ignored, null and "" mean the same, ids may come in capitals. Nothing in it is proven.
"""

from typing import Final
from urllib.parse import parse_qsl

import msgspec

from updates.domain.names import DEVICE_ID
from updates.domain.plugin_way_back import knows_way_back
from updates.domain.targeting import DeviceFacts
from updates.domain.telemetry import bundle_name, flag
from updates.gateway.wire import CHECK_BODY_LIMIT, Request, RequestError

_MAX_LENGTH: Final = 155
_MAX_QUERY_MEMBERS: Final = 50


class MissingInfoError(RequestError):
    """Without an app and a device there's nobody to answer."""

    code = "missing_info"
    title = "The request lacks app_id, device_id or platform."


class Info(msgspec.Struct):
    """What the plugin says, as far as it is used. A number where text belongs is read as text."""

    app_id: str | int | float | None = None
    device_id: str | int | float | None = None
    custom_id: str | int | float | None = None
    platform: str | int | float | None = None
    version_build: str | int | float | None = None
    version_name: str | int | float | None = None
    version_os: str | int | float | None = None
    plugin_version: str | int | float | None = None
    default_channel: str | int | float | None = msgspec.field(name="defaultChannel", default=None)
    channel: str | int | float | None = None
    action: str | int | float | None = None
    is_emulator: bool | str | int | float | None = None
    is_prod: bool | str | int | float | None = None


_decode: Final = msgspec.json.Decoder(Info).decode


def info_read(request: Request) -> Info:
    """Read the info object from the body.

    Raises:
        RequestError: It isn't a JSON object with members of the right shape.
    """
    try:
        return _decode(request.body(CHECK_BODY_LIMIT))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as exc:
        raise RequestError(f"The body isn't the plugin's JSON object: {exc}") from exc


def info_from_query(request: Request) -> Info:
    """Read the info object from the query string, where everything is text.

    Raises:
        RequestError: There are absurdly many members.
    """
    try:
        members = dict(parse_qsl(request.query, max_num_fields=_MAX_QUERY_MEMBERS, errors="replace"))
    except ValueError as exc:
        raise RequestError("The query has too many members.") from exc
    return msgspec.convert(members, Info)


def device_facts(info: Info) -> DeviceFacts:
    """Turn what the plugin says into what decisions are made from.

    Raises:
        MissingInfoError: App, device or platform is missing, or can't be one.
    """
    app_id = text(info.app_id)
    device_id = text(info.device_id).lower()
    platform = text(info.platform).lower()
    if not app_id or not platform or not DEVICE_ID.fullmatch(device_id):
        raise MissingInfoError
    plugin_version = text(info.plugin_version)
    return DeviceFacts(
        app_id,
        device_id,
        platform,
        text(info.version_build),
        bundle_name(text(info.version_name)),
        text(info.default_channel),
        flag(info.is_emulator, default=False),
        flag(info.is_prod, default=True),
        text(info.version_os),
        plugin_version,
        has_way_back=knows_way_back(plugin_version),
    )


def text(value: str | float | None) -> str:
    """Return text as it is if it's short enough to mean anything, a number as text, null as ""."""
    if value is None:
        return ""
    return value if type(value) is str and len(value) <= _MAX_LENGTH else str(value)[:_MAX_LENGTH]
