import copy
import pickle

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from hypothesis import example, given
from hypothesis import strategies as st

from releaseconsole.kernel.jose.algorithms import Algorithm
from releaseconsole.kernel.jose.ec_keys import ES256Key, der_to_raw
from releaseconsole.kernel.jose.errors import TokenRefusedError
from releaseconsole.kernel.jose.headers import Header, header_parse
from releaseconsole.kernel.jose.signing import TokenSigner
from signing.domain.probe_token import PROBE_TOKEN, probe_check
from tests.support.key_ring import ring_key, stranger_key

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
scalars = st.integers(1, P256_ORDER - 1) | st.integers(1, 2**16)
wide_scalars = st.integers(1, 2**384 - 1) | st.integers(1, 2**16)


@given(scalars, scalars)
@example(1, 1)
@example(0x7F, 0x80)
@example(P256_ORDER - 1, 1)
@example(1, P256_ORDER - 1)
def test_der_becomes_fixed_width_whatever_the_size_of_the_numbers(r: int, s: int) -> None:
    assert der_to_raw(encode_dss_signature(r, s), 32) == r.to_bytes(32, "big") + s.to_bytes(32, "big")


@given(wide_scalars, wide_scalars)
@example(2**384 - 1, 2**384 - 1)
@example(2**383, 1)
def test_der_of_the_widest_curve_keeps_to_one_byte_lengths(r: int, s: int) -> None:
    assert der_to_raw(encode_dss_signature(r, s), 48) == r.to_bytes(48, "big") + s.to_bytes(48, "big")


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_a_key_of_each_algorithm_proves_itself(algorithm: Algorithm) -> None:
    key = ring_key(algorithm)
    probe_check(key.signer(PROBE_TOKEN.typ), key.verification_key)


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_a_key_proves_nothing_for_another(algorithm: Algorithm) -> None:
    key, other = ring_key(algorithm), stranger_key(algorithm)
    impostor = TokenSigner(kid=key.kid, algorithm=algorithm, typ=PROBE_TOKEN.typ, sign=other.sign)
    with pytest.raises(TokenRefusedError):
        probe_check(impostor, key.verification_key)


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_a_signature_has_the_length_that_its_key_announces(algorithm: Algorithm) -> None:
    key = ring_key(algorithm)
    assert {len(key.sign(bytes([n]))) for n in range(8)} == {key.verification_key.signature_bytes}


def signer() -> TokenSigner:
    key = ES256Key.generate()
    return TokenSigner(kid=key.public_jwk()["kid"], algorithm=key.algorithm, typ="release+jwt", sign=key.sign)


def test_the_header_is_exactly_alg_kid_and_typ() -> None:
    made = signer()
    token = made.sign(b"{}")
    assert header_parse(token.split(".", maxsplit=1)[0]) == Header("ES256", made.kid, "release+jwt")


def test_signatures_have_one_width() -> None:
    made = signer()
    # One in 256 numbers is shorter than the field: enough rounds to meet some on both sides.
    assert {len(made.sign(b"{}").rsplit(".", maxsplit=1)[1]) for _ in range(1500)} == {86}


def test_a_signer_is_neither_printed_nor_copied_nor_pickled() -> None:
    made = signer()
    assert repr(made) == f"<TokenSigner release+jwt {made.kid}>"
    assert not hasattr(made, "__dict__")
    for escape in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="stays in the process"):
            escape(made)
