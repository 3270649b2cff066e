"""Answers that aren't JSON documents: lines of JSON, and texts that are signed as they are."""

import json
from typing import Any

from rest_framework.renderers import BaseRenderer


class _Plain(BaseRenderer):
    """Sends what a view wrote; what it refused, which is a dictionary, as the JSON that it is."""

    charset = "utf-8"

    def render(self, data: Any, *_: Any, **__: Any) -> bytes:
        """Write it."""
        return (data if isinstance(data, str) else json.dumps(data)).encode()


class LinesRenderer(_Plain):
    """A JSON document on each line."""

    media_type = "application/x-ndjson"
    format = "ndjson"


class TextRenderer(_Plain):
    """A text."""

    media_type = "text/plain"
    format = "txt"
