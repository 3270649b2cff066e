"""The order of each list, and what its cursors look like."""

import re
from typing import Final

from accounts.api.pagination import ConsolePagination

_NAME: Final = re.compile(r"[A-Za-z0-9._-]{1,155}")
_NUMBER: Final = re.compile(r"[0-9]{1,18}")


class AppPagination(ConsolePagination):
    """By id."""

    ordering = "app_id"
    position = _NAME


class ChannelPagination(ConsolePagination):
    """By name, which is unique within an app."""

    ordering = "name"
    position = _NAME


class NewestFirstPagination(ConsolePagination):
    """What is numbered as it comes, newest first."""

    ordering = "-id"
    position = _NUMBER


class ReleasePagination(ConsolePagination):
    """Newest first."""

    ordering = "-release_seq"
    position = _NUMBER


class WebhookPagination(ConsolePagination):
    """As they were added."""

    ordering = "id"
    position = _NUMBER
