"""How delicate a custom claim is (docs/token-profiles.md says what follows from each)."""

from enum import StrEnum


class ClaimClass(StrEnum):
    """The class of a custom claim; the strictest one in a token decides how the token travels."""

    PUBLIC = "public"
    INTERNAL = "internal"
    PERSONAL = "personal"
    PHI = "phi"


class ClaimType(StrEnum):
    """What values a custom claim takes."""

    TEXT = "text"
    WHOLE = "whole"
    FLAG = "flag"
