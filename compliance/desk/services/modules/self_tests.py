"""The console's own code on each path, tried: keys made for the test alone, and nothing kept of it.

What signs and seals in production isn't asked to sign: only the KEK is used, on a value that's thrown away.
"""

import base64
from collections.abc import Callable, Mapping
from typing import Final

from argon2.exceptions import Argon2Error
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.contrib.auth.hashers import Argon2PasswordHasher
from django_otp.oath import TOTP

from compliance.desk.backends.modules.measuring import attempt
from compliance.desk.domain.modules.libraries import Attempt
from compliance.ledger.domain.checkpoints import Checkpoint, NoteKey, note_compose, note_verify
from compliance.ledger.domain.merkle import leaf_hash
from releaseconsole.kernel import randomness, sealing
from releaseconsole.kernel.encoding import canonical_json
from releaseconsole.kernel.errors import ConsoleError
from releaseconsole.kernel.jose.algorithms import Algorithm
from releaseconsole.kernel.jose.encryption import nested_encrypt, nested_open
from releaseconsole.kernel.jose.encryption_keys import (
    DecryptionKey,
    EncryptionAlgorithm,
    recipient_key_import,
)
from releaseconsole.kernel.jose.hmac_keys import HS256Key
from releaseconsole.kernel.jose.key_families import private_key_generate
from releaseconsole.kernel.jose.kinds import COMMON_CLAIMS, JTI_LENGTH, TokenKind
from releaseconsole.kernel.jose.mac_tokens import MACVerifier
from releaseconsole.kernel.jose.private_keys import PrivateKey
from releaseconsole.kernel.jose.signing import TokenSigner
from releaseconsole.kernel.jose.verification import Expected, token_verify
from signing.services.backend_health import backends_probe
from updates.domain.webhooks.signatures import signatures

# Worth nothing to anybody: a kind of its own, for nobody, expired in 1970.
_KIND: Final = TokenKind(
    typ="module-test+jwt", algorithms=frozenset(Algorithm), required=COMMON_CLAIMS, max_life=1
)
_NOBODY: Final = Expected(issuer="module-test", audience="module-test", subject="module-test")
_CHEAPEST: Final = (1, 8, 1)  # RFC 9106, section 3.1: the least of each
_CLAIMS: Final = canonical_json({
    "iss": _NOBODY.issuer,
    "aud": _NOBODY.audience,
    "sub": _NOBODY.subject,
    "iat": 0,
    "exp": 1,
    "jti": "0" * JTI_LENGTH,
})


def path_test(key: str) -> Attempt | None:
    """Try the path of this name; None where there's nothing to try from here."""
    found = _TESTS.get(key)
    if found is None:
        return None
    title, run = found

    def tried() -> None:
        try:
            run()
        except (ConsoleError, Argon2Error) as exc:
            raise ValueError(str(exc)) from exc

    return attempt(title, tried, is_approved=True)


def _kid(key: PrivateKey) -> str:
    jwk = key.public_jwk()
    return jwk["kid"] if jwk else "module-test"


def _signed(key: PrivateKey) -> str:
    return TokenSigner(kid=_kid(key), algorithm=key.algorithm, typ=_KIND.typ, sign=key.sign).sign(_CLAIMS)


def _token() -> None:
    key = private_key_generate(Algorithm.ES256)
    keys = {_kid(key): key.verification_key(_kid(key))}
    token_verify(_signed(key), kind=_KIND, keys=keys, expected=_NOBODY, now=0)


def _mac_token() -> None:
    key = HS256Key.generate()
    MACVerifier(typ=_KIND.typ, keys=[(_kid(key), key)]).open(_signed(key))


def _nested_token() -> None:
    reader = DecryptionKey.generate(EncryptionAlgorithm.ECDH_ES_A256KW)
    inner = _signed(private_key_generate(Algorithm.ES256))
    outer = nested_encrypt(inner, typ=_KIND.typ, recipient=recipient_key_import(reader.public_jwk()))
    _equal(nested_open(outer, typ=_KIND.typ, keys={reader.kid: reader}), inner)


def _checkpoint() -> None:
    note, key = (
        Checkpoint("module-test", 1, leaf_hash(b"module test")),
        ec.generate_private_key(ec.SECP256R1()),
    )
    spki = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    public, signature = NoteKey(note.origin, spki), key.sign(note.body().encode(), ec.ECDSA(SHA256()))
    note_verify(note_compose(note, [(public, signature)]), [public])


def _seal() -> None:
    kek, secret = sealing.kek_current(), randomness.token_bytes(32)
    _equal(kek.unseal(kek.seal(secret, context="module-test"), context="module-test").hex(), secret.hex())


def _tree() -> None:
    # RFC 6962, section 2.1: SHA-256 of a zero byte and the entry.
    _equal(leaf_hash(b"").hex(), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d")


def _webhook() -> None:
    # The specification's own example (standardwebhooks.com).
    made = signatures(
        [base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")],
        message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestamp=1_614_265_330,
        body='{"test": 2432232314}',
    )
    _equal(made, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")


def _totp() -> None:
    # RFC 6238, appendix B: 59 seconds.
    code = TOTP(b"12345678901234567890", digits=8)
    code.time = 59
    _equal(str(code.token()), "94287082")


def _password() -> None:
    # Whether it works is tried, not how much it costs: a page is waiting.
    hasher = Argon2PasswordHasher()
    hasher.time_cost, hasher.memory_cost, hasher.parallelism = _CHEAPEST
    encoded = hasher.encode("module test", hasher.salt())
    if not hasher.verify("module test", encoded) or hasher.verify("another", encoded):
        raise ValueError("the answer is wrong")


def _backend(name: str) -> Callable[[], None]:
    def probe() -> None:
        if trouble := backends_probe().get(name):
            raise ValueError(trouble)

    return probe


_TESTS: Final[Mapping[str, tuple[str, Callable[[], None]]]] = {
    "tokens_local": ("A token, signed and verified", _token),
    "tokens_pkcs11": ("The HSM answers", _backend("pkcs11")),
    "tokens_awskms": ("AWS KMS answers", _backend("awskms")),
    "tokens_mac": ("A token with a shared secret, made and opened", _mac_token),
    "tokens_encrypted": ("A nested token, encrypted and opened", _nested_token),
    "tokens_foreign": ("A token, signed and verified", _token),
    "checkpoints": ("A checkpoint, signed and verified", _checkpoint),
    "sealing_file": ("A secret, sealed under the KEK and opened", _seal),
    "sealing_pkcs11": ("A secret, sealed under the KEK and opened", _seal),
    "sealing_awskms": ("A secret, sealed under the KEK and opened", _seal),
    "digests": ("A leaf of the tree, with a known answer", _tree),
    "webhooks": ("A webhook's signature, with a known answer", _webhook),
    "totp": ("A one-time code, with a known answer", _totp),
    "passwords": ("A password, hashed and verified", _password),
}


def _equal(made: str, expected: str) -> None:
    if made != expected:
        raise ValueError("the answer is wrong")
