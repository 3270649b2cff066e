"""Private bytes appear nowhere but sealed: not raw, not in hex, not in base64, wherever one might look."""

import base64
import copy
import json
import logging
import pickle
import traceback
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_private_key
from django.core import serializers
from django.db import connection

from compliance.ledger.models import AuditEvent
from releaseconsole.kernel import sealing
from releaseconsole.kernel.jose.algorithms import Algorithm
from signing.backends.local import LocalKeyBackend
from signing.domain.key_owner import KeyOwner
from signing.domain.lifecycle import KeyPurpose
from signing.errors import KeyUnavailableError
from signing.models import SigningKey
from signing.services import download_tokens, release_claims, release_signer
from tests.support.tokens import DEVICE_ID


def material(row: SigningKey) -> bytes:
    context = f"signing-key:{row.kid}|{row.purpose}|{row.app_id}|{row.algorithm}"
    return sealing.kek_current().unseal(row.sealed_private, context=context)


def secrets_of(row: SigningKey) -> Iterator[bytes]:
    """Give the secret numbers themselves, in which any encoding of the key contains them."""
    raw = material(row)
    if row.algorithm == "ES256":
        key = load_der_private_key(raw, None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        yield key.private_numbers().private_value.to_bytes(32, "big")
    else:
        yield raw


def spellings(secret: bytes) -> Iterator[bytes]:
    yield secret
    yield secret.hex().encode()
    yield secret.hex().upper().encode()
    written = (
        repr(secret)[2:-1].replace("\\'", "'").encode()
    )  # which quotes are escaped depends on all of the text
    yield written
    yield written.replace(b"'", b"\\'")
    yield str(int.from_bytes(secret, "big")).encode()
    for lead in range(3):
        # Base64 of a longer text around the secret: three alignments, cut to the characters only it decides.
        padded = base64.b64encode(bytes(lead) + secret)
        yield padded[4 if lead else 0 : 40]
        yield padded[4 if lead else 0 : 40].translate(bytes.maketrans(b"+/", b"-_"))


def found(haystack: bytes | str) -> list[str]:
    data = haystack.encode() if isinstance(haystack, str) else haystack
    return [
        row.purpose
        for row in SigningKey.objects.all()
        for secret in secrets_of(row)
        for spelling in spellings(secret)
        if spelling in data
    ]


@pytest.fixture
def both(clinic: str, console: None) -> str:
    return clinic


@pytest.mark.parametrize("encode", [bytes, bytes.hex, base64.b64encode, base64.urlsafe_b64encode, repr])
def test_the_search_itself_finds_a_leak(both: str, encode: Callable[[bytes], bytes | str]) -> None:
    for row in SigningKey.objects.all():
        assert found(encode(b"some text before" + material(row) + b"and after"))


def test_database_rows_hold_nothing_readable(both: str) -> None:
    assert not found(serializers.serialize("json", SigningKey.objects.all()))
    assert not found(serializers.serialize("json", AuditEvent.objects.all()))
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM signing_signingkey")
        assert not found(repr(cursor.fetchall()))


def test_objects_that_hold_a_key_show_none(both: str) -> None:
    signer, tokens = release_signer(both), download_tokens()
    for thing in (signer, tokens, *SigningKey.objects.all()):
        assert not found(f"{thing!r} {thing} {getattr(thing, '__dict__', '')}")
    for holder in (signer, tokens):
        for escape in (pickle.dumps, copy.deepcopy):
            with pytest.raises(TypeError):
                escape(holder)


def test_tokens_carry_none(both: str, now: datetime) -> None:
    token = release_signer(both).sign(
        release_claims(
            app_id=both,
            device_id=DEVICE_ID,
            decision="hold",
            decision_seq=0,
            channel="",
            now_epoch=int(now.timestamp()),
        )
    )
    epoch = int(now.timestamp())
    download = download_tokens().issue(device_id=DEVICE_ID, app_id=both, sha256="ab" * 32, now_epoch=epoch)
    for text in (token, download):
        assert not found(text)
        for segment in text.split("."):
            assert not found(base64.urlsafe_b64decode(segment + "=="))


def test_logs_and_tracebacks_hold_none(
    both: str, now: datetime, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    release_signer(both)
    keks = sealing.kek_current(), sealing.KeyEncryptionKey(b"o" * 32)
    SigningKey.objects.filter(app_id=both).update(public_jwk={})
    shown = []
    for kek in keks:
        monkeypatch.setattr(sealing._Holder, "kek", kek)
        with pytest.raises(KeyUnavailableError) as caught:
            release_signer(both)
        error = caught.value
        # With the values of local variables, as error reporters collect them.
        report = traceback.TracebackException.from_exception(error, capture_locals=True)
        shown.append("".join(report.format()))
    monkeypatch.setattr(sealing._Holder, "kek", keks[0])
    assert not found(json.dumps(shown))
    assert not found(caplog.text)


# Not in the test's own frame, whose locals are part of the report.
SEALED: list[bytes] = []


def test_a_seal_that_fails_leaves_nothing_private_in_any_frame(
    clinic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(_: object, plaintext: bytes, *, context: str) -> str:
        SEALED.append(plaintext)
        raise sealing.SealingError(f"{context}: KMS is away")

    monkeypatch.setattr(sealing.KeyEncryptionKey, "seal", failing)
    for algorithm in Algorithm:
        owner = KeyOwner(KeyPurpose.BACKEND_TOKEN, clinic, algorithm)
        with pytest.raises(KeyUnavailableError) as caught:
            LocalKeyBackend().create(owner, token="t")
        report = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
        text = "".join(report.format())
        assert not any(repr(SEALED[-1][start : start + 16])[2:-1] in text for start in range(0, 32, 8))
