"""The signature algorithms the console knows, by their fully specified JOSE names (RFC 7518, RFC 9864)."""

from enum import StrEnum


class Algorithm(StrEnum):
    """One key has exactly one of these, for life (RFC 8725bis); `none` and `EdDSA` aren't among them."""

    ES256 = "ES256"
    HS256 = "HS256"
