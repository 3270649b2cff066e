"""Addresses with a NUL byte in them are refused before anybody looks anything up by them."""

from collections.abc import Callable

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse


class NULRefusalMiddleware:
    """PostgreSQL takes no NUL in text: a look-up would fail, and so would the record of a refusal."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, unless path or query has one.

        Raises:
            SuspiciousOperation: It has; Django makes that a 400.
        """
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            raise SuspiciousOperation("A NUL byte in the address.")
        return self._get_response(request)
