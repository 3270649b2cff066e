"""Measuring what protects PHI: TLS as clients see it, storage as it is, and what encrypted tokens look like.

A fact is its name, its value, and whether that is as it should be (None: it's only told). What can't be
measured from here, such as a disk's encryption, isn't among them: people attest that (`declaring`).
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection, transaction

from compliance.desk.backends.tls_probe import tls_probe
from compliance.desk.models import MeasurementKind, PHIMeasurement
from compliance.ledger.domain.events import Action, Actor
from compliance.ledger.services import audit_record
from releaseconsole.kernel import sealing
from releaseconsole.kernel.encoding import b64url_decode
from releaseconsole.kernel.errors import ConsoleError
from releaseconsole.kernel.jose.encryption_keys import (
    DecryptionKey,
    EncryptionAlgorithm,
    recipient_key_import,
)
from releaseconsole.kernel.sealed_holders import sealed_holders
from signing.services import kek_is_beside_the_database

Fact = tuple[str, str, bool | None]
_HTTPS_PORT: Final = 443
_HTTP_PORT: Final = 80
_SAMPLE_TYP: Final = "phi-sample+jwt"


def phi_measure(*, actor: Actor, now: datetime) -> list[PHIMeasurement]:
    """Measure everything anew, and keep what was found."""
    found = {
        MeasurementKind.TLS: _tls(),
        MeasurementKind.STORAGE: _storage(),
        MeasurementKind.TOKENS: _tokens(),
    }
    rows = [
        PHIMeasurement(
            kind=kind.value, at=now, facts=facts, is_good=all(good is not False for _, _, good in facts)
        )
        for kind, facts in found.items()
    ]
    with transaction.atomic():
        PHIMeasurement.objects.bulk_create(rows)
        audit_record(
            action=Action.PHI_MEASURED,
            actor=actor,
            now=now,
            detail={"good": {row.kind: row.is_good for row in rows}},
        )
    return rows


def _tls() -> list[Fact]:
    if not settings.PUBLIC_IS_HTTPS:
        return [("Public address", f"{settings.PUBLIC_URL}: no TLS", False)]
    url = urlsplit(settings.PUBLIC_URL)
    found = tls_probe(host=url.hostname or "", port=url.port or _HTTPS_PORT, clear_port=_HTTP_PORT)
    if found.error:
        return [("Connection", found.error, False)]
    return [
        ("Version", found.version, found.version in {"TLSv1.2", "TLSv1.3"}),
        ("Cipher", found.cipher, None),
        ("Certificate until", found.ends, None),
        ("TLS 1.1 and older", "taken" if found.takes_old else "refused", not found.takes_old),
        ("HSTS", found.hsts or "missing", bool(found.hsts)),
        ("Plain HTTP", found.clear, found.refuses_clear),
    ]


def _storage() -> list[Fact]:
    facts: list[Fact] = [_kek()]
    facts += [_sealed(holder.name, holder.census()) for holder in sealed_holders()]
    facts += _database()
    redis = settings.EFFECTIVE_REDIS_URL
    is_local = redis.startswith("unix:")
    how = "a socket on this machine" if is_local else "TLS" if redis.startswith("rediss:") else "no TLS"
    facts.append(("Connection to Redis", how, is_local or redis.startswith("rediss:")))
    return facts


def _kek() -> Fact:
    if settings.KEK:
        return ("Key-encryption key", "in the environment, outside the database", True)
    if settings.KEK_PROVIDER != "file":
        return ("Key-encryption key", settings.KEK_PROVIDER.partition(":")[0], True)
    if kek_is_beside_the_database():
        return ("Key-encryption key", "a file in the folder of the database", False)
    return ("Key-encryption key", "a file apart from the database", True)


def _sealed(name: str, counts: Mapping[str, int]) -> Fact:
    current = sealing.kek_current().kek_id
    other = sum(count for kek_id, count in counts.items() if kek_id != current)
    total = sum(counts.values())
    words = f"{total}, all under the present key" if not other else f"{other} of {total} under an earlier key"
    return (f"Sealed with AES-256-GCM: {name}", words, not other)


def _database() -> list[Fact]:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            deletes = cursor.execute("PRAGMA secure_delete").fetchone()[0]
        return [
            ("Database", "SQLite, a file on this machine", None),
            ("Deleted rows", "overwritten" if deletes else "only forgotten", bool(deletes)),
        ]
    with connection.cursor() as cursor:
        cursor.execute("SELECT ssl, version, cipher FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
        is_tls, version, cipher = cursor.fetchone() or (False, None, None)
    host = str(settings.DATABASES["default"].get("HOST") or "")
    is_local = not host or host.startswith("/")
    how = f"{version}, {cipher}" if is_tls else "a socket on this machine" if is_local else "no TLS"
    return [("Database", "PostgreSQL", None), ("Connection to the database", how, bool(is_tls) or is_local)]


def _tokens() -> list[Fact]:
    """Encrypt a sample to a key of each kind, read its header, and open it."""
    return [_envelope(algorithm) for algorithm in EncryptionAlgorithm]


def _envelope(algorithm: EncryptionAlgorithm) -> Fact:
    name = f"Sample encrypted with {algorithm.value}"
    try:
        key = DecryptionKey.generate(algorithm)
        token = recipient_key_import(key.public_jwk()).encrypt("sample", typ=_SAMPLE_TYP)
        header = json.loads(b64url_decode(token.partition(".")[0]))
        opened = key.decrypt(token)
    except ConsoleError as exc:
        return (name, exc.message, False)
    is_right = (
        (header["alg"], header["enc"]) == (algorithm.value, "A256GCM")
        and "zip" not in header
        and opened == b"sample"
    )
    zipped = "compressed" if "zip" in header else "not compressed"
    return (name, f"{header['enc']}, {zipped}, opened by its key alone", is_right)
