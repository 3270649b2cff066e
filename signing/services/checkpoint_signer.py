"""Signing the audit log's checkpoints with a key of the console, wherever that lives.

Public halves are never dropped: who holds an export or a receipt from years ago needs the key of then. They
stand in no JWKS and no trust bundle, for no device asks.
"""

from collections.abc import Sequence
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from compliance.ledger.backends.signer import CheckpointKey
from compliance.ledger.errors import SignerUnavailableError
from releaseconsole.kernel import clock
from releaseconsole.kernel.encoding import b64url_decode
from signing.domain.lifecycle import KeyPurpose
from signing.errors import KeyUnavailableError
from signing.models import SigningKey
from signing.selectors import active_key
from signing.selectors.checkpoint_keys import SignedSpan, checkpoint_spans
from signing.selectors.trust import public_jwk
from signing.services.loading import raw_key_open
from signing.services.rules import signs_until_epoch

_P256: Final = ec.SECP256R1()
_HALF: Final = 32


class ConsoleCheckpointSigner:
    """Signs with the console's active checkpoint key; keeps no state, so that a rotation counts at once."""

    def sign(self, body: bytes, /) -> tuple[CheckpointKey, bytes]:
        """Sign, and verify the signature before it leaves.

        Raises:
            SignerUnavailableError: There's no key, its time is over, its backend can't, or it signed wrongly.
        """
        try:
            row = _signing_row()
            signature = _der(raw_key_open(row).sign(body))
            _public(row).verify(signature, body, ec.ECDSA(SHA256()))
            return _described(next(span for span in checkpoint_spans() if span.row.pk == row.pk)), signature
        except KeyUnavailableError as exc:
            raise SignerUnavailableError(exc.message) from exc
        except InvalidSignature as exc:
            raise SignerUnavailableError("The checkpoint key made a signature that doesn't verify.") from exc

    def keys(self) -> Sequence[CheckpointKey]:
        """List every key that ever signed, oldest first; revoked and destroyed ones too.

        Raises:
            SignerUnavailableError: A stored public half is damaged.
        """
        try:
            return [_described(span) for span in checkpoint_spans()]
        except KeyUnavailableError as exc:
            raise SignerUnavailableError(exc.message) from exc


def _signing_row() -> SigningKey:
    """Find the key that signs.

    Raises:
        KeyUnavailableError: There is none, or nothing rotated it in time.
    """
    row = active_key(purpose=KeyPurpose.CHECKPOINT)
    if clock.epoch_seconds() >= signs_until_epoch(row):
        raise KeyUnavailableError(f"Checkpoint key {row.key_id} has come to its end.")
    return row


def _described(span: SignedSpan) -> CheckpointKey:
    return CheckpointKey(
        kid=span.row.key_id,
        spki=_public(span.row).public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        begins_at=span.begins_at,
        ends_at=span.ends_at,
        revoked_at=span.row.revoked_at,
    )


def _public(row: SigningKey) -> ec.EllipticCurvePublicKey:
    """Import the public half, which the row's kid is the thumbprint of."""
    jwk = public_jwk(row)
    x, y = (int.from_bytes(b64url_decode(jwk[name]), "big") for name in ("x", "y"))
    return ec.EllipticCurvePublicNumbers(x, y, _P256).public_key()


def _der(raw: bytes) -> bytes:
    """Write R||S (RFC 7518) as signed notes have it.

    Raises:
        KeyUnavailableError: It's neither R nor S of this curve.
    """
    if len(raw) != 2 * _HALF:
        raise KeyUnavailableError("What the backend answered isn't a signature by P-256.")
    return encode_dss_signature(int.from_bytes(raw[:_HALF], "big"), int.from_bytes(raw[_HALF:], "big"))
