"""Handles that look at what a key signed before anybody else does.

An external backend may sign with another key, with the longest PSS salt, or answer in DER; a processor may
fail. A device would refuse each of those tokens; here it is noticed first. Verifying costs as much as
signing, so a local key, which showed at load that it works, is looked at by sampling.
"""

import itertools
import logging
from typing import Final

from releaseconsole.kernel.jose.algorithms import Algorithm
from releaseconsole.kernel.jose.errors import TokenRefusedError
from releaseconsole.kernel.jose.public_keys import VerificationKey
from releaseconsole.kernel.jose.raw_signatures import signature_verify
from signing.backends.protocol import SigningHandle
from signing.errors import KeyUnavailableError

logger = logging.getLogger(__name__)


class VerifiedHandle:
    """Verifies every signature."""

    __slots__ = ("_handle", "_public", "algorithm")

    def __init__(self, handle: SigningHandle, public: VerificationKey) -> None:
        self.algorithm: Final[Algorithm] = handle.algorithm
        self._handle: Final = handle
        self._public: Final = public

    def __repr__(self) -> str:
        return f"<VerifiedHandle {self._handle!r}>"

    def sign(self, signing_input: bytes, /) -> bytes:
        """Sign, and return what verifies.

        Raises:
            KeyUnavailableError: The backend can't sign, or what it returned doesn't verify.
        """
        signature = self._handle.sign(signing_input)
        _check(signing_input, signature, self._public)
        return signature


class SampledHandle:
    """Verifies one in so many signatures; after a wrong one it signs nothing more."""

    __slots__ = ("_broken", "_count", "_every", "_public", "_sign", "algorithm")

    def __init__(self, handle: SigningHandle, public: VerificationKey, *, every: int) -> None:
        self.algorithm: Final[Algorithm] = handle.algorithm
        self._sign: Final = handle.sign
        self._public: Final = public
        self._every: Final = every
        self._count: Final = itertools.count(1)
        self._broken = False

    def __repr__(self) -> str:
        return f"<SampledHandle {self._public.kid}>"

    def sign(self, signing_input: bytes, /) -> bytes:
        """Sign.

        Raises:
            KeyUnavailableError: This or an earlier signature of this process didn't verify.
        """
        if self._broken:
            raise KeyUnavailableError(f"Key {self._public.kid} has signed wrongly in this process.")
        signature = self._sign(signing_input)
        if next(self._count) % self._every == 0:
            try:
                _check(signing_input, signature, self._public)
            except KeyUnavailableError:
                self._broken = True
                raise
        return signature


def _check(signing_input: bytes, signature: bytes, public: VerificationKey) -> None:
    try:
        signature_verify(signing_input, signature, public)
    except TokenRefusedError as exc:
        logger.error("A signature of key %s was held back: %s", public.kid, exc.reason)  # noqa: TRY400 (no trace needed)
        raise KeyUnavailableError(f"Key {public.kid} made a signature that doesn't verify.") from exc
