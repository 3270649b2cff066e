"""Previews: channels for one pull request, for testers only, that end by themselves."""

import re
import unicodedata
from typing import Final

from releaseconsole.kernel.encoding import sha256_hex
from updates.errors import InvalidValueError

MAX_DAYS: Final = 30
DEFAULT_DAYS: Final = 7
MAX_TESTERS: Final = 100
DEFAULT_TESTERS: Final = 20
# At a time and app: a CI that opens one for every branch and ends none is stopped here.
MAX_RUNNING: Final = 100

_PREFIX: Final = "preview-"
_MAX_SUBJECT: Final = 80
# With the prefix at most 64 characters, as channels' names have.
_MAX_SLUG: Final = 56
_HASH_LENGTH: Final = 8


def preview_subject_check(text: str) -> str:
    """Return what a preview is of, such as `PR 123` or a branch, in one line.

    Raises:
        InvalidValueError: It's empty, too long, or has characters that can't be seen.
    """
    subject = unicodedata.normalize("NFC", text.strip())
    if not subject or len(subject) > _MAX_SUBJECT or not subject.isprintable():
        raise InvalidValueError(
            f"Say what it's a preview of, in at most {_MAX_SUBJECT} characters; for example PR 123."
        )
    return subject


def preview_channel_name(subject: str) -> str:
    """Name the channel of a preview: the same for the same subject, whatever characters that has."""
    slug = re.sub(r"[^a-z0-9]+", "-", subject.lower()).strip("-")
    if slug and len(slug) <= _MAX_SLUG:
        return _PREFIX + slug
    room = _MAX_SLUG - _HASH_LENGTH - 1
    digest = sha256_hex(subject.encode())[:_HASH_LENGTH]
    return _PREFIX + "-".join(part for part in (slug[:room].strip("-"), digest) if part)


def preview_terms_check(*, days: int, testers: int) -> None:
    """Make sure that a preview is short and small.

    Raises:
        InvalidValueError: It isn't.
    """
    if not 1 <= days <= MAX_DAYS:
        raise InvalidValueError(f"A preview runs for 1 to {MAX_DAYS} days.")
    if not 1 <= testers <= MAX_TESTERS:
        raise InvalidValueError(f"A preview is for 1 to {MAX_TESTERS} testers.")
