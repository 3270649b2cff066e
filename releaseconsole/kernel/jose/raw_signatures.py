"""Verifying a signature before it becomes part of a token that leaves."""

from releaseconsole.kernel.encoding import b64url_encode
from releaseconsole.kernel.jose.compact import signature_check
from releaseconsole.kernel.jose.errors import TokenRefusedError
from releaseconsole.kernel.jose.public_keys import VerificationKey


def signature_verify(signing_input: bytes, signature: bytes, key: VerificationKey) -> None:
    """Verify `signature` over the signing input of a JWS (encoded header, dot, encoded payload) of ours.

    Raises:
        TokenRefusedError: It doesn't verify, or is in another encoding than RFC 7518's.
    """
    if len(signature) != key.signature_bytes:
        raise TokenRefusedError(f"signature: {len(signature)} bytes instead of {key.signature_bytes}")
    signature_check(f"{signing_input.decode('ascii')}.{b64url_encode(signature)}", key)
