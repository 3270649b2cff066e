"""The local backend: the private half rests in the key's row, sealed under the KEK.

It is bound to kid, purpose, app and algorithm, so a row whose sealed value was swapped for another's doesn't
open. Opened, it lives in the memory of the process that signs and nowhere else.
"""

from typing import ClassVar

from releaseconsole.kernel import randomness, sealing
from releaseconsole.kernel.jose.algorithms import Algorithm
from releaseconsole.kernel.jose.errors import KeyRefusedError
from releaseconsole.kernel.jose.key_families import private_key_generate, private_key_load
from releaseconsole.kernel.jose.private_keys import PrivateKey
from signing.backends.protocol import BackendFacts, CreatedKey, StoredKey
from signing.domain.key_owner import KeyOwner
from signing.errors import KeyUnavailableError

# As long as a `jti`. A symmetric key has no public half whose thumbprint could name it.
_RANDOM_KID_BYTES = 16


class LocalKeyBackend:
    """Keys in the database, sealed under the KEK of this process."""

    name: ClassVar[str] = "local"

    def describe(self) -> BackendFacts:
        """Say where it is."""
        return BackendFacts(
            name=self.name,
            title="This console's database, sealed under the KEK",
            details=(),
            algorithms=frozenset(Algorithm),
            exports_keys=True,
        )

    def probe(self) -> None:
        """Make sure that there is a KEK.

        Raises:
            KeyUnavailableError: There's none.
        """
        try:
            sealing.kek_current()
        except sealing.SealingError as exc:
            raise KeyUnavailableError(exc.message) from exc

    def create(self, owner: KeyOwner, *, token: str) -> CreatedKey:  # noqa: ARG002 (nothing outlives a rollback)
        """Generate a key and seal it.

        Raises:
            KeyUnavailableError: There's no KEK to seal it under, or it can't be reached.
        """
        return self.keep(owner, private_key_generate(owner.algorithm))

    def keep(self, owner: KeyOwner, key: PrivateKey) -> CreatedKey:
        """Seal a key that exists already.

        Raises:
            KeyUnavailableError: There's no KEK to seal it under, or it can't be reached.
        """
        jwk = key.public_jwk()
        kid = jwk["kid"] if jwk else randomness.token_urlsafe(_RANDOM_KID_BYTES)
        try:
            sealed = sealing.kek_current().seal(key.material(), context=owner.sealing_context(kid))
        except sealing.SealingError as exc:
            raise KeyUnavailableError(exc.message) from exc
        return CreatedKey(kid, jwk, sealed)

    def load(self, stored: StoredKey) -> PrivateKey:
        """Unseal a key.

        Raises:
            KeyUnavailableError: No KEK, another KEK, an altered or moved value, or no key inside.
        """
        try:
            # In one expression: what error reporters collect of this frame holds nothing private.
            return private_key_load(
                stored.owner.algorithm,
                sealing.kek_current().unseal(
                    stored.sealed_private, context=stored.owner.sealing_context(stored.kid)
                ),
            )
        except (sealing.SealingError, KeyRefusedError) as exc:
            raise KeyUnavailableError(f"Key {stored.kid} can't be opened: {exc.message}") from exc

    def disable(self, stored: StoredKey) -> None:
        """Do nothing: a key signs only while its row is active."""

    def destroy(self, stored: StoredKey) -> None:
        """Do nothing: the sealed value goes with the change of the row, in its transaction."""
