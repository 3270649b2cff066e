"""Parsers that read no more than they should."""

from collections.abc import Mapping
from io import BytesIO
from typing import IO, Any, Final

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from accounts.api.errors import RequestTooLargeError

_MOST_BYTES: Final = 64 * 1024


class BoundedJSONParser(JSONParser):
    """JSON objects of at most 64 KiB; REST framework's own parser reads whatever comes."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Parse the body.

        Raises:
            RequestTooLargeError: More bytes than that.
            ParseError: Not a JSON object.
        """
        body = stream.read(_MOST_BYTES + 1)
        if len(body) > _MOST_BYTES:
            raise RequestTooLargeError(f"The body may have {_MOST_BYTES:,} bytes.")
        try:
            parsed = super().parse(BytesIO(body), media_type, parser_context)
        except RecursionError as error:
            raise ParseError("The JSON is nested too deeply.") from error
        if not isinstance(parsed, dict):
            raise ParseError("The body must be a JSON object.")
        return parsed
