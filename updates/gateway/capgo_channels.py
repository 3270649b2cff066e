"""`/device/capgo/channel_self`: which channels the plugin may ask for, and whether it may ask for this one.

A choice isn't stored: the plugin keeps it and names it in every check (versions 5.34, 6.34, 7.34 and 8.0
on), where `targeting` judges it anew. So a device can't be left on a channel that it may no longer use.

In place of a channel an unmodified plugin can send the code that a tester got on their beta page: then the
device joins. This alone asks the database, after the sender's tries are counted.
"""

from collections.abc import Callable
from typing import Any, Final

from django.conf import settings
from django.db import close_old_connections

from accounts.domain.addresses import client_address, network_of
from releaseconsole.kernel import clock
from releaseconsole.kernel.errors import ConsoleError
from updates.domain.targeting import AppView, DeviceFacts, channel_of, may_use
from updates.domain.testers.join_codes import join_code_read
from updates.domain.testers.plugin_unset import takes_unset
from updates.errors import JoinCodeRefusedError, TooManyAttemptsError, UpdatesError
from updates.gateway.capgo_info import Info, device_facts, info_from_query, info_read, text
from updates.gateway.decisions import UnknownAppError, served_app
from updates.gateway.serving import serving
from updates.gateway.wire import Request, RequestError, Response, json_value
from updates.services.testers import Attempt, attempt_count, device_enroll

ELECTRON: Final = "electron"


class ChannelRefusedError(ConsoleError):
    """The device can't have this channel; the subclasses' codes are the plugin's own."""


class ChannelMissingError(ChannelRefusedError):
    """The request names no channel."""

    code = "missing_channel"
    title = "The request names no channel."


class ChannelNotFoundError(ChannelRefusedError):
    """There's no such channel for this platform, or none at all for this device."""

    code = "channel_not_found"
    title = "There is no such channel."


class ChannelNotAllowedError(ChannelRefusedError):
    """The channel is for devices that somebody put on it."""

    code = "channel_self_set_not_allowed"
    title = "Devices can't choose this channel themselves."


def channel_self(request: Request) -> Response:
    """Answer any of the plugin's four channel calls.

    Refusals are 400: the plugin falls back to its own default only if `channel_not_found` comes with that.
    """
    try:
        return json_value(_answer(request))
    except (UnknownAppError, ChannelRefusedError, UpdatesError) as exc:
        return json_value({"error": exc.code, "message": exc.message}, status=400)
    except RequestError as exc:
        body = {"error": exc.code, "message": exc.message}
        return json_value(body, status=exc.status, headers=exc.headers)


def _answer(request: Request) -> object:
    request.only(*_ACTIONS)
    info = _info(request)
    device = device_facts(info)
    app = served_app(serving.snapshot, device.app_id, request).view
    if request.method == "POST" and _is_join_code(app, info):
        return _join(request, device, info)
    return _action(request.method, info, device)(app, device, info)


def _is_join_code(app: AppView, info: Info) -> bool:
    """Whether what is asked for is a join code; a channel of that name is a channel all the same."""
    asked = text(info.channel)
    return asked not in app.channels and bool(join_code_read(asked))


def _join(request: Request, device: DeviceFacts, info: Info) -> dict[str, Any]:
    """Let the device join by the code that it sends as a channel.

    Too many tries are answered like a wrong code: after a 429 many plugins ask for no update any more.

    Raises:
        JoinCodeRefusedError: The code can't be used, or too many were tried from there.
    """
    try:
        attempt_count(Attempt.CODE, _network(request))
    except TooManyAttemptsError as exc:
        raise JoinCodeRefusedError(exc.message) from exc
    close_old_connections()  # no request of Django's begins and ends here
    try:
        device_enroll(
            app_id=device.app_id,
            device_id=device.device_id,
            platform=device.platform,
            code=text(info.channel),
        )
    finally:
        close_old_connections()
    answer: dict[str, Any] = {"status": "ok", "allowSet": False}
    return answer | {"unset": True} if takes_unset(text(info.plugin_version)) else answer


def _network(request: Request) -> str:
    address = client_address(
        peer=request.header("REMOTE_ADDR"),
        forwarded_for=request.header("HTTP_X_FORWARDED_FOR"),
        proxies=settings.TRUSTED_PROXIES,
    )
    return network_of(address)


def _info(request: Request) -> Info:
    """Read the info object: from the query of a GET, from either of a DELETE, else from the body."""
    if request.method == "GET" or (request.method == "DELETE" and request.query):
        return info_from_query(request)
    return info_read(request)


def _list(app: AppView, device: DeviceFacts, _info: Info) -> list[dict[str, Any]]:
    """List what a stranger may choose; ids must be numbers, or Android and iOS both fail."""
    return [
        {
            "id": channel.channel_id,
            "name": channel.name,
            "public": channel.public,
            "allow_self_set": channel.self_assignable,
        }
        for channel in app.channels.values()
        if (channel.public or channel.self_assignable) and device.platform in channel.platforms
    ]


def _list_for_electron(app: AppView, device: DeviceFacts, info: Info) -> dict[str, Any]:
    return {"channels": _list(app, device, info)}


def _get(app: AppView, device: DeviceFacts, _info: Info) -> dict[str, Any]:
    """Name the device's channel; the plugin persists it as its own default.

    Raises:
        ChannelNotFoundError: None serves it.
    """
    channel = channel_of(app, device, now_epoch=int(clock.epoch_seconds()))
    if channel is None:
        raise ChannelNotFoundError
    is_member = app.members.get(device.device_id) == channel.name
    return {
        "channel": channel.name,
        "status": "override" if is_member else "default",
        "allowSet": channel.self_assignable,
    }


def _set(app: AppView, device: DeviceFacts, info: Info) -> dict[str, Any]:
    """Say whether the device may have the channel that it asks for.

    Raises:
        ChannelMissingError: It names none.
        ChannelNotFoundError: There's none of this name for its platform.
        ChannelNotAllowedError: It is for members only.
    """
    name = text(info.channel)
    if not name:
        raise ChannelMissingError
    channel = app.channels.get(name)
    if channel is None or device.platform not in channel.platforms:
        raise ChannelNotFoundError
    if not may_use(app, channel, device, now_epoch=int(clock.epoch_seconds())):
        raise ChannelNotAllowedError
    return {"status": "ok", "allowSet": channel.self_assignable}


def _unset(_app: AppView, _device: DeviceFacts, _info: Info) -> dict[str, Any]:
    """Agree: there's nothing here to forget."""
    return {"status": "ok"}


_Action = Callable[[AppView, DeviceFacts, Info], object]
_ACTIONS: Final[dict[str, _Action]] = {"GET": _list, "POST": _set, "PUT": _get, "DELETE": _unset}
# Electron speaks its own dialect: a GET without action asks for the device's channel.
_ELECTRON_ACTIONS: Final[dict[tuple[str, str], _Action]] = {
    ("GET", "list"): _list_for_electron,
    ("GET", ""): _get,
    ("POST", "unset"): _unset,
}


def _action(method: str, info: Info, device: DeviceFacts) -> _Action:
    usual = _ACTIONS[method]
    if device.platform != ELECTRON:
        return usual
    return _ELECTRON_ACTIONS.get((method, text(info.action)), usual)
