"""`POST /device/capgo/updates`: update checks of the unmodified `@capgo/capacitor-updater`, all versions.

The plugin takes any `error`, `kind` or `message` for "no update", so an offer has none of them and everything
else has all three, with status 200. `data.token` carries the signed decision in both: a map of text to text
is the one member that reaches the app's JavaScript on both platforms, and the plugin itself ignores it.
Only `up_to_date` and `blocked` are used for what may happen to a healthy fleet: the plugin reports `failed`
as a failed download, and such answers would spoil every release's failure rate.
"""

from typing import Final

from releaseconsole.kernel import clock
from releaseconsole.kernel.errors import ConsoleError
from signing.errors import RecipientUnknownError
from updates.domain.targeting import DecisionKind, DeviceFacts
from updates.gateway.capgo_info import Info, device_facts, info_read, text
from updates.gateway.decisions import (
    NotSignableError,
    SignedDecision,
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

UP_TO_DATE: Final = "up_to_date"
BLOCKED: Final = "blocked"
FAILED: Final = "failed"


def updates(request: Request) -> Response:
    """Answer an update check."""
    try:
        request.only("POST")
        return _answer(info_read(request))
    except (UnknownAppError, NotSignableError, RecipientUnknownError) as exc:
        return _refusal(exc, kind=BLOCKED, status=200)
    except RequestError as exc:
        return _refusal(exc, kind=FAILED, status=exc.status, headers=exc.headers)


def _answer(info: Info) -> Response:
    device = device_facts(info)
    snapshot = serving.snapshot
    app = served_app(snapshot, device.app_id)
    signed = decision_sign(snapshot, app, device, nonce=None, now_epoch=int(clock.epoch_seconds()))
    sighting_note(device, signed.channel_name, text(info.plugin_version), text(info.version_os))
    return json_text(answer_text(signed, device))


def answer_text(signed: SignedDecision, device: DeviceFacts) -> str:
    """Say a decision in the plugin's words; nothing in it needs escaping."""
    decision, data = signed.decision, f'"data":{{"token":"{signed.token}"}}'
    if decision.kind is DecisionKind.INSTALL and decision.release is not None:
        return (
            f'{{"version":"{decision.release.version}","url":"{signed.url}",'
            f'"checksum":"{decision.release.bundle_sha256}","session_key":"",{data}}}'
        )
    if decision.kind is DecisionKind.BUILTIN:
        return f'{{"version":"builtin",{data}}}'
    code, message, kind = _no_update(signed, device)
    return f'{{"error":"{code}","message":"{message}","kind":"{kind}",{data}}}'


def _no_update(signed: SignedDecision, device: DeviceFacts) -> tuple[str, str, str]:
    channel = signed.decision.channel
    if channel is None:
        if device.requested_channel:
            return (
                "cannot_update_via_private_channel",
                "This device may not use the channel it asks for.",
                BLOCKED,
            )
        platform = device.platform if device.platform in {"ios", "android", "electron"} else "other"
        return f"disabled_platform_{platform}", "No channel serves this platform.", BLOCKED
    if channel.serves_builtin and signed.decision.kind is DecisionKind.HOLD:
        return "already_on_builtin", "The built-in bundle is the one to run.", UP_TO_DATE
    return "no_new_version_available", "There is no newer version for this device.", UP_TO_DATE


def _refusal(error: ConsoleError, *, kind: str, status: int, headers: Headers | None = None) -> Response:
    body = {"error": error.code, "message": error.message, "kind": kind}
    return json_value(body, status=status, headers=headers)
