"""Receiving a bundle: to disk as it arrives, and no further than the limit."""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import TemporaryFileUploadHandler

from updates.domain.bundle_archive.errors import BundleTooLargeError

# Room for the other fields and the multipart frame, when a request is judged by its declared length.
_FRAME_BYTES = 1_000_000


class BundleUploadHandler(TemporaryFileUploadHandler):
    """Stops receiving as soon as all files of the request together pass `BUNDLE_MAX_BYTES`."""

    received = 0

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, str],  # noqa: N803 (Django's signature)
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        """Refuse a request that says it's too large, before its first byte is read.

        Raises:
            BundleTooLargeError: It says so.
        """
        if content_length > settings.BUNDLE_MAX_BYTES + _FRAME_BYTES:
            raise BundleTooLargeError(_too_large())
        super().handle_raw_input(input_data, META, content_length, boundary, encoding)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Write a piece to disk.

        Raises:
            BundleTooLargeError: It's one piece too many.
        """
        self.received += len(raw_data)
        if self.received > settings.BUNDLE_MAX_BYTES:
            self.upload_interrupted()  # removes the file; Django leaves that to garbage collection
            raise BundleTooLargeError(_too_large())
        return super().receive_data_chunk(raw_data, start)


def _too_large() -> str:
    return f"A bundle may have {settings.BUNDLE_MAX_BYTES:,} bytes."
