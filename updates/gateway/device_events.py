"""`POST /device/v1/events`: events of our own client, one device and many events in one object.

`{"app_id", "device_id", "events": [{"action", "version", "at"?, "old_version"?, "detail"?}]}`, with `at` in
milliseconds since 1970 and the device's `platform`, `native_version`, `channel` and so on beside `app_id`.
The actions are the plugin's; docs/telemetry.md lists those that count.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from updates.domain.telemetry import DeviceReport, own_report_read
from updates.errors import EventsNotAcceptedError
from updates.gateway.reports import RETRY, ReportReader, posted_json, reports_accept
from updates.gateway.wire import Request, RequestError, Response, json_value, problem


def handle(request: Request) -> Response:
    """Accept the events of one device."""
    try:
        envelope, events = _envelope(posted_json(request))
        results = reports_accept(request, events, _reader(envelope))
    except RequestError as error:
        return problem(error, status=error.status, headers=error.headers)
    except EventsNotAcceptedError as error:
        return problem(error, status=HTTPStatus.SERVICE_UNAVAILABLE, headers=RETRY)
    return json_value({"results": results})


def _envelope(body: Any) -> tuple[Mapping[str, Any], list[object]]:
    if not isinstance(body, dict) or not isinstance(body.get("events"), list):
        raise RequestError("The body is an object with `app_id`, `device_id` and an array `events`.")
    return body, body["events"]


def _reader(envelope: Mapping[str, Any]) -> ReportReader:
    def read(raw: object, now_ms: int) -> DeviceReport:
        return own_report_read(envelope, raw, received_at_ms=now_ms)

    return read
