"""What a key signs is looked at before it leaves: always for an HSM or KMS, by sampling for a local key."""

import logging

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from hypothesis import given
from hypothesis import strategies as st

from releaseconsole.kernel.jose.algorithms import Algorithm
from releaseconsole.kernel.jose.ec_keys import ES256Key
from releaseconsole.kernel.jose.headers import header_segment
from signing.backends.awskms import der_to_fixed
from signing.backends.verified import SampledHandle, VerifiedHandle
from signing.errors import KeyUnavailableError

KEY, OTHER = ES256Key.generate(), ES256Key.generate()
KID = KEY.public_jwk()["kid"]
PUBLIC = KEY.verification_key(KID)
DATA = f"{header_segment(algorithm=Algorithm.ES256, kid=KID, typ='probe+jws')}.e30".encode()


class Handle:
    """A backend that may answer with anything."""

    algorithm = Algorithm.ES256

    def __init__(self, *answers: bytes) -> None:
        self.answers = list(answers)

    def sign(self, signing_input: bytes, /) -> bytes:
        return self.answers.pop(0) if self.answers else KEY.sign(signing_input)


def as_der(raw: bytes) -> bytes:
    return encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))


WRONG = [
    pytest.param(OTHER.sign(DATA), id="another key's"),
    pytest.param(KEY.sign(DATA + b"x"), id="of something else"),
    pytest.param(as_der(KEY.sign(DATA)), id="in DER"),
    pytest.param(b"", id="empty"),
    pytest.param(bytes(64), id="psychic"),
]


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_signature_of_a_backend_never_leaves_and_is_logged(
    wrong: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    handle = VerifiedHandle(Handle(wrong), PUBLIC)
    with caplog.at_level(logging.ERROR), pytest.raises(KeyUnavailableError, match="doesn't verify"):
        handle.sign(DATA)
    assert f"A signature of key {KID} was held back" in caplog.text
    assert handle.sign(DATA)  # the next good one is fine: a backend may have hiccups


@pytest.mark.parametrize("wrong", WRONG)
def test_a_local_key_that_signed_wrongly_signs_nothing_more(wrong: bytes) -> None:
    good = KEY.sign(DATA)
    handle = SampledHandle(Handle(good, good, wrong), PUBLIC, every=3)
    assert handle.sign(DATA) == handle.sign(DATA) == good
    for _ in range(2):
        with pytest.raises(KeyUnavailableError):
            handle.sign(DATA)


def test_only_every_nth_signature_is_looked_at() -> None:
    handle = SampledHandle(Handle(*[b"wrong"] * 3), PUBLIC, every=4)
    assert [handle.sign(DATA) for _ in range(3)] == [b"wrong"] * 3
    assert len(handle.sign(DATA)) == 64


@given(st.integers(0, 2**256 - 1), st.integers(0, 2**256 - 1))
def test_der_from_outside_becomes_two_numbers_of_full_width(r: int, s: int) -> None:
    raw = der_to_fixed(encode_dss_signature(r, s), 32)
    assert (int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")) == (r, s)
    assert len(raw) == 64


@pytest.mark.parametrize(
    "der",
    [
        pytest.param(b"", id="empty"),
        pytest.param(KEY.sign(DATA), id="no DER at all"),
        pytest.param(encode_dss_signature(1, 2) + b"\0", id="with something behind"),
        pytest.param(encode_dss_signature(1, 2)[:-1], id="cut"),
        pytest.param(encode_dss_signature(2**256, 1), id="a number too long"),
        pytest.param(bytes.fromhex("3006020101020180"), id="a negative number"),
        pytest.param(bytes.fromhex("300702020001020101"), id="a number padded with zeros"),
        pytest.param(bytes.fromhex("308106020101020101"), id="a length spelt too long"),
    ],
)
def test_anything_else_is_refused(der: bytes) -> None:
    with pytest.raises(KeyUnavailableError, match="isn't an ECDSA signature"):
        der_to_fixed(der, 32)
