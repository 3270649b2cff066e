"""Accepting reported events, whichever dialect they come in: into the stream first, then the answer.

One bad event never refuses its batch, because a plugin drops or repeats the batch as a whole: each event gets
a result of its own. Only what would succeed later is worth a repetition, and only that is answered with 503.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

import msgspec

from releaseconsole.kernel import clock
from updates.backends.events import events_append
from updates.domain.phi_marks import PHIMark
from updates.domain.phi_reports import report_stripped
from updates.domain.telemetry import MAX_EVENTS_PER_REQUEST, DeviceReport
from updates.errors import EventRefusedError, EventsNotAcceptedError
from updates.gateway.serving import serving
from updates.gateway.sightings import phi_refusal_note
from updates.gateway.snapshot import EMPTY, ServedApp
from updates.gateway.wire import InsecureRequestError, Request, RequestError

BODY_LIMIT: Final = 512 * 1024
RETRY: Final = [("Retry-After", "5")]
_decode: Final = msgspec.json.Decoder().decode

ReportReader = Callable[[object, int], DeviceReport]


class TooManyEventsError(RequestError):
    """A batch has more events than a plugin ever queues."""

    code = "too_many_events"
    title = f"A request carries at most {MAX_EVENTS_PER_REQUEST} events."
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


def posted_json(request: Request) -> Any:
    """Read the JSON body of a POST.

    Raises:
        RequestError: It isn't a POST, is too large, or isn't JSON; sending it again won't help.
    """
    request.only("POST")
    body = request.body(BODY_LIMIT)
    try:
        return _decode(body)
    except msgspec.DecodeError:
        return _decode_patiently(body)
    except (UnicodeDecodeError, RecursionError) as error:
        raise RequestError("The body isn't JSON.") from error


def reports_accept(request: Request, events: Sequence[object], read: ReportReader) -> list[dict[str, Any]]:
    """Put all acceptable events into the stream and return one result per event, in order.

    Raises:
        InsecureRequestError: One is of an app with PHI, and they didn't come by TLS.
        TooManyEventsError: There are more than a plugin ever queues.
        EventsNotAcceptedError: They can't be kept now, or this process doesn't know the apps yet.
    """
    if len(events) > MAX_EVENTS_PER_REQUEST:
        raise TooManyEventsError
    snapshot = serving.snapshot
    if snapshot is EMPTY:
        raise EventsNotAcceptedError
    now_ms = int(clock.epoch_seconds() * 1000)
    accepted: list[DeviceReport] = []
    results: list[dict[str, Any]] = []
    for index, raw in enumerate(events):
        try:
            report = read(raw, now_ms)
            app = _known_app(report.app_id, snapshot.apps)
        except EventRefusedError as error:
            results.append({"status": "error", "index": index, "error": error.code, "message": error.message})
        else:
            accepted.append(_acceptable(request, app, report))
            results.append({"status": "ok", "index": index})
    events_append(accepted)
    return results


def _decode_patiently(body: bytes) -> Any:
    """Read what msgspec refuses as a whole for half a surrogate pair in one event: JavaScript cuts text so.

    Raises:
        RequestError: It isn't JSON.
    """
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise RequestError("The body isn't JSON.") from error


def _known_app(app_id: str, apps: Mapping[str, ServedApp]) -> ServedApp:
    app = apps.get(app_id)
    if app is None:
        raise EventRefusedError("There is no such app.")
    return app


def _acceptable(request: Request, app: ServedApp, report: DeviceReport) -> DeviceReport:
    """Hold a report to the app's rules: its details only as consent goes; with PHI by TLS, and without them.

    Raises:
        InsecureRequestError: It came in clear.
    """
    report = app.view.telemetry.held(report, signals_gpc=request.signals_gpc)
    if not app.view.handles_phi:
        return report
    if not request.is_secure:
        phi_refusal_note(report.app_id, PHIMark.TRANSPORT)
        raise InsecureRequestError
    return report_stripped(report)
