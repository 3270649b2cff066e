"""`/healthz` and `/readyz`: is the process up, and can it answer devices."""

from typing import Final

from updates.gateway.serving import serving
from updates.gateway.wire import Request, Response, json_value

# An app whose devices get no chain of trust is told of, but taking every process out of service for it would
# take the decisions of all other apps and the downloads with it; an offline root may be waiting for a person.
_ONLY_TOLD: Final = frozenset({"trust"})


def healthz(_request: Request) -> Response:
    """Say that the process answers."""
    return Response(200, [("Content-Type", "text/plain"), ("Cache-Control", "no-store")], b"ok\n")


def readyz(_request: Request) -> Response:
    """Say which parts answer, from what the watching thread last saw: this never waits for a dead part."""
    standing = serving.standing()
    parts = {name: "ok" if is_ok else "failed" for name, is_ok in standing.items()}
    is_ready = all(is_ok for name, is_ok in standing.items() if name not in _ONLY_TOLD)
    return json_value(parts, status=200 if is_ready else 503)
