"""The keys of hashed custom ids: each app's own, sealed under the KEK, which isn't in the database."""

import logging
from functools import lru_cache
from typing import Final

from releaseconsole.kernel import randomness, sealing
from releaseconsole.kernel.sealing import SealingError

_KEY_BYTES: Final = 32

_log = logging.getLogger(__name__)


def custom_id_key_make(context: str) -> str:
    """Draw a key and return it sealed.

    Raises:
        SealingError: The KEK can't be used.
    """
    return sealing.kek_current().seal(randomness.token_bytes(_KEY_BYTES), context=context)


def custom_id_key_open(sealed: str, context: str) -> bytes:
    """Open a key; empty if the KEK can't be used: devices are answered all the same, and no id is kept."""
    try:
        return _opened(sealed, context)
    except SealingError as exc:
        _log.error("The key of %s can't be opened, so no id is kept: %s", context, exc.message)
        return b""


# Every new decision table and every batch of the drain asks; a KEK in an HSM or KMS isn't asked as often.
@lru_cache(256)
def _opened(sealed: str, context: str) -> bytes:
    return sealing.kek_current().unseal(sealed, context=context)
