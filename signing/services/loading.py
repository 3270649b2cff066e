"""Opening a key for use: the one place where a row becomes something that signs."""

from django.conf import settings

from releaseconsole.kernel.jose.algorithms import Algorithm
from releaseconsole.kernel.jose.errors import TokenRefusedError
from releaseconsole.kernel.jose.public_keys import VerificationKey
from releaseconsole.kernel.jose.signing import TokenSigner
from signing.backends import SigningHandle, StoredKey, key_backend
from signing.backends.local import LocalKeyBackend
from signing.backends.verified import SampledHandle, VerifiedHandle
from signing.domain.key_owner import KeyOwner
from signing.domain.lifecycle import KeyPurpose
from signing.domain.probe_token import PROBE_TOKEN, probe_check
from signing.errors import KeyUnavailableError
from signing.models import SigningKey
from signing.selectors import stored_public_key


def private_key_open(row: SigningKey) -> SigningHandle:
    """Load the private half of a key from its backend.

    What another machine signs is verified before it is returned; what a local key signs, by sampling. A
    secret has no public half to verify with: it is returned as it is.

    Raises:
        KeyUnavailableError: The backend can't give it, or the row contradicts itself.
    """
    handle = raw_key_open(row)
    if handle.algorithm is Algorithm.HS256:
        return handle
    public = stored_public_key(row)
    if row.backend == LocalKeyBackend.name:
        return SampledHandle(handle, public, every=settings.SIGNATURE_SAMPLE)
    return VerifiedHandle(handle, public)


def raw_key_open(row: SigningKey) -> SigningHandle:
    """Load the private half of a key that signs no tokens; whoever asks verifies what it signs.

    Raises:
        KeyUnavailableError: The backend can't give it.
    """
    return key_backend(row.backend).load(key_stored(row))


def key_stored(row: SigningKey) -> StoredKey:
    """Describe a row to its backend."""
    owner = KeyOwner(KeyPurpose(row.purpose), row.app_id, Algorithm(row.algorithm))
    return StoredKey(row.key_id, owner, str(row.pk), row.sealed_private, row.reference)


def material_destroy(row: SigningKey) -> None:
    """Have the backend destroy the private half; what the row itself holds is the caller's to empty.

    Raises:
        KeyUnavailableError: The backend couldn't.
    """
    key_backend(row.backend).destroy(key_stored(row))


def material_disable(row: SigningKey) -> None:
    """Have the backend let the key sign nothing.

    Raises:
        KeyUnavailableError: The backend couldn't.
    """
    key_backend(row.backend).disable(key_stored(row))


def private_key_prove(key: SigningHandle, public: VerificationKey) -> None:
    """Make a key show, once, that it signs what `public` verifies.

    Raises:
        KeyUnavailableError: It doesn't: nothing that it signs would be accepted by anybody.
    """
    prober = TokenSigner(kid=public.kid, algorithm=key.algorithm, typ=PROBE_TOKEN.typ, sign=key.sign)
    try:
        probe_check(prober, public)
    except TokenRefusedError as exc:
        raise KeyUnavailableError(f"Key {public.kid} failed its self-test ({exc.reason}).") from exc
