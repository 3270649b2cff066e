"""RFC 7638: a key's name that nobody can give to another key."""

import hashlib
from collections.abc import Mapping
from typing import Final

from releaseconsole.kernel.encoding import b64url_encode, canonical_json
from releaseconsole.kernel.jose.errors import KeyRefusedError

# Section 3.2. Symmetric keys are left out on purpose: their thumbprint is a hash of the secret.
_REQUIRED_MEMBERS: Final[Mapping[str, tuple[str, ...]]] = {
    "EC": ("crv", "kty", "x", "y"),
    "OKP": ("crv", "kty", "x"),
    "RSA": ("e", "kty", "n"),
}


def thumbprint(jwk: Mapping[str, object]) -> str:
    """Compute the SHA-256 thumbprint of a public key, 43 characters of base64url.

    Raises:
        KeyRefusedError: A symmetric or unknown type of key, or a required member is missing.
    """
    try:
        members = {name: jwk[name] for name in _REQUIRED_MEMBERS[str(jwk["kty"])]}
    except KeyError as exc:
        raise KeyRefusedError("This key has no public thumbprint.") from exc
    return b64url_encode(hashlib.sha256(canonical_json(members)).digest())
