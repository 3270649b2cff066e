"""A receiver of webhooks: a real HTTP server that keeps what it's sent, and misbehaves.

It verifies as the standard tells receivers to, in code of its own.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any

from tests.support.issuer import Misbehaviour


@dataclass(frozen=True)
class Received:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def message(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self.body)
        return message

    def is_signed_with(self, secret: str) -> bool:
        """Whether one of its signatures is of this secret, as standardwebhooks.com says to look."""
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
        signed = b".".join([self.id.encode(), self.headers["webhook-timestamp"].encode(), self.body])
        made = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        return any(hmac.compare_digest(made, one) for one in self.headers["webhook-signature"].split(" "))


class Receiver:
    """What tests ask of it; `status` is what it answers with."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self.port = server.server_port
        self.url = f"http://127.0.0.1:{self.port}/hook"
        self.received: list[Received] = []
        self.status = 204
        self.answers: dict[str, str] = {}
        self.misbehaviour: Misbehaviour | None = None
        self.lock = Lock()

    def names(self) -> list[str]:
        return [each.message["type"] for each in self.received]


@contextmanager
def receiver_started() -> Iterator[Receiver]:
    """Run one on a port of its own until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            with receiver.lock:
                receiver.received.append(Received(self.path, headers, body))
            if receiver.misbehaviour:
                receiver.misbehaviour(self)
                return
            self.send_response(receiver.status)
            for name, value in receiver.answers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *args: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    receiver = Receiver(server)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
