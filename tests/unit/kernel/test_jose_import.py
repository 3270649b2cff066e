"""Taking in private keys that were made elsewhere."""

import traceback
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)

from releaseconsole.kernel.jose import key_families
from releaseconsole.kernel.jose.algorithms import ASYMMETRIC_ALGORITHMS, Algorithm
from releaseconsole.kernel.jose.errors import KeyRefusedError
from releaseconsole.kernel.jose.key_families import private_key_import, private_key_load
from releaseconsole.kernel.jose.private_keys import PrivateKey
from tests.support.key_ring import ring_key

PAIRS = sorted(ASYMMETRIC_ALGORITHMS)


def library_key(algorithm: Algorithm) -> Any:
    return load_der_private_key(ring_key(algorithm).private.material(), password=None)


def pem_of(algorithm: Algorithm, form: PrivateFormat = PrivateFormat.PKCS8, password: bytes = b"") -> bytes:
    protection = BestAvailableEncryption(password) if password else NoEncryption()
    return bytes(library_key(algorithm).private_bytes(Encoding.PEM, form, protection))


@pytest.mark.parametrize("algorithm", PAIRS)
def test_a_key_in_pkcs8_is_imported(algorithm: Algorithm) -> None:
    key = private_key_import(algorithm, b"\n" + pem_of(algorithm) + b"\n")
    assert key.algorithm is algorithm
    assert key.public_jwk() == ring_key(algorithm).private.public_jwk()


def test_a_secret_is_imported_as_its_own_bytes() -> None:
    secret = ring_key(Algorithm.HS256).private.material()
    assert private_key_import(Algorithm.HS256, secret).material() == secret


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_a_key_of_another_algorithm_is_refused(algorithm: Algorithm) -> None:
    for other in PAIRS:
        if other is not algorithm and {algorithm, other} != {Algorithm.RS256, Algorithm.PS256}:
            with pytest.raises(KeyRefusedError):
                private_key_import(algorithm, pem_of(other))


PEM = pem_of(Algorithm.ES256)
PUBLIC = (
    library_key(Algorithm.ES256).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
)
BAD_PEM = [
    pytest.param(b"", id="nothing"),
    pytest.param(b"\xff" * 100, id="rubbish"),
    pytest.param(PUBLIC, id="public key"),
    pytest.param(pem_of(Algorithm.ES256, password=b"hunter2"), id="encrypted"),
    pytest.param(pem_of(Algorithm.ES256, PrivateFormat.TraditionalOpenSSL), id="SEC 1"),
    pytest.param(pem_of(Algorithm.ED25519, PrivateFormat.OpenSSH), id="OpenSSH"),
    pytest.param(PEM + PEM, id="two keys"),
    pytest.param(PEM + PUBLIC, id="a key and its public half"),
    pytest.param(b"Proc-Type: 4\n" + PEM, id="text in front"),
    pytest.param(PEM[:-40], id="cut short"),
    pytest.param(PEM.replace(b"M", b"N", 1), id="damaged"),
    pytest.param(PEM + b"A" * 20_000, id="far too long"),
    pytest.param(ring_key(Algorithm.ES256).private.material(), id="DER"),
]


@pytest.mark.parametrize("pem", BAD_PEM)
def test_anything_but_one_plain_pkcs8_block_is_refused(pem: bytes) -> None:
    with pytest.raises(KeyRefusedError):
        private_key_import(Algorithm.ES256, pem)


def package_frames(error: BaseException) -> Iterator[FrameType]:
    chain: BaseException | None = error
    while chain is not None:
        for frame, _ in traceback.walk_tb(chain.__traceback__):
            if "kernel/jose" in frame.f_code.co_filename:
                yield frame
        chain = chain.__cause__ or chain.__context__


WRONG_CURVE = ec.generate_private_key(ec.SECP256K1()).private_bytes(
    Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
)
WRONG_KIND = ed25519.Ed25519PrivateKey.generate().private_bytes(
    Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
)


@pytest.mark.parametrize(
    ("algorithm", "material"),
    [
        pytest.param(Algorithm.ES256, WRONG_CURVE, id="another curve"),
        pytest.param(Algorithm.RS256, WRONG_KIND, id="another kind of key"),
        pytest.param(Algorithm.ES256, PEM[:-40], id="cut short"),
        pytest.param(Algorithm.HS256, b"hunter2hunter2hunter2hunter2hunter2", id="weak secret"),
    ],
)
@pytest.mark.parametrize("take", [private_key_import, private_key_load])
def test_a_refused_key_is_in_no_message_and_no_frame(
    algorithm: Algorithm, material: bytes, take: Callable[[Algorithm, bytes], PrivateKey]
) -> None:
    with pytest.raises(KeyRefusedError) as caught:
        take(algorithm, material)
    frames = list(package_frames(caught.value))
    assert [frame.f_code.co_filename for frame in frames] == [key_families.__file__]
    secret_words = [line for line in material.splitlines() if not line.startswith(b"-----")]
    told = caught.value.message + repr([frame.f_locals for frame in frames])
    assert not [word for word in secret_words if word.decode() in told]
