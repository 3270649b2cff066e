"""`/healthz` and `/readyz`: is the process up, and can it answer devices."""

from updates.gateway.serving import serving
from updates.gateway.wire import Request, Response, json_value


def healthz(_request: Request) -> Response:
    """Say that the process answers."""
    return Response(200, [("Content-Type", "text/plain"), ("Cache-Control", "no-store")], b"ok\n")


def readyz(_request: Request) -> Response:
    """Say which parts answer, from what the watching thread last saw: this never waits for a dead part."""
    standing = serving.standing()
    parts = {name: "ok" if is_ok else "failed" for name, is_ok in standing.items()}
    return json_value(parts, status=200 if all(standing.values()) else 503)
