"""The WSGI function in front of Django: device paths and probes are answered here, the rest by Django.

No middleware, no session, no query: a check costs little more than its signature. What this gives up
(Django's error pages, its request object) devices have no use for.
"""

import logging
from collections.abc import Callable, Iterable
from typing import Any, Final

from releaseconsole.kernel.errors import ConsoleError
from updates.gateway import capgo, capgo_channels, device_events, downloads, probes, stats, trust, v1
from updates.gateway.decisions import DOWNLOAD_PREFIX
from updates.gateway.wire import Handler, Request, Response, problem

StartResponse = Callable[..., Any]
WSGIApplication = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]

_log = logging.getLogger(__name__)

_DEVICES: Final = "/device/"
_HANDLERS: Final[dict[str, Handler]] = {
    "/device/capgo/updates": capgo.updates,
    "/device/capgo/stats": stats.handle,
    "/device/capgo/channel_self": capgo_channels.channel_self,
    "/device/v1/check": v1.check,
    "/device/v1/events": device_events.handle,
    "/healthz": probes.healthz,
    "/readyz": probes.readyz,
}
# Rare, and they write to the database: Django's (signing.api.device_keys, updates.api.device_enrolment,
# compliance.desk.api.device_privacy).
_DJANGOS: Final = frozenset({"/device/v1/keys", "/device/v1/enroll", "/device/v1/privacy"})
# What comes after these is the handler's to read.
_PREFIXES: Final[tuple[tuple[str, Handler], ...]] = (
    (DOWNLOAD_PREFIX, downloads.download),
    (trust.TRUST_PREFIX, trust.trust),
)


class NoSuchAddressError(ConsoleError):
    """There's nothing for devices at this path."""

    code = "no_such_address"
    title = "There is nothing for devices at this address."


class GatewayError(ConsoleError):
    """A fault of ours; the log has the rest."""

    code = "internal_error"
    title = "The console failed to answer."


def gateway_application(console: WSGIApplication) -> WSGIApplication:
    """Put the gateway in front of `console`."""

    def application(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        handler = _HANDLERS.get(path)
        if handler is None:
            if not path.startswith(_DEVICES) or path in _DJANGOS:
                return console(environ, start_response)
            handler = next((h for prefix, h in _PREFIXES if path.startswith(prefix)), _not_found)
        try:
            response = handler(Request(environ))
        except Exception:  # noqa: BLE001 (the last line: a device gets an answer, the log the traceback)
            _log.exception("Failed to answer %s %s", environ["REQUEST_METHOD"], path)
            response = problem(GatewayError(), status=500)
        start_response(response.status_line, response.headers)
        body = response.body
        return [body] if isinstance(body, bytes) else body

    return application


def _not_found(_request: Request) -> Response:
    return problem(NoSuchAddressError(), status=404)
