"""Places for copies of checkpoints, and which of them are set up."""

from collections.abc import Iterator
from typing import Protocol

from django.conf import settings

from compliance.ledger.backends.anchor_files import FileDrop
from compliance.ledger.backends.anchor_s3 import S3Drop


class AnchorPlace(Protocol):
    """Somewhere a copy is laid down, and can be read back."""

    def lay(self, name: str, note: str) -> None:
        """Lay a copy down; the same one again is fine.

        Raises:
            AnchorError: It can't be, or another one has that name.
        """

    def read(self, name: str) -> str | None:
        """Read one back; None: it isn't there.

        Raises:
            AnchorError: The place can't be reached.
        """

    def newest(self, count: int) -> Iterator[str]:
        """Name the newest that are there, newest first, whoever put them there.

        Raises:
            AnchorError: The place can't be reached.
        """


def file_drop() -> FileDrop | None:
    """Return the folder; None: there's none."""
    return FileDrop(settings.LEDGER_ANCHOR_DIR) if settings.LEDGER_ANCHOR_DIR else None


def s3_drop() -> S3Drop | None:
    """Return the bucket; None: there's none.

    Raises:
        AnchorError: The setting names none.
    """
    return S3Drop(settings.LEDGER_ANCHOR_S3) if settings.LEDGER_ANCHOR_S3 else None
