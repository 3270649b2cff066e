"""The suppression list: who was erased is on it by keyed hashes, in the database and in a file beside it."""

import hashlib
import hmac
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from accounts.services.rewrap import SealedRows
from compliance.desk.backends.suppression_file import (
    Listed,
    suppression_file_locked,
    suppression_file_read,
    suppression_file_write,
)
from compliance.desk.errors import SuppressionFileError
from compliance.desk.models import SuppressedSubject, SuppressionKey
from compliance.ledger.domain.events import Action, Actor
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock, randomness, sealing
from releaseconsole.kernel.errors import ConsoleError
from releaseconsole.kernel.sealed_holders import Rewrapped
from releaseconsole.personal_data import Identifier, Subject

_KEY_BYTES: Final = 32
_ID_BYTES: Final = 8
_AT_ONCE: Final = 500
# What an identifier's hash is made of begins with its kind.
_LISTED: Final = b"suppression list\0"


class DatabaseSuppressionList:
    """What floors below ask."""

    def among(self, identifiers: Collection[Identifier], /) -> set[Identifier]:
        """Pick those of erased people: one small query where nobody was ever erased."""
        standing = SuppressedSubject.objects.filter(lifted_at=None)
        if not identifiers or not standing.exists():
            return set()
        return set(self.entries_of(identifiers))

    def lift(self, identifiers: Collection[Identifier], /) -> int:
        """Take off what somebody gives anew by their own will."""
        return self._lift(identifiers, SuppressedSubject.objects.filter(lifted_at=None))

    def lift_of_same(self, identifiers: Collection[Identifier], given: Identifier, /) -> int:
        """Take off what was erased for the request that took what somebody has given anew already."""
        came_back = SuppressedSubject.objects.filter(
            digest__in=sorted(_by_digest([given])), lifted_at__isnull=False
        )
        # What stood on the list already has its first request, and the moment of the last one.
        together = Q(request__in=came_back.values("request")) | Q(since__in=came_back.values("since"))
        return self._lift(identifiers, SuppressedSubject.objects.filter(together, lifted_at=None))

    def _lift(self, identifiers: Collection[Identifier], standing: QuerySet[SuppressedSubject]) -> int:
        if not identifiers or not standing.exists():
            return 0
        lifted = standing.filter(digest__in=sorted(_by_digest(identifiers))).update(lifted_at=clock.now())
        if lifted:
            transaction.on_commit(suppression_file_update)
        return lifted

    def entries_of(self, identifiers: Collection[Identifier], /) -> dict[Identifier, tuple[str, datetime]]:
        """Say for which request, and since when, each of those that are on the list is erased."""
        by_digest = _by_digest(identifiers)
        found: dict[Identifier, tuple[str, datetime]] = {}
        digests = sorted(by_digest)
        for start in range(0, len(digests), _at_once()):
            some = SuppressedSubject.objects.filter(
                lifted_at=None, digest__in=digests[start : start + _at_once()]
            )
            found |= {
                by_digest[digest]: (request, since)
                for digest, request, since in some.values_list("digest", "request", "since")
            }
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
        # What somebody had given anew is this request's now, to be taken back with it; else it's the first's.
        known.exclude(lifted_at=None).update(request=request)
        # Erased anew, they are so since now: a replay spares rows that are newer than that.
        known.update(lifted_at=None, since=now)
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


def suppression_take_back(*, request: str, actor: Actor, now: datetime) -> int:
    """Take off the list whom a request put there, whose data stay after all; returns how many identifiers.

    Else a replay would erase them, and until then their devices' reports would be dropped.
    """
    with transaction.atomic():
        listed = SuppressedSubject.objects.filter(request=request, lifted_at=None)
        if lifted := listed.update(lifted_at=now):
            transaction.on_commit(suppression_file_update)
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
        listed = _file_read()
        for key in SuppressionKey.objects.all():
            listed.keys[key.key_id] = {"sealed": key.sealed_key, "made_at": key.made_at.isoformat()}
        for row in SuppressedSubject.objects.all().iterator():
            name = f"{row.key_id}:{row.digest}"
            if name not in listed.subjects or not _is_newer(_entry(name, listed.subjects[name]), row):
                listed.subjects[name] = {
                    "kind": row.kind,
                    "request": row.request,
                    "since": row.since.isoformat(),
                    "lifted_at": row.lifted_at.isoformat() if row.lifted_at else None,
                }
        listed.macs = {key_id: _mac(listed, key_id) for key_id in listed.keys}
        suppression_file_write(listed)


@dataclass(frozen=True, slots=True)
class Lacking:
    """What the file lacks.

    Attributes:
        entries: How many entries that this database has.
        is_empty: It has no key, so it never was a list; or there is no file.
    """

    entries: int
    is_empty: bool


def suppression_file_lacking() -> Lacking | None:
    """Say what the file lacks of what this database knows; None: nothing that could be told.

    A MAC shows that nobody took entries out of it, but not that it's the last one that was written.

    Raises:
        SuppressionFileError: It can't be read, or somebody without the KEK wrote it.
    """
    with suppression_file_locked():
        listed = _file_read()
    known = SuppressedSubject.objects.values_list("key_id", "digest")
    entries = sum(f"{key_id}:{digest}" not in listed.subjects for key_id, digest in known.iterator())
    return Lacking(entries, not listed.keys) if entries or not listed.keys else None


def suppression_file_import() -> int:
    """Take into the database what only the file knows, after a restore; returns how many entries.

    Of an entry that both know the newer one counts: a restored database is older than the file, but a file
    may have been put back as well.

    Raises:
        SuppressionFileError: It can't be read, or somebody without the KEK wrote it.
    """
    with suppression_file_locked():
        listed = _file_read()
    with transaction.atomic():
        _keys_import(listed)
        before = SuppressedSubject.objects.count()
        known = {f"{row.key_id}:{row.digest}": row for row in SuppressedSubject.objects.all().iterator()}
        told = {name: _entry(name, held) for name, held in listed.subjects.items()}
        SuppressedSubject.objects.bulk_create(
            [each for name, each in told.items() if name not in known or _is_newer(each, known[name])],
            update_conflicts=True,
            unique_fields=["digest", "key"],
            update_fields=["lifted_at", "since", "request"],
        )
        return SuppressedSubject.objects.count() - before


def suppression_key_first() -> bytes:
    """Return the oldest key, which stays the same for as long as there is a list."""
    first = SuppressionKey.objects.first() or _key_current(clock.now())
    return _opened(first.key_id, first.sealed_key)


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


def _file_read() -> Listed:
    """Read the file, and make sure that who wrote it has the keys.

    Raises:
        SuppressionFileError: It can't be read, or is another's.
    """
    listed = suppression_file_read()
    used = {name.partition(":")[0] for name in listed.subjects}
    if used - set(listed.keys):
        raise SuppressionFileError
    for key_id in listed.keys:
        try:
            is_ours = hmac.compare_digest(listed.macs.get(key_id, ""), _mac(listed, key_id))
        except ConsoleError as exc:
            raise SuppressionFileError from exc
        if not is_ours:
            raise SuppressionFileError
    return listed


def _mac(listed: Listed, key_id: str) -> str:
    """Make a MAC of the entries under one key; the database's own copy of the key follows the KEK first."""
    row = SuppressionKey.objects.filter(key_id=key_id).first()
    key = _opened(key_id, row.sealed_key if row else listed.keys[key_id]["sealed"])
    return hmac.digest(key, _LISTED + listed.under(key_id), hashlib.sha256).hex()


def _is_newer(one: SuppressedSubject, other: SuppressedSubject) -> bool:
    return (one.lifted_at or one.since) > (other.lifted_at or other.since)


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
