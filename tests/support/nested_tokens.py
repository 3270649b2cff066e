"""Nested tokens that are right in every way, and a way to spoil one thing at a time.

What is spoilt is encrypted rightly to the recipient, so that only the named check stands between.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from releaseconsole.kernel.jose.ec_keys import ES256Key
from releaseconsole.kernel.jose.encryption import nested_encrypt, nested_verify
from releaseconsole.kernel.jose.encryption_keys import (
    DecryptionKey,
    EncryptionAlgorithm,
    RecipientKey,
    recipient_key_import,
)
from releaseconsole.kernel.jose.errors import TokenRefusedError
from releaseconsole.kernel.jose.padding import PAD_CLAIM, pad_claims
from signing.domain.release_token import RELEASE_TOKEN
from tests.support.forge import forge
from tests.support.nested_forge import Wrap, ecdh_wrap, epk_of, nested_forge, oaep_wrap
from tests.support.tokens import EXPECTED, NOW, install_claims

TYP = "phi-release+jwt"
PHI = replace(RELEASE_TOKEN, typ=TYP, optional={**RELEASE_TOKEN.optional, "pad": PAD_CLAIM})

SIGNER = ES256Key.generate()
SIGNER_KID = SIGNER.public_jwk()["kid"]
SIGNERS = {SIGNER_KID: SIGNER.verification_key(SIGNER_KID)}

ECDH, RSA = EncryptionAlgorithm.ECDH_ES_A256KW, EncryptionAlgorithm.RSA_OAEP_256
OWN = {algorithm: DecryptionKey.generate(algorithm) for algorithm in EncryptionAlgorithm}
BY_KID = {key.kid: key for key in OWN.values()}
STRANGER = DecryptionKey.generate(ECDH)
EPHEMERAL = ec.generate_private_key(ec.SECP256R1())


def public_of(algorithm: EncryptionAlgorithm) -> Any:
    return OWN[algorithm]._key.public_key()


def recipient(key: DecryptionKey) -> RecipientKey:
    return recipient_key_import(key.public_jwk())


WRAPS: Mapping[EncryptionAlgorithm, Wrap] = {
    ECDH: ecdh_wrap(EPHEMERAL, public_of(ECDH)),
    RSA: oaep_wrap(public_of(RSA)),
}
HEADERS: Mapping[EncryptionAlgorithm, dict[str, Any]] = {
    algorithm: {
        "alg": algorithm.value,
        "enc": "A256GCM",
        "kid": OWN[algorithm].kid,
        "typ": TYP,
        "cty": "JWT",
        **({"epk": epk_of(EPHEMERAL)} if algorithm is ECDH else {}),
    }
    for algorithm in EncryptionAlgorithm
}


def signed(claims: Mapping[str, Any] | bytes | None = None, *, typ: str = TYP) -> str:
    header = {"alg": "ES256", "kid": SIGNER_KID, "typ": typ}
    return forge(header, pad_claims(install_claims()) if claims is None else claims, SIGNER.sign)


INNER = signed()
GOOD = {algorithm: nested_encrypt(INNER, typ=TYP, recipient=recipient(OWN[algorithm])) for algorithm in OWN}


def forged(
    algorithm: EncryptionAlgorithm, inner: str | bytes = INNER, wrap: Wrap | None = None, **changed: Any
) -> str:
    """Make a token whose header has the changes; a change to `...` leaves the member out."""
    header = {name: value for name, value in (HEADERS[algorithm] | changed).items() if value is not ...}
    plaintext = inner.encode() if isinstance(inner, str) else inner
    return nested_forge(header, plaintext, wrap or WRAPS[algorithm])


def verify(token: str, *, now: int = NOW) -> dict[str, Any]:
    return nested_verify(token, kind=PHI, decryption_keys=BY_KID, keys=SIGNERS, expected=EXPECTED, now=now)


def refusal(token: str) -> str:
    with pytest.raises(TokenRefusedError) as caught:
        verify(token)
    assert (str(caught.value), caught.value.code) == ("The token isn't valid.", "token_refused")
    return caught.value.reason
