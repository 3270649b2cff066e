"""Kinds of letters to who makes a privacy request."""

from enum import StrEnum
from typing import Final


class RequestLetterKind(StrEnum):
    """Which letter; its value names the template."""

    ACKNOWLEDGE = "acknowledge"
    EXTEND = "extend"
    DENY = "deny"
    COMPLETE = "complete"
    WITHDRAW = "withdraw"
    RECEIPT = "receipt"

    @property
    def words(self) -> str:
        """How pages call it."""
        return _LETTER_WORDS[self]


_LETTER_WORDS: Final = {
    RequestLetterKind.ACKNOWLEDGE: "Acknowledgement",
    RequestLetterKind.EXTEND: "Notice of extension",
    RequestLetterKind.DENY: "Denial",
    RequestLetterKind.COMPLETE: "Answer",
    RequestLetterKind.WITHDRAW: "Confirmation of the withdrawal",
    RequestLetterKind.RECEIPT: "Receipt",
}
