"""A real issuer of tokens: an HTTP server with a discovery document and keys, which rotates and breaks."""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from releaseconsole.kernel import clock
from releaseconsole.kernel.jose.algorithms import Algorithm
from tests.support.forge import forge
from tests.support.key_ring import Ringed, ring_key, stranger_key

DISCOVERY = "/.well-known/openid-configuration"
KEYS = "/keys"
# Instead of an answer: takes the request's handler and does as it likes.
Misbehaviour = Callable[[BaseHTTPRequestHandler], None]


class RunningIssuer:
    """What tests ask of it; `asked` counts requests by path."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self.url = f"http://127.0.0.1:{server.server_port}"
        self.asked: Counter[str] = Counter()
        self.cache_control = "max-age=300"
        self.further: dict[str, Any] = {}
        self.misbehaviours: dict[str, Misbehaviour] = {}
        self.keys: dict[str, Ringed] = {"first": ring_key(Algorithm.RS256)}

    def rotate(self) -> None:
        """Sign with another key from now on, and publish no other."""
        self.keys = {f"key-{len(self.asked)}-{self.asked.total()}": stranger_key(Algorithm.ES256)}

    @property
    def documents(self) -> dict[str, bytes]:
        discovery = {"issuer": self.url, "jwks_uri": self.url + KEYS} | self.further
        jwks = [{**(key.private.public_jwk() or {}), "kid": kid} for kid, key in self.keys.items()]
        return {DISCOVERY: json.dumps(discovery).encode(), KEYS: json.dumps({"keys": jwks}).encode()}

    def token(self, claims: dict[str, Any], **header: Any) -> str:
        """Sign claims with its newest key; `iss` and times are filled in, `...` leaves a claim out."""
        kid, key = list(self.keys.items())[-1]
        now = int(clock.epoch_seconds())
        filled = {"iss": self.url, "iat": now, "nbf": now, "exp": now + 300} | claims
        members = {"alg": key.algorithm.value, "kid": kid, "typ": "JWT"} | header
        return forge(members, {n: v for n, v in filled.items() if v is not ...}, key.sign)


@contextmanager
def issuer_started() -> Iterator[RunningIssuer]:
    """Run one on a port of its own until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            issuer.asked[self.path] += 1
            if misbehave := issuer.misbehaviours.get(self.path):
                misbehave(self)
                return
            document = issuer.documents.get(self.path)
            answer(self, document or b"{}", status=200 if document else 404, cache=issuer.cache_control)

        def log_message(self, *args: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    issuer = RunningIssuer(server)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def answer(
    handler: BaseHTTPRequestHandler,
    body: bytes,
    *,
    status: int = 200,
    media_type: str = "application/json",
    cache: str = "",
    **headers: str,
) -> None:
    handler.send_response(status)
    own = {"Content-Type": media_type, "Cache-Control": cache, "Content-Length": str(len(body))}
    for name, value in (own | {name.replace("_", "-"): value for name, value in headers.items()}).items():
        if value:
            handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


def redirecting(handler: BaseHTTPRequestHandler) -> None:
    answer(handler, b"{}", status=302, Location=KEYS)


def failing(handler: BaseHTTPRequestHandler) -> None:
    answer(handler, b"{}", status=503)


def endless(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(b" " * 65_536)
    except OSError:  # the caller has had enough, which is the point
        handler.close_connection = True


def dripping(handler: BaseHTTPRequestHandler) -> None:
    """Never silent for long, and never done."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(b" ")
            time.sleep(0.01)
    except OSError:
        handler.close_connection = True


def saying(body: bytes, **more: Any) -> Misbehaviour:
    return lambda handler: answer(handler, body, **more)
