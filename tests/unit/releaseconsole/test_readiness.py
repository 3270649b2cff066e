"""When the supervisor takes a web process for ready."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from releaseconsole.supervisor.readiness import web_answers, web_failures

GOOD = {"database": "ok", "redis": "ok", "key": "ok", "trust": "ok", "decision_table": "ok"}


class Answers(BaseHTTPRequestHandler):
    parts: dict[str, str] = GOOD

    def do_GET(self) -> None:
        is_ready = self.path == "/healthz" or "failed" not in self.parts.values()
        self.send_response(200 if is_ready else 503)
        self.end_headers()
        self.wfile.write(json.dumps(self.parts).encode() if self.path == "/readyz" else b"ok\n")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (its name there)
        pass


@pytest.fixture
def port() -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("failing", "is_ready"),
    [
        pytest.param([], True, id="all well"),
        pytest.param(["key"], True, id="an HSM that is away keeps nobody from starting"),
        pytest.param(["key", "trust"], True, id="nor a chain of trust that isn't there yet"),
        pytest.param(["database"], False, id="no database"),
        pytest.param(["redis", "key"], False, id="no Redis"),
    ],
)
def test_what_a_start_waits_for(
    port: int, failing: list[str], *, is_ready: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Answers, "parts", GOOD | dict.fromkeys(failing, "failed"))
    assert web_answers("127.0.0.1", port) is is_ready
    assert sorted(web_failures("127.0.0.1", port)) == sorted(failing)


def test_who_does_not_answer_is_not_ready(port: int) -> None:
    assert not web_answers("127.0.0.1", 1)
    assert web_failures("127.0.0.1", 1) == ["web"]
