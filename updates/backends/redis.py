"""The names of this floor's keys in Redis."""

from typing import Final

TABLE_VERSION_KEY: Final = "rc:table-version"
EVENT_STREAM: Final = "rc:events"
# Says that something of an erased device went through a stream: the append-only file still has it.
ERASED_PASSED_KEY: Final = "rc:erased-passed"
