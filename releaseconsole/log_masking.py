"""Keeps links that let somebody in out of the log: whoever reads it could use one before its owner does.

Django logs the path of each request that it refuses, and its development server that of every one.
"""

import logging
import re
from typing import Final

_LINK: Final = re.compile(
    r"(/(?:setup|invited|reset|beta/(?:invite|me|letter)|privacy/receipts/[^/\s?#'\"]+)/)[^/\s?#'\"]+"
)
_MASKED: Final = r"\1[masked]"


def links_mask(text: str) -> str:
    """Put `[masked]` in place of what makes a link one's own."""
    return _LINK.sub(_MASKED, text)


class LinkFilter(logging.Filter):
    """Masks such links in whatever a record says."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through, its message and its arguments masked."""
        message = record.getMessage()
        masked = links_mask(message)
        if masked != message:
            record.msg, record.args = masked, None
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = links_mask(record.exc_text)
        return True
