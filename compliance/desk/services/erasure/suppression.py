"""The suppression list: who was erased is on it by keyed hashes, in the database and in a file beside it."""

import hashlib
import hmac
from collections.abc import Collection, Iterable
from datetime import datetime
from functools import lru_cache
from typing import Final

from django.db import connection, transaction
from django.db.models import QuerySet

from accounts.services.rewrap import SealedRows
from compliance.desk.backends.suppression_file import (
    Listed,
    suppression_file_locked,
    suppression_file_read,
    suppression_file_write,
)
from compliance.desk.models import SuppressedSubject, SuppressionKey
from compliance.ledger.domain.events import Action, Actor
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock, randomness, sealing
from releaseconsole.kernel.sealed_holders import Rewrapped
from releaseconsole.personal_data import Identifier, Subject

_KEY_BYTES: Final = 32
_ID_BYTES: Final = 8
_AT_ONCE: Final = 500


class DatabaseSuppressionList:
    """What floors below ask."""

    def among(self, identifiers: Collection[Identifier], /) -> set[Identifier]:
        """Pick those of erased people: one small query where nobody was ever erased."""
        standing = SuppressedSubject.objects.filter(lifted_at=None)
        if not identifiers or not standing.exists():
            return set()
        return set(self.requests_of(identifiers))

    def lift(self, identifiers: Collection[Identifier], /) -> int:
        """Take off what somebody gives anew by their own will."""
        return self._lift(identifiers, SuppressedSubject.objects.filter(lifted_at=None))

    def lift_of_same(self, identifiers: Collection[Identifier], given: Identifier, /) -> int:
        """Take off what was erased for the request that took what somebody has given anew already."""
        came_back = SuppressedSubject.objects.filter(
            digest__in=sorted(_by_digest([given])), lifted_at__isnull=False
        )
        standing = SuppressedSubject.objects.filter(lifted_at=None, request__in=came_back.values("request"))
        return self._lift(identifiers, standing)

    def _lift(self, identifiers: Collection[Identifier], standing: QuerySet[SuppressedSubject]) -> int:
        if not identifiers or not standing.exists():
            return 0
        lifted = standing.filter(digest__in=sorted(_by_digest(identifiers))).update(lifted_at=clock.now())
        if lifted:
            transaction.on_commit(suppression_file_update)
        return lifted

    def requests_of(self, identifiers: Collection[Identifier], /) -> dict[Identifier, str]:
        """Say for which request each of those that are on the list was erased."""
        by_digest = _by_digest(identifiers)
        found: dict[Identifier, str] = {}
        digests = sorted(by_digest)
        for start in range(0, len(digests), _at_once()):
            some = SuppressedSubject.objects.filter(
                lifted_at=None, digest__in=digests[start : start + _at_once()]
            )
            found |= {by_digest[digest]: request for digest, request in some.values_list("digest", "request")}
        return found


def suppress(*, subject: Subject, request: str, now: datetime) -> int:
    """Put all that somebody is known by on the list; returns how many identifiers are new on it.

    Raises:
        SuppressionFileError: The file can't be written, so a restore would forget it.
    """
    with transaction.atomic():
        key = _key_current(now)
        opened = _opened(key.key_id, key.sealed_key)
        listed = [(_digest(opened, each), each.kind.value) for each in subject.identifiers()]
        known = SuppressedSubject.objects.filter(digest__in=[digest for digest, _ in listed])
        known.exclude(lifted_at=None).update(lifted_at=None)
        there = set(known.values_list("digest", flat=True))
        SuppressedSubject.objects.bulk_create([
            SuppressedSubject(key=key, kind=kind, digest=digest, request=request, since=now)
            for digest, kind in listed
            if digest not in there
        ])
    suppression_file_update()
    return len(listed) - len(there)


def suppression_lift(*, email: str, actor: Actor, now: datetime) -> int:
    """Let an address that was erased be written to and invited again, knowingly; returns what was lifted."""
    with transaction.atomic():
        lifted = DatabaseSuppressionList().lift({Identifier.email(email)})
        if lifted:
            audit_record(
                action=Action.SUPPRESSION_LIFTED, actor=actor, now=now, detail={"identifiers": lifted}
            )
    return lifted


def suppression_file_update() -> None:
    """Write the file anew from the database; entries that only the file knows stay in it.

    Raises:
        SuppressionFileError: It can't be read or written.
    """
    with suppression_file_locked():
        listed = suppression_file_read()
        for key in SuppressionKey.objects.all():
            listed.keys[key.key_id] = {"sealed": key.sealed_key, "made_at": key.made_at.isoformat()}
        for row in SuppressedSubject.objects.all().iterator():
            listed.subjects[f"{row.key_id}:{row.digest}"] = {
                "kind": row.kind,
                "request": row.request,
                "since": row.since.isoformat(),
                "lifted_at": row.lifted_at.isoformat() if row.lifted_at else None,
            }
        suppression_file_write(listed)


def suppression_file_import() -> int:
    """Take into the database what only the file knows, after a restore; returns how many entries.

    What the file says of an entry wins: it's never older than a restored database.

    Raises:
        SuppressionFileError: It can't be read.
    """
    with suppression_file_locked():
        listed = suppression_file_read()
    with transaction.atomic():
        _keys_import(listed)
        before = SuppressedSubject.objects.count()
        SuppressedSubject.objects.bulk_create(
            [_entry(name, held) for name, held in listed.subjects.items()],
            update_conflicts=True,
            unique_fields=["digest", "key"],
            update_fields=["lifted_at"],
        )
        return SuppressedSubject.objects.count() - before


def suppression_keys() -> SealedRows[SuppressionKey]:
    """Return the keys of the list, for when the KEK changes; the file's copies follow."""
    return _SuppressionKeys(
        "suppression keys", SuppressionKey.objects.all(), "sealed_key", SuppressionKey.key_context
    )


class _SuppressionKeys(SealedRows[SuppressionKey]):
    def rewrap(self) -> Rewrapped:
        done = super().rewrap()
        if done.renewed:
            suppression_file_update()
        return done


def _entry(name: str, held: dict[str, str]) -> SuppressedSubject:
    key_id, _, digest = name.partition(":")
    lifted = held["lifted_at"]
    return SuppressedSubject(
        key_id=key_id,
        digest=digest,
        kind=held["kind"],
        request=held["request"],
        since=datetime.fromisoformat(held["since"]),
        lifted_at=datetime.fromisoformat(lifted) if lifted else None,
    )


def _keys_import(listed: Listed) -> None:
    SuppressionKey.objects.bulk_create(
        [
            SuppressionKey(
                key_id=key_id, sealed_key=held["sealed"], made_at=datetime.fromisoformat(held["made_at"])
            )
            for key_id, held in listed.keys.items()
        ],
        ignore_conflicts=True,
    )


def _key_current(now: datetime) -> SuppressionKey:
    """Return the newest key; the first use makes one."""
    key = SuppressionKey.objects.last()
    if key is None:
        made = randomness.token_bytes(_KEY_BYTES)
        key = SuppressionKey(key_id=randomness.token_bytes(_ID_BYTES).hex(), made_at=now)
        key.sealed_key = sealing.kek_current().seal(made, context=key.key_context())
        key.save(force_insert=True)
    return key


def _by_digest(identifiers: Iterable[Identifier]) -> dict[str, Identifier]:
    keys = [_opened(*row) for row in SuppressionKey.objects.values_list("key_id", "sealed_key")]
    return {_digest(key, each): each for each in identifiers for key in keys}


def _digest(key: bytes, identifier: Identifier) -> str:
    return hmac.digest(key, identifier.said(), hashlib.sha256).hex()


# The drain asks once a second; a KEK in an HSM isn't asked as often.
@lru_cache(8)
def _opened(key_id: str, sealed_key: str) -> bytes:
    context = SuppressionKey(key_id=key_id).key_context()
    return sealing.kek_current().unseal(sealed_key, context=context)


def _at_once() -> int:
    return 5000 if connection.vendor == "postgresql" else _AT_ONCE
