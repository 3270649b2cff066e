"""`POST /device/v1/check`: the console's own protocol, in which every answer is a signed decision."""

import re
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from releaseconsole.kernel import clock
from signing.errors import RecipientUnknownError
from updates.domain.audience import attributes_kept
from updates.domain.names import DEVICE_ID
from updates.domain.phi_marks import PHIMark
from updates.domain.targeting import DeviceFacts
from updates.gateway.decisions import NotSignableError, UnknownAppError, decision_sign, served_app
from updates.gateway.serving import serving
from updates.gateway.sightings import sighting_note
from updates.gateway.wire import (
    CHECK_BODY_LIMIT,
    Request,
    RequestError,
    Response,
    json_text,
    problem,
)

RETRY_SECONDS: Final = 30

# Patterns of msgspec's own would cost twice as much.
# 16 characters of base64url are 96 bits, which no device draws twice.
_NONCE: Final = re.compile(r"[A-Za-z0-9_-]{16,128}")
_Short = Annotated[str, Meta(max_length=64)]


class Check(msgspec.Struct):
    """The question; what it doesn't name is ignored, so that newer clients may say more."""

    app_id: Annotated[str, Meta(max_length=155)]
    device_id: str
    nonce: str
    platform: _Short
    native_version: _Short
    version: _Short = ""
    channel: _Short = ""
    plugin_version: _Short = ""
    os_version: _Short = ""
    is_emulator: bool = False
    is_production: bool = True
    custom_id: _Short = ""
    attributes: dict[str, str] = {}


_decode: Final = msgspec.json.Decoder(Check).decode


def check(request: Request) -> Response:
    """Answer a check."""
    try:
        return _check(request)
    except UnknownAppError as exc:
        return problem(exc, status=404)
    except RecipientUnknownError as exc:
        return problem(exc, status=403)
    except NotSignableError as exc:
        return problem(exc, status=503, headers=[("Retry-After", str(RETRY_SECONDS))])
    except RequestError as exc:
        return problem(exc, status=exc.status, headers=exc.headers)


def _check(request: Request) -> Response:
    request.only("POST")
    asked = check_read(request.body(CHECK_BODY_LIMIT))
    snapshot = serving.snapshot
    app = served_app(snapshot, asked.app_id, request)
    device = DeviceFacts(
        asked.app_id,
        asked.device_id,
        asked.platform,
        asked.native_version,
        asked.version,
        asked.channel,
        asked.is_emulator,
        asked.is_production,
        asked.os_version,
        asked.plugin_version,
        app.view.custom_ids.taken(asked.custom_id) if asked.custom_id and not request.signals_gpc else "",
        attributes_kept(asked.attributes, app.view.attributes) if asked.attributes else asked.attributes,
        phi_mark=PHIMark.CUSTOM_ID.value if asked.custom_id and app.view.handles_phi else "",
    )
    signed = decision_sign(snapshot, app, device, nonce=asked.nonce, now_epoch=int(clock.epoch_seconds()))
    sighting_note(device, signed.channel_name)
    decision = signed.decision
    more = f',"url":"{signed.url}"' if signed.url else ""
    if decision.mandatory:
        more += ',"mandatory":true'
    if decision.store_update:
        more += ',"store_update_required":true'
    return json_text(f'{{"token":"{signed.token}","decision":"{decision.kind.value}"{more}}}')


def check_read(body: bytes) -> Check:
    """Read a question.

    Raises:
        RequestError: It isn't JSON, or a member is missing or of the wrong shape.
    """
    try:
        asked = _decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as exc:
        raise RequestError(f"The body isn't a check: {exc}") from exc
    if not DEVICE_ID.fullmatch(asked.device_id):
        raise RequestError("device_id is 1 to 64 lower-case letters, digits, dots, colons and dashes.")
    if not _NONCE.fullmatch(asked.nonce):
        raise RequestError("nonce is 16 to 128 characters of base64url.")
    return asked
