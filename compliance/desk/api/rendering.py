"""Answers that aren't JSON documents: lines of JSON, and texts that are signed as they are."""

import json
from typing import Any

from rest_framework.renderers import BaseRenderer


class _Plain(BaseRenderer):
    """Is there to be asked for: views write such answers themselves. What they refuse is JSON."""

    charset = "utf-8"

    def render(self, data: Any, *_: Any, **__: Any) -> bytes:
        """Write a problem document."""
        return json.dumps(data).encode()


class LinesRenderer(_Plain):
    """A JSON document on each line."""

    media_type = "application/x-ndjson"
    format = "ndjson"


class TextRenderer(_Plain):
    """A text."""

    media_type = "text/plain"
    format = "txt"
