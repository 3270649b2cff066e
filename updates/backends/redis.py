"""The names of this floor's keys in Redis."""

from typing import Final

TABLE_VERSION_KEY: Final = "rc:table-version"
EVENT_STREAM: Final = "rc:events"
