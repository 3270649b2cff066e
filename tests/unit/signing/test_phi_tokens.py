from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from releaseconsole.kernel.encoding import canonical_json
from releaseconsole.kernel.jose.errors import TokenRefusedError
from releaseconsole.kernel.jose.padding import BUCKET, pad_claims
from releaseconsole.kernel.jose.strict_json import object_parse
from signing.domain.backend_token import (
    BACKEND_TOKEN,
    backend_claims,
    life_asked_check,
    subject_check,
)
from signing.domain.phi_tokens import PHI_BACKEND_TOKEN, PHI_RELEASE_TOKEN, encoded_claims_pad
from signing.domain.profile import ClaimValue
from signing.domain.release_token import RELEASE_TOKEN
from signing.errors import ClaimValueError
from tests.support.tokens import APP_ID, ISSUER, NOW, install_claims

JTI = "h2e9GCH31Q3OQgvqTNhKCA"


@given(st.dictionaries(st.text("abc", min_size=1, max_size=9), st.text() | st.integers(), min_size=1))
def test_padding_what_is_written_already_is_padding_before_writing(claims: dict[str, Any]) -> None:
    try:
        written = canonical_json(claims)
    except UnicodeEncodeError:  # half a character
        return
    padded = encoded_claims_pad(written)
    assert len(padded) % BUCKET == 0
    assert object_parse(padded, what="claims") == pad_claims(claims)


def test_an_encrypted_kind_takes_padding_and_the_clear_one_does_not() -> None:
    padded = object_parse(encoded_claims_pad(canonical_json(install_claims())), what="claims")
    PHI_RELEASE_TOKEN.claims_check(padded)
    with pytest.raises(TokenRefusedError):
        RELEASE_TOKEN.claims_check(padded)


@pytest.mark.parametrize("padded", [True, False])
def test_back_end_claims_are_just_these_and_the_kind_accepts_them(*, padded: bool) -> None:
    kind = PHI_BACKEND_TOKEN if padded else BACKEND_TOKEN
    exts: tuple[Mapping[str, ClaimValue], ...] = ({}, {"plan": "gold", "seats": 3})
    for ext in exts:
        claims = backend_claims(
            issuer=ISSUER,
            app_id=APP_ID,
            subject="user 7",
            issued=NOW,
            lifetime=60,
            jti=JTI,
            ext=ext,
            padded=padded,
        )
        kind.claims_check(claims)
        assert ("pad" in claims) is padded
        claims.pop("pad", None)
        assert claims == {
            "iss": ISSUER,
            "aud": APP_ID,
            "sub": "user 7",
            "iat": NOW,
            "nbf": NOW,
            "exp": NOW + 60,
            "jti": JTI,
            **({"ext": ext} if ext else {}),
        }


@pytest.mark.parametrize("subject", ["", "x" * 129, "a\0", "a\nb", "\ud800"])
def test_a_subject_that_no_token_can_be_about_is_refused(subject: str) -> None:
    with pytest.raises(ClaimValueError, match="subject has"):
        subject_check(subject)


@pytest.mark.parametrize(("lifetime", "most"), [(5, 900), (900, 900), (60, 60), (900, 3600)])
def test_a_life_that_keys_outlast_is_granted(lifetime: int, most: int) -> None:
    assert life_asked_check(lifetime, most=most) == lifetime


@pytest.mark.parametrize(("lifetime", "most"), [(4, 900), (901, 900), (61, 60), (901, 3600), (-5, 900)])
def test_no_token_lives_longer_than_15_minutes_or_than_its_console_allows(lifetime: int, most: int) -> None:
    with pytest.raises(ClaimValueError):
        life_asked_check(lifetime, most=most)
