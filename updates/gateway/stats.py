"""`/device/capgo/stats`: events of the stock plugin, single or in batches."""

from http import HTTPStatus

from releaseconsole.kernel.errors import ConsoleError
from updates.domain.telemetry import DeviceReport, capgo_report_read
from updates.errors import EventsNotAcceptedError
from updates.gateway.reports import RETRY, posted_json, reports_accept
from updates.gateway.wire import Headers, Request, RequestError, Response, json_value


def handle(request: Request) -> Response:
    """Accept one event or an array of them.

    The plugin drops a batch on any 4xx and repeats it on 503, so 4xx is for what no repetition can mend.
    """
    try:
        body = posted_json(request)
        results = reports_accept(request, body if isinstance(body, list) else [body], _read)
    except RequestError as error:
        return _refusal(error, status=error.status, headers=error.headers)
    except EventsNotAcceptedError as error:
        return _refusal(error, status=HTTPStatus.SERVICE_UNAVAILABLE, headers=RETRY)
    return json_value({"status": "ok", "results": results})


def _refusal(error: ConsoleError, *, status: int, headers: Headers) -> Response:
    return json_value({"error": error.code, "message": error.message}, status=status, headers=headers)


def _read(raw: object, now_ms: int) -> DeviceReport:
    return capgo_report_read(raw, received_at_ms=now_ms)
