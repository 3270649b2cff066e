"""`POST /device/capgo/updates`: update checks of the unmodified `@capgo/capacitor-updater`, all versions.

Only `up_to_date` and `blocked` are used for what may happen to a healthy fleet: the plugin reports `failed`
as a failed download, and such answers would spoil every release's failure rate.
"""

from typing import Final

import msgspec

from releaseconsole.kernel import clock
from releaseconsole.kernel.errors import ConsoleError
from signing.errors import RecipientUnknownError
from updates.domain.phi_marks import PHIMark
from updates.gateway.capgo_answers import BLOCKED, answer_text
from updates.gateway.capgo_info import Info, device_facts, info_read, text
from updates.gateway.decisions import (
    NotSignableError,
    UnknownAppError,
    decision_sign,
    served_app,
)
from updates.gateway.serving import serving
from updates.gateway.sightings import sighting_note
from updates.gateway.wire import (
    Headers,
    Request,
    RequestError,
    Response,
    json_text,
    json_value,
)

FAILED: Final = "failed"


def updates(request: Request) -> Response:
    """Answer an update check."""
    try:
        request.only("POST")
        return _answer(info_read(request), request)
    except (UnknownAppError, NotSignableError, RecipientUnknownError) as exc:
        return _refusal(exc, kind=BLOCKED, status=200)
    except RequestError as exc:
        return _refusal(exc, kind=FAILED, status=exc.status, headers=exc.headers)


def _answer(info: Info, request: Request) -> Response:
    device = device_facts(info)
    snapshot = serving.snapshot
    app = served_app(snapshot, device.app_id, request)
    if app.view.handles_phi and info.custom_id:
        device = msgspec.structs.replace(device, phi_mark=PHIMark.CUSTOM_ID.value)
    if info.custom_id and not request.signals_gpc:
        kept = app.view.custom_ids.taken(text(info.custom_id))
        device = msgspec.structs.replace(device, custom_id=kept)
    signed = decision_sign(snapshot, app, device, nonce=None, now_epoch=int(clock.epoch_seconds()))
    sighting_note(device, signed.channel_name)
    return json_text(answer_text(signed, device))


def _refusal(error: ConsoleError, *, kind: str, status: int, headers: Headers | None = None) -> Response:
    body = {"error": error.code, "message": error.message, "kind": kind}
    return json_value(body, status=status, headers=headers)
