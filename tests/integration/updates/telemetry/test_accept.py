"""Events on their way in: durable before the answer, one result each, no batch refused for one of them."""

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
import redis

from tests.integration.updates.telemetry.conftest import APP_ID, DEVICE, NOON_MS
from updates.backends import events
from updates.domain.targeting import AppView
from updates.domain.telemetry import DeviceReport
from updates.gateway import device_events, reports, stats
from updates.gateway.serving import serving
from updates.gateway.snapshot import EMPTY, ServedApp, Snapshot
from updates.gateway.wire import Handler, Request, Response
from updates.models import App

CAPGO = {
    "platform": "ios",
    "device_id": DEVICE.upper(),
    "app_id": APP_ID,
    "custom_id": "nurse.jane@example.com",
    "version_build": "1.0.0",
    "version_name": "1.2.0",
    "old_version_name": "builtin",
    "version_os": "18.1",
    "plugin_version": "8.51.23",
    "is_emulator": False,
    "is_prod": True,
    "defaultChannel": "production",
    "action": "set",
    "timestamp": NOON_MS,
}


@pytest.fixture(autouse=True)
def served(redis_client: redis.Redis, clinic: App) -> Iterator[None]:
    """The gateway knows the clinic's app. Its stream is looked at anew, since Redis was emptied."""
    before = serving.snapshot
    serving.snapshot = Snapshot(1, 1, {APP_ID: ServedApp(AppView(APP_ID, {}, {}, {}), None)}, None)
    events._fullness._look_again_at = 0.0
    yield
    serving.snapshot = before


def post(handler: Handler, body: Any, *, method: str = "POST") -> Response:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return handler(
        Request({
            "REQUEST_METHOD": method,
            "PATH_INFO": "/device/capgo/stats",
            "CONTENT_LENGTH": str(len(data)),
            "wsgi.input": io.BytesIO(data),
        })
    )


def answer(response: Response) -> Any:
    assert isinstance(response.body, bytes)
    return json.loads(response.body)


def streamed() -> list[DeviceReport]:
    entries = events.stream_read("rc:events", after="0-0", count=1000)
    return [report for entry in entries for report in events.report_decode(entry.payload)]


def test_a_batch_is_in_the_stream_when_it_is_answered() -> None:
    response = post(stats.handle, [CAPGO, CAPGO | {"action": "app_launch_ready"}])

    assert response.status == 200
    assert answer(response) == {
        "status": "ok",
        "results": [{"status": "ok", "index": 0}, {"status": "ok", "index": 1}],
    }
    assert [report.action for report in streamed()] == ["set", "app_launch_ready"]


def test_a_single_object_is_a_batch_of_one() -> None:
    single = {key: value for key, value in CAPGO.items() if key != "timestamp"}

    assert post(stats.handle, single).status == 200
    (report,) = streamed()
    assert (report.device_id, report.claimed_at_ms) == (DEVICE, 0)
    assert report.received_at_ms > NOON_MS


def test_what_may_name_a_person_is_not_taken_over() -> None:
    post(stats.handle, CAPGO)

    (entry,) = events.stream_read("rc:events", after="0-0", count=10)
    assert b"nurse.jane" not in entry.payload


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(None, id="null"),
        pytest.param("set", id="text"),
        pytest.param(CAPGO | {"app_id": "com.example.unknown"}, id="unknown app"),
        pytest.param(CAPGO | {"app_id": None}, id="no app"),
        pytest.param(CAPGO | {"device_id": ""}, id="no device"),
        pytest.param(CAPGO | {"action": ["set"]}, id="action of the wrong type"),
    ],
)
def test_one_bad_event_refuses_no_other(bad: object) -> None:
    response = post(stats.handle, [CAPGO, bad, CAPGO])

    assert response.status == 200
    results = answer(response)["results"]
    assert [result["status"] for result in results] == ["ok", "error", "ok"]
    assert (results[1]["index"], results[1]["error"]) == (1, "event_refused")
    assert len(streamed()) == 2


def test_text_cut_in_the_middle_of_a_character_refuses_no_batch() -> None:
    body = json.dumps([CAPGO | {"metadata": {"error": "\ud83d"}}, CAPGO])

    assert post(stats.handle, body.encode()).status == 200
    assert [report.detail for report in streamed()] == [{"error": "?"}, {}]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param(b"", 400, id="empty"),
        pytest.param(b"{", 400, id="cut off"),
        pytest.param(b'"\xff"', 400, id="not UTF-8"),
        pytest.param(b"[" * 200_000, 400, id="nested without end"),
        pytest.param(b"[" + b"9" * 5000 + b"]", 400, id="a number without end"),
        pytest.param(b" " * (reports.BODY_LIMIT + 1), 413, id="too large"),
        pytest.param([CAPGO] * 201, 413, id="too many"),
    ],
)
def test_what_no_repetition_can_mend_is_refused_for_good(body: object, status: int) -> None:
    response = post(stats.handle, body)

    assert response.status == status
    assert answer(response)["error"]
    assert streamed() == []


def test_other_methods_are_refused() -> None:
    assert post(stats.handle, b"", method="GET").status == 405
    assert post(device_events.handle, b"", method="GET").status == 405


def test_a_console_without_apps_asks_nobody_to_repeat() -> None:
    serving.snapshot = Snapshot(1, 1, {}, None)

    assert post(stats.handle, CAPGO).status == 200
    assert streamed() == []


@pytest.mark.parametrize("handler", [stats.handle, device_events.handle])
def test_a_process_that_has_no_table_yet_asks_for_a_repetition(handler: Handler) -> None:
    serving.snapshot = EMPTY

    response = post(handler, CAPGO | {"events": [{}]})

    assert response.status == 503
    assert dict(response.headers)["Retry-After"] == "5"


def test_a_full_stream_refuses_new_events_and_keeps_the_old(
    settings: Any, redis_client: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "LENGTH_CHECKED_EVERY", 0.0)
    settings.EVENT_STREAM_MAX_LENGTH = 2

    statuses = [post(stats.handle, CAPGO).status for _ in range(3)]

    assert statuses == [200, 200, 503]
    assert redis_client.xlen("rc:events") == 2


def test_a_stream_of_large_events_is_full_before_it_has_as_many(
    settings: Any, redis_client: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "LENGTH_CHECKED_EVERY", 0.0)
    settings.EVENT_STREAM_MAX_LENGTH = 100
    large = {"metadata": {str(number): "x" * 500 for number in range(7)}}

    statuses = [post(stats.handle, CAPGO | large | {"timestamp": NOON_MS + n}).status for n in range(50)]

    assert statuses[0] == 200
    assert statuses[-1] == 503
    assert 10 < redis_client.xlen("rc:events") < 40


def test_a_redis_that_takes_nothing_asks_for_a_repetition(
    redis_client: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    redis_client.set("rc:events", "a key of another type")

    assert post(stats.handle, CAPGO).status == 503


def test_our_own_client_names_itself_once() -> None:
    body = {
        "app_id": APP_ID,
        "device_id": DEVICE,
        "platform": "android",
        "native_version": "1.0.0",
        "events": [
            {"action": "set", "version": "1.2.0", "at": NOON_MS, "detail": {"took_ms": 812}},
            {"version": "1.2.0"},
        ],
    }
    response = post(device_events.handle, body)

    assert [result["status"] for result in answer(response)["results"]] == ["ok", "error"]
    (report,) = streamed()
    assert (report.action, report.version, report.claimed_at_ms) == ("set", "1.2.0", NOON_MS)
    assert report.detail == {"took_ms": "812"}


def test_our_own_client_gets_problem_documents() -> None:
    response = post(device_events.handle, [])

    assert response.status == 400
    assert ("Content-Type", "application/problem+json") in response.headers
