"""Keyed hashes of identifiers: HMAC-SHA256, under a key that rests sealed.

Whoever reads the database, or a backup of it, can't guess an address and compare: the key opens with the KEK
only. Whoever holds the KEK can, so such a hash is a pseudonym, not anonymous.
"""

import hashlib
import hmac
from typing import Final

from compliance.desk.domain.subjects import SubjectKind, subject_normalise
from compliance.desk.models import SubjectKey
from releaseconsole.kernel import randomness, sealing
from releaseconsole.personal_data import Subject

_KEY_BYTES: Final = 32
_TOKEN_DIGITS: Final = 32


def subject_digest(kind: SubjectKind, value: str) -> str:
    """Return the hash of an identifier, the same for each way to spell it."""
    said = f"{kind.value}\0{subject_normalise(kind, value)}"
    return hmac.new(_key(), said.encode(), hashlib.sha256).hexdigest()


def subject_whole_digest(subject: Subject) -> str:
    """Return the hash of all that somebody is known by, for a confirmation to be of exactly them."""
    return hmac.new(_key(), f"whole\0{subject.to_text()}".encode(), hashlib.sha256).hexdigest()


def receipt_token(reference: str) -> str:
    """Return the secret part of a receipt's address, which nobody can guess from a reference."""
    said = f"receipt\0{reference}"
    return hmac.new(_key(), said.encode(), hashlib.sha256).hexdigest()[:_TOKEN_DIGITS]


def _key() -> bytes:
    row = SubjectKey.objects.first() or _made()
    return sealing.kek_current().unseal(row.sealed_key, context=row.key_context())


def _made() -> SubjectKey:
    """Make the key at its first use; of two at once one is kept, and both use that one."""
    row = SubjectKey()
    row.sealed_key = sealing.kek_current().seal(randomness.token_bytes(_KEY_BYTES), context=row.key_context())
    SubjectKey.objects.bulk_create([row], ignore_conflicts=True)
    return SubjectKey.objects.get()
