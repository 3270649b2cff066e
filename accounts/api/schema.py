"""What all operations have in common in the OpenAPI document."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers

from accounts.api.problems import CONTENT_TYPE

F = TypeVar("F", bound=Callable[..., Any])


class ProblemOut(serializers.Serializer[Any]):
    """A problem document (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField(help_text="Stable; docs/api.md lists all.")
    errors = serializers.DictField(  # type: ignore[assignment]  # the metaclass takes fields off the class
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text="With `invalid_value`: messages by field.",
    )


def operation(
    operation_id: str, *, ok: Mapping[int, Any] | Mapping[tuple[int, str], Any], **more: Any
) -> Callable[[F], F]:
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
