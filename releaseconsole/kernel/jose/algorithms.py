"""The signature algorithms the console knows, by their fully specified JOSE names (RFC 7518, RFC 9864).

Room is left for ML-DSA (RFC 9964: `kty` AKP, `alg` part of the thumbprint, no pre-hash), which isn't built:
an algorithm is a member here, a class in `key_families` and an importer in `public_keys`. Its signatures take
2,420 to 4,627 bytes, up to 6,170 characters: `MAX_TOKEN_LENGTH` holds one beside a decision, and a column for
`alg` or `kid` needs no more room. Only joserfc would need telling (it stops at 1,024 bytes of signature).
"""

from enum import StrEnum


class Algorithm(StrEnum):
    """One key has exactly one of these, for life (RFC 8725bis); `none` and `EdDSA` aren't among them."""

    ES256 = "ES256"
    ES384 = "ES384"
    ED25519 = "Ed25519"
    RS256 = "RS256"
    PS256 = "PS256"
    HS256 = "HS256"


# Whoever verifies with one of these can't forge with it: the ones for tokens that leave the server.
ASYMMETRIC_ALGORITHMS = frozenset(Algorithm) - {Algorithm.HS256}
