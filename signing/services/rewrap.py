"""The signing keys whose private half rests under the KEK, for when the KEK changes."""

from accounts.services.rewrap import SealedRows
from releaseconsole.kernel.jose.algorithms import Algorithm
from signing.domain.key_owner import KeyOwner
from signing.domain.lifecycle import KeyPurpose
from signing.models import SigningKey


def sealed_signing_keys() -> SealedRows[SigningKey]:
    """Return them; what an HSM or KMS keeps has nothing sealed."""
    return SealedRows("signing keys", SigningKey.objects.all(), "sealed_private", _context)


def _context(row: SigningKey) -> str:
    owner = KeyOwner(KeyPurpose(row.purpose), row.app_id, Algorithm(row.algorithm))
    return owner.sealing_context(row.key_id)
