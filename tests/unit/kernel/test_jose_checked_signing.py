"""The checked way to a signature: nothing is signed that this kind's verifier would refuse."""

import enum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from releaseconsole.kernel.jose.algorithms import Algorithm
from releaseconsole.kernel.jose.errors import TokenRefusedError
from releaseconsole.kernel.jose.kinds import COMMON_CLAIMS, TokenKind, lifetime_check
from releaseconsole.kernel.jose.signing import TokenSigner, token_sign_checked
from releaseconsole.kernel.jose.verification import token_verify
from signing.domain.download_token import DOWNLOAD_TOKEN, download_claims_encode
from signing.domain.release_token import RELEASE_TOKEN, ReleaseClaims
from tests.support.key_ring import ring_key, trusted_keys
from tests.support.tokens import (
    APP_ID,
    DEVICE_ID,
    EXPECTED,
    ISSUER,
    NOW,
    download_claims,
    every_algorithm,
    install_claims,
)

KIND = every_algorithm(RELEASE_TOKEN)
KEY = ring_key(Algorithm.ES256)
SIGNER = KEY.signer(KIND.typ)
JTI = "h2e9GCH31Q3OQgvqTNhKCA"


def verified(token: str) -> dict[str, Any]:
    return token_verify(token, kind=KIND, keys=trusted_keys(), expected=EXPECTED, now=NOW)


def never(_: bytes) -> bytes:
    pytest.fail("it was signed")


UNUSED = TokenSigner(kid=KEY.kid, algorithm=KEY.algorithm, typ=KIND.typ, sign=never)


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_good_claims_are_signed_and_verify(algorithm: Algorithm) -> None:
    signer = ring_key(algorithm).signer(KIND.typ)
    assert verified(token_sign_checked(signer, kind=KIND, claims=install_claims())) == install_claims()


class Decision(enum.StrEnum):
    INSTALL = "install"


class Sequence(enum.IntEnum):
    TWELVE = 12


def test_what_is_checked_is_what_is_signed() -> None:
    """A value that isn't exactly a number in memory is one in the token, and the token is what counts."""
    claims = install_claims(decision=Decision.INSTALL, decision_seq=Sequence.TWELVE)
    token = token_sign_checked(SIGNER, kind=KIND, claims=claims)
    assert verified(token) == install_claims()


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        pytest.param(install_claims(exp=NOW + 901), "claim exp: 901", id="a second too long"),
        pytest.param(install_claims(exp=NOW), "claim exp: 0", id="no life"),
        pytest.param(install_claims(exp=NOW - 1), "claim exp: -1", id="over before it begins"),
        pytest.param(install_claims(iat=True), "claim iat: not", id="a boolean for a time"),
        pytest.param(install_claims(exp=float(NOW + 9)), "claim exp: not", id="a float for a time"),
        pytest.param(install_claims(admin=True), "a claim that", id="unknown claim"),
        pytest.param(install_claims(sub=...), "claims missing: sub", id="missing claim"),
        pytest.param(install_claims(aud=[APP_ID]), "claim aud: not", id="two audiences"),
        pytest.param(install_claims(jti="7"), "claim jti: 1", id="jti too short"),
        pytest.param(install_claims(version=float("nan")), "claims: not JSON", id="not a number"),
        pytest.param(install_claims(version=b"2.4.1"), "claims: not JSON", id="bytes"),
        pytest.param(install_claims(version="\ud800"), "claims: not JSON", id="half a character"),
        pytest.param(install_claims(version={7: "x", "7": "y"}), "claims: not JSON", id="mixed names"),
        pytest.param(
            install_claims(version={None: "x"}), "claim version: not a string", id="null for a name"
        ),
    ],
)
def test_what_would_not_verify_is_not_signed(claims: dict[str, Any], reason: str) -> None:
    with pytest.raises(TokenRefusedError) as caught:
        token_sign_checked(UNUSED, kind=KIND, claims=claims)
    assert caught.value.reason.startswith(reason)


def test_claims_that_contain_themselves_are_refused() -> None:
    claims = install_claims()
    claims["version"] = claims
    with pytest.raises(TokenRefusedError):
        token_sign_checked(UNUSED, kind=KIND, claims=claims)


def test_a_token_that_is_too_long_does_not_leave() -> None:
    roomy = TokenKind(
        typ=KIND.typ, algorithms=KIND.algorithms, required={**COMMON_CLAIMS, "note": lambda _, __: None}
    )
    claims = {name: value for name, value in install_claims().items() if name in COMMON_CLAIMS}
    with pytest.raises(TokenRefusedError, match="isn't valid") as caught:
        token_sign_checked(SIGNER, kind=roomy, claims={**claims, "note": "x" * 7000})
    assert caught.value.reason.startswith("token: ")


@pytest.mark.parametrize(
    ("kind", "algorithm"), [(DOWNLOAD_TOKEN, Algorithm.ES256), (RELEASE_TOKEN, Algorithm.HS256)]
)
def test_a_signer_of_another_algorithm_is_a_bug(kind: TokenKind, algorithm: Algorithm) -> None:
    claims = download_claims() if kind is DOWNLOAD_TOKEN else install_claims()
    with pytest.raises(ValueError, match="doesn't sign"):
        token_sign_checked(ring_key(algorithm).signer(kind.typ), kind=kind, claims=claims)


def test_a_signer_of_another_kind_is_a_bug() -> None:
    with pytest.raises(ValueError, match="doesn't sign"):
        token_sign_checked(KEY.signer("key-probe+jwt"), kind=KIND, claims=install_claims())


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=4,
)


@given(st.sampled_from(sorted(install_claims())), values)
def test_whatever_is_signed_verifies(name: str, value: Any) -> None:
    claims = install_claims(**{name: value})
    try:
        token = token_sign_checked(SIGNER, kind=KIND, claims=claims)
    except TokenRefusedError:
        return
    anyone = type(EXPECTED)(claims["iss"], claims["aud"], None)
    assert token_verify(token, kind=KIND, keys=trusted_keys(), expected=anyone, now=claims["iat"]) == claims


@pytest.mark.parametrize("lifetime", [0, -1, 901, 86_400])
def test_the_builders_of_the_hot_path_make_nothing_that_lives_too_long(lifetime: int) -> None:
    with pytest.raises(ValueError, match="must be 1 to 900"):
        ReleaseClaims(
            issuer=ISSUER,
            app_id=APP_ID,
            lifetime=lifetime,
            decision="hold",
            decision_seq=0,
            channel="",
            release=None,
        )
    with pytest.raises(ValueError, match="must be 1 to 900"):
        download_claims_encode(
            issuer=ISSUER,
            app_id=APP_ID,
            device_id=DEVICE_ID,
            sha256="ab" * 32,
            issued=NOW,
            lifetime=lifetime,
            jti=JTI,
        )


@pytest.mark.parametrize("lifetime", [1, 900])
def test_a_lifetime_within_the_bounds_is_kept(lifetime: int) -> None:
    assert lifetime_check(lifetime) == lifetime


@pytest.mark.parametrize("life", [0, 901, 86_400])
def test_no_kind_of_token_lives_longer_than_15_minutes(life: int) -> None:
    with pytest.raises(ValueError, match="must be 1 to 900"):
        TokenKind(typ="x+jwt", algorithms=frozenset(), required=COMMON_CLAIMS, max_life=life)


@pytest.mark.parametrize("name", sorted(COMMON_CLAIMS))
def test_no_kind_of_token_does_without_a_common_claim(name: str) -> None:
    required = {claim: rule for claim, rule in COMMON_CLAIMS.items() if claim != name}
    with pytest.raises(ValueError, match="every token"):
        TokenKind(typ="x+jwt", algorithms=frozenset(), required=required)
