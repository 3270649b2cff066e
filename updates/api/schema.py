"""What all operations have in common in the OpenAPI document."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema

from accounts.api.problems import CONTENT_TYPE
from updates.api.serializers import ProblemOut

F = TypeVar("F", bound=Callable[..., Any])

IDEMPOTENCY_KEY: Final = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="Makes a retry safe: the same key and request get the same answer again, for 24 hours.",
)


def operation(operation_id: str, *, ok: dict[int, Any], **more: Any) -> Callable[[F], F]:
    """Describe a view's method: its good answers, and problem documents for all others.

    The method's docstring is the operation's description.
    """
    problem = OpenApiResponse(ProblemOut, description="A problem document (RFC 9457).")
    refusals = {(status, CONTENT_TYPE): problem for status in (401, 403, 404, *_refusals(more))}
    described: Callable[[F], F] = extend_schema(
        operation_id=operation_id, responses={**ok, **refusals}, **more
    )
    return described


def _refusals(more: dict[str, Any]) -> tuple[int, ...]:
    return (400, 409, 413, 415, 422) if "request" in more else ()
