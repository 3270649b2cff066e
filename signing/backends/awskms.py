"""Keys in AWS KMS. They are made there, and AWS has no call that would show one.

The row's id is the key's alias, so asked twice it is made once. `destroy` starts the shortest wait that AWS
allows (seven days), in which an administrator of the account could still call it off; the key can't sign
meanwhile.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final, cast

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key

from releaseconsole.kernel.encoding import b64url_encode
from releaseconsole.kernel.jose.algorithms import Algorithm
from signing.backends.awskms_client import kms
from signing.backends.protocol import BackendFacts, CreatedKey, StoredKey
from signing.backends.public_halves import public_half
from signing.domain.key_owner import KeyOwner
from signing.errors import KeyUnavailableError

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

_DAYS_TO_DELETION: Final = 7
# KMS takes longer messages as a digest only, and those of Ed25519 not at all.
_LONGEST_MESSAGE: Final = 4096
_KID_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class _Spec:
    """One algorithm in the words of KMS; `digest` empty: the message itself is signed."""

    key_spec: str
    algorithm: str
    digest: str = ""
    # Bytes of R and of S, where KMS answers with both in DER.
    half: int = 0


_SPECS: Final[Mapping[str, _Spec]] = {
    "ES256": _Spec("ECC_NIST_P256", "ECDSA_SHA_256", "sha256", 32),
    "ES384": _Spec("ECC_NIST_P384", "ECDSA_SHA_384", "sha384", 48),
    "RS256": _Spec("RSA_3072", "RSASSA_PKCS1_V1_5_SHA_256", "sha256"),
    "PS256": _Spec("RSA_3072", "RSASSA_PSS_SHA_256", "sha256"),
    "Ed25519": _Spec("ECC_NIST_EDWARDS25519", "ED25519_SHA_512"),
    "HS256": _Spec("HMAC_256", "HMAC_SHA_256"),
}


class AWSKMSHandle:
    """A key in KMS, ready to sign; each signature is a request there."""

    __slots__ = ("_key_id", "_spec", "algorithm")

    def __init__(self, algorithm: Algorithm, spec: _Spec, key_id: str) -> None:
        self.algorithm: Final = algorithm
        self._spec: Final = spec
        self._key_id: Final = key_id

    def __repr__(self) -> str:
        return f"<AWSKMSHandle {self._key_id}>"

    def sign(self, signing_input: bytes, /) -> bytes:
        """Have KMS sign.

        Raises:
            KeyUnavailableError: It can't now, or what it answers is no signature.
        """
        signature = kms().run(lambda client: self._sign(client, signing_input))
        if signature is None:
            raise KeyUnavailableError("AWS KMS has no such key.")
        return der_to_fixed(signature, self._spec.half) if self._spec.half else signature

    def _sign(self, client: "KMSClient", data: bytes) -> bytes:
        spec = self._spec
        if self.algorithm is Algorithm.HS256:
            made = client.generate_mac(
                KeyId=self._key_id, Message=data, MacAlgorithm=cast("Any", spec.algorithm)
            )
            return made["Mac"]
        kind = "RAW"
        if len(data) > _LONGEST_MESSAGE:
            if not spec.digest:
                raise KeyUnavailableError(
                    f"AWS KMS signs {_LONGEST_MESSAGE} bytes at most with this algorithm."
                )
            data, kind = hashlib.new(spec.digest, data).digest(), "DIGEST"
        signed = client.sign(
            KeyId=self._key_id,
            Message=data,
            MessageType=cast("Any", kind),
            SigningAlgorithm=cast("Any", spec.algorithm),
        )
        return signed["Signature"]


class AWSKMSKeyBackend:
    """Keys in the KMS of `AWS_KMS_REGION`."""

    name: ClassVar[str] = "awskms"

    def describe(self) -> BackendFacts:
        """Say where it is."""
        reached = kms()
        endpoint = (("endpoint", reached.endpoint),) if reached.endpoint else ()
        return BackendFacts(
            name=self.name,
            title=f"AWS KMS, {reached.region}",
            details=(("region", reached.region), *endpoint),
            algorithms=frozenset(algorithm for algorithm in Algorithm if algorithm.value in _SPECS),
            exports_keys=False,
        )

    def probe(self) -> None:
        """Have KMS make a few random bytes.

        Raises:
            KeyUnavailableError: It doesn't.
        """
        kms().run(lambda client: client.generate_random(NumberOfBytes=8))

    def create(self, owner: KeyOwner, *, token: str) -> CreatedKey:
        """Make the key there, or find the one made with this `token`.

        Raises:
            KeyUnavailableError: KMS can't, or has no such algorithm.
        """
        key_id = _find(token) or _make(owner, token)
        if owner.algorithm is Algorithm.HS256:
            return CreatedKey(_secret_kid(token), None, reference=key_id)
        answer = kms().run(lambda client: client.get_public_key(KeyId=key_id))
        if answer is None:
            raise KeyUnavailableError("AWS KMS has no such key.")
        try:
            public = load_der_public_key(answer["PublicKey"])
        except ValueError as exc:
            raise KeyUnavailableError("What AWS KMS shows isn't a public key.") from exc
        jwk = public_half(owner.algorithm, public)
        return CreatedKey(jwk["kid"], jwk, reference=key_id)

    def load(self, stored: StoredKey) -> AWSKMSHandle:
        """Return a handle, once KMS has shown that it has the key and lets it sign.

        Raises:
            KeyUnavailableError: It hasn't, doesn't, or can't be reached.
        """
        spec = _spec(stored.owner.algorithm)
        described = kms().run(lambda client: client.describe_key(KeyId=stored.reference))
        if described is None or described["KeyMetadata"].get("KeyState") != "Enabled":
            raise KeyUnavailableError(f"Key {stored.kid} isn't there in AWS KMS, or isn't enabled.")
        return AWSKMSHandle(stored.owner.algorithm, spec, stored.reference)

    def disable(self, stored: StoredKey) -> None:
        """Let it sign nothing any more.

        Raises:
            KeyUnavailableError: KMS can't be reached.
        """
        kms().run(
            lambda client: client.disable_key(KeyId=stored.reference), absent="KMSInvalidStateException"
        )

    def destroy(self, stored: StoredKey) -> None:
        """Have it deleted in seven days; it signs nothing from now on.

        Raises:
            KeyUnavailableError: KMS can't be reached.
        """
        if not stored.reference:
            return
        described = kms().run(lambda client: client.describe_key(KeyId=stored.reference))
        if described is None or described["KeyMetadata"].get("KeyState") == "PendingDeletion":
            return
        kms().run(
            lambda client: client.schedule_key_deletion(
                KeyId=stored.reference, PendingWindowInDays=_DAYS_TO_DELETION
            )
        )


def der_to_fixed(der: bytes, half: int) -> bytes:
    """Turn a DER ECDSA signature from outside into R||S, strictly.

    Raises:
        KeyUnavailableError: It isn't one, or a number in it is longer than the curve's.
    """
    try:
        r, s = decode_dss_signature(der)
        return r.to_bytes(half, "big") + s.to_bytes(half, "big")
    except (ValueError, OverflowError) as exc:
        raise KeyUnavailableError("What the backend answered isn't an ECDSA signature.") from exc


def _find(token: str) -> str | None:
    answer = kms().run(lambda client: client.describe_key(KeyId=_alias(token)))
    return answer["KeyMetadata"]["KeyId"] if answer else None


def _make(owner: KeyOwner, token: str) -> str:
    # A process killed between the two requests leaves a key without a name, that nothing will ever use; the
    # tag says what it was for.
    spec = _spec(owner.algorithm)
    usage = "GENERATE_VERIFY_MAC" if owner.algorithm is Algorithm.HS256 else "SIGN_VERIFY"
    made = kms().run(
        lambda client: client.create_key(
            Description=f"Release Console: {owner.purpose.value} of {owner.app_id or 'the console'}",
            KeyUsage=cast("Any", usage),
            KeySpec=cast("Any", spec.key_spec),
            Tags=[
                {"TagKey": "rc:token", "TagValue": token},
                {"TagKey": "rc:purpose", "TagValue": owner.purpose.value},
                {"TagKey": "rc:app", "TagValue": owner.app_id},
            ],
        )
    )
    if made is None:
        raise KeyUnavailableError("AWS KMS made no key.")
    key_id = made["KeyMetadata"]["KeyId"]
    named = kms().run(
        lambda client: client.create_alias(AliasName=_alias(token), TargetKeyId=key_id),
        absent="AlreadyExistsException",
    )
    # Somebody else was faster: theirs has the name.
    return key_id if named is not None else _find(token) or key_id


def _alias(token: str) -> str:
    return f"alias/rc-{token}"


def _secret_kid(token: str) -> str:
    return b64url_encode(hashlib.sha256(b"release-console kid\0" + token.encode()).digest()[:_KID_BYTES])


def _spec(algorithm: Algorithm) -> _Spec:
    try:
        return _SPECS[algorithm.value]
    except KeyError:
        raise KeyUnavailableError(f"AWS KMS doesn't do {algorithm.value}.") from None
