"""Nested tokens: a signed token inside an encrypted one (RFC 7519, section 5.2), for claims classed PHI.

Signed first, encrypted second, so that nobody can put their own name to content they only carry, and the
signature stays private too. Both layers say in `typ` what kind of token it is, and both are held to it: a
`release+jwt` in an envelope marked `phi-release+jwt` is as wrong as the reverse (RFC 8725, section 3.11).

Anybody can encrypt to a public key. A token that opened is only a token that was meant for this key: who made
it is said by the inner signature, which `nested_verify` verifies, or the caller of `nested_open` has to.
Whatever fails, in either layer, is one and the same refusal, so that nobody learns to decrypt by asking.
"""

from collections.abc import Mapping
from typing import Any, Final

from releaseconsole.kernel.encoding import EncodingError, b64url_decode, b64url_encode, canonical_json
from releaseconsole.kernel.jose.encryption_headers import EncryptionHeader, encryption_header_parse
from releaseconsole.kernel.jose.encryption_keys import DecryptionKey, RecipientKey
from releaseconsole.kernel.jose.errors import TokenRefusedError
from releaseconsole.kernel.jose.headers import header_parse
from releaseconsole.kernel.jose.kinds import TokenKind
from releaseconsole.kernel.jose.public_keys import VerificationKey
from releaseconsole.kernel.jose.verification import MAX_TOKEN_LENGTH, Expected, token_verify

# Room for the longest inner token in base64url (10,923 characters), a header with `epk` and the encrypted key
# of RSA-8192. joserfc's own limit is 65,536.
MAX_NESTED_LENGTH: Final = 13_312
_SEGMENTS: Final = 5
_INNER_SEGMENTS: Final = 3
_IV_BYTES: Final = 12
# A shorter GCM tag is easier to guess, and each guess helps with the next.
_TAG_BYTES: Final = 16


def nested_encrypt(inner: str, *, typ: str, recipient: RecipientKey) -> str:
    """Encrypt a signed token to one recipient, into a compact JWE.

    Pad the inner claims first (`padding`): the length of the result tells the length of what is inside.

    Args:
        inner: Compact JWS, just signed by us.
        typ: The kind's `typ`; the inner header must say the same.
        recipient: Who may read it.

    Raises:
        TokenRefusedError: `inner` is no compact JWS of that kind, or so long that nobody would open it.
    """
    _inner_check(inner, typ)
    return recipient.encrypt(inner, typ=typ)


def secret_key_encrypt(secret: bytes, *, kid: str, typ: str, recipient: RecipientKey) -> str:
    """Encrypt an HS256 secret to the one who shall verify with it, as a JWK in a JWE (RFC 7517, section 7).

    `cty` and `typ` tell it from every token, so that it opens nowhere as one.
    """
    jwk = {"kty": "oct", "k": b64url_encode(secret), "alg": "HS256", "use": "sig", "kid": kid}
    return recipient.encrypt(canonical_json(jwk).decode(), typ=typ, cty="jwk+json")


def challenge_encrypt(challenge: str, *, typ: str, recipient: RecipientKey) -> str:
    """Encrypt a random text to whoever says that this key is theirs: who reads it out holds the key.

    Inside is no token, and ``cty`` and ``typ`` say so: it opens nowhere as one.
    """
    return recipient.encrypt(challenge, typ=typ, cty="text/plain")


def nested_open(token: str, *, typ: str, keys: Mapping[str, DecryptionKey]) -> str:
    """Decrypt a nested token and return the signed token inside, whose signature is still to be verified.

    Args:
        token: Compact JWE, untrusted.
        typ: The one kind the caller wants, outside and inside.
        keys: The caller's own keys, by `kid`.

    Raises:
        TokenRefusedError: Anything is wrong with it; `reason` says what, for the log.
    """
    segments = _split(token)
    key = _key_select(encryption_header_parse(segments[0]), typ, keys)
    _lengths_check(segments, key)
    try:
        inner = key.decrypt(token).decode("ascii")
    except UnicodeDecodeError as exc:
        raise TokenRefusedError("inner token: not ASCII") from exc
    _inner_check(inner, typ)
    return inner


def nested_verify(
    token: str,
    *,
    kind: TokenKind,
    decryption_keys: Mapping[str, DecryptionKey],
    keys: Mapping[str, VerificationKey],
    expected: Expected,
    now: int,
) -> dict[str, Any]:
    """Open a nested token, verify the signed token inside, and return its claims.

    Args:
        token: Compact JWE, untrusted.
        kind: The one kind of token the caller wants; both layers must name it.
        decryption_keys: The caller's own keys, by `kid`.
        keys: The signing keys the caller trusts for this issuer and audience, by `kid`.
        expected: Who must have issued it, for whom, about whom.
        now: Seconds since 1970 to judge times by.

    Raises:
        TokenRefusedError: Anything is wrong with either layer; `reason` says what, for the log.
        TokenExpiredError: Nothing is wrong with it except that its time is over.
    """
    inner = nested_open(token, typ=kind.typ, keys=decryption_keys)
    return token_verify(inner, kind=kind, keys=keys, expected=expected, now=now)


def _split(token: str) -> list[str]:
    if len(token) > MAX_NESTED_LENGTH:
        raise TokenRefusedError(f"nested token: {len(token)} characters")
    segments = token.split(".")
    if len(segments) != _SEGMENTS or not all(segments):
        raise TokenRefusedError("nested token: not five segments")
    return segments


def _key_select(header: EncryptionHeader, typ: str, keys: Mapping[str, DecryptionKey]) -> DecryptionKey:
    # As for signatures, the header's `alg` picks nothing; it only has to agree with the key.
    if header.typ != typ:
        raise TokenRefusedError(f"outer header: typ isn't {typ}")
    key = keys.get(header.kid)
    if key is None:
        raise TokenRefusedError(f"outer header: unknown kid {header.kid}")
    if header.alg is not key.algorithm:
        raise TokenRefusedError(f"outer header: alg isn't that of key {key.kid}")
    return key


def _lengths_check(segments: list[str], key: DecryptionKey) -> None:
    try:
        encrypted_key, iv, _, tag = (b64url_decode(segment) for segment in segments[1:])
    except EncodingError as exc:
        raise TokenRefusedError("nested token: not unpadded base64url") from exc
    if (len(encrypted_key), len(iv), len(tag)) != (key.encrypted_key_bytes, _IV_BYTES, _TAG_BYTES):
        raise TokenRefusedError("nested token: a segment of an impossible length")


def _inner_check(inner: str, typ: str) -> None:
    segments = inner.split(".")
    if len(inner) > MAX_TOKEN_LENGTH or len(segments) != _INNER_SEGMENTS:
        raise TokenRefusedError("inner token: too long, or not a compact JWS")
    if header_parse(segments[0]).typ != typ:
        raise TokenRefusedError(f"inner token: typ isn't {typ}")
