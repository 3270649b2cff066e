"""The `Idempotency-Key` header: a request that is sent again is answered again, not done again."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.errors import IdempotencyKeyError
from accounts.api.scope import token_of
from releaseconsole.kernel.encoding import canonical_json, sha256_hex
from updates.models import App
from updates.services.idempotency import Answer, idempotency_run

_KEY: Final = re.compile(r"[\x21-\x7e]{1,255}\Z")

Act = Callable[[], tuple[int, Mapping[str, Any]]]


def answer_once(request: Request, *, app: App, asked: Mapping[str, Any], act: Act) -> Response:
    """Act and answer with status and body; under a known key answer as before.

    Args:
        request: The request, for its key, token, method and path.
        app: The app acted on.
        asked: What the body asks, JSON-ready; a file by its hash.
        act: Does it and returns status and body.

    Raises:
        IdempotencyKeyError: The header isn't acceptable.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        status, body = act()
        return Response(body, status=status)
    if not _KEY.match(key):
        raise IdempotencyKeyError
    answer, replayed = idempotency_run(
        app=app,
        token_id=token_of(request).pk,
        key=key,
        request_sha256=_request_sha256(request, asked),
        act=lambda: _rendered(*act()),
    )
    headers = {"Idempotency-Replayed": "true"} if replayed else {}
    return Response(json.loads(answer.body), status=answer.status, headers=headers)


def _request_sha256(request: Request, asked: Mapping[str, Any]) -> str:
    return sha256_hex(canonical_json({"method": request.method, "path": request.path, "asked": asked}))


def _rendered(status: int, body: Mapping[str, Any]) -> Answer:
    return Answer(status, JSONRenderer().render(body).decode())
