from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from releaseconsole.kernel.jose.errors import TokenRefusedError
from signing.domain.claim_class import ClaimType
from signing.domain.claim_values import (
    RESERVED_NAMES,
    claim_name_check,
    claim_value_check,
    ext_rule,
)
from signing.domain.download_token import DOWNLOAD_TOKEN
from signing.domain.phi_tokens import PHI_BACKEND_TOKEN, PHI_RELEASE_TOKEN
from signing.errors import ClaimNameError, ClaimValueError

TEXT, WHOLE, FLAG = ClaimType


@pytest.mark.parametrize("name", ["a", "plan", "plan_2", "a" * 64])
def test_a_plain_name_is_taken(name: str) -> None:
    assert claim_name_check(name) == name


@pytest.mark.parametrize(
    "name", ["", "A", "Plan", "2plan", "_plan", "pl-an", "pl.an", "plan ", "plan\n", "ä", "a" * 65]
)
def test_a_name_that_readers_could_trip_over_is_not(name: str) -> None:
    with pytest.raises(ClaimNameError):
        claim_name_check(name)


def test_no_name_of_any_kinds_own_claims_is_taken() -> None:
    kinds = (PHI_RELEASE_TOKEN, PHI_BACKEND_TOKEN, DOWNLOAD_TOKEN)
    own = {name for kind in kinds for name in (*kind.required, *kind.optional)}
    assert own <= RESERVED_NAMES
    for name in RESERVED_NAMES:
        with pytest.raises(ClaimNameError):
            claim_name_check(name)


@pytest.mark.parametrize(
    ("claim_type", "value"),
    [
        *((TEXT, ""), (TEXT, "Zürich 😀"), (TEXT, "x" * 256)),
        *((WHOLE, 0), (WHOLE, -5), (WHOLE, 2**53 - 1)),
        *((FLAG, True), (FLAG, False)),
    ],
)
def test_values_of_the_right_type_are_taken_as_they_are(claim_type: ClaimType, value: Any) -> None:
    assert claim_value_check("plan", claim_type, value) is value
    ext_rule("ext", {"plan": value})


@pytest.mark.parametrize(
    ("claim_type", "value"),
    [
        *((TEXT, 1), (TEXT, True), (TEXT, None), (TEXT, ["x"]), (TEXT, {}), (TEXT, "x" * 257)),
        *((TEXT, "a\0b"), (TEXT, "a\nb"), (TEXT, "\ud800"), (TEXT, "\x7f")),
        *((WHOLE, True), (WHOLE, 1.0), (WHOLE, "1"), (WHOLE, 2**53), (WHOLE, -(2**53)), (WHOLE, None)),
        *((FLAG, 1), (FLAG, 0), (FLAG, "true"), (FLAG, None)),
    ],
)
def test_other_values_are_refused_and_not_repeated(claim_type: ClaimType, value: Any) -> None:
    with pytest.raises(ClaimValueError, match=r"^plan takes"):
        claim_value_check("plan", claim_type, value)


@pytest.mark.parametrize(
    "ext",
    [
        pytest.param(None, id="null"),
        pytest.param([], id="a list"),
        pytest.param("x", id="text"),
        pytest.param({}, id="empty, not absent"),
        pytest.param({f"c{number}": 1 for number in range(33)}, id="too many"),
        pytest.param({f"c{number}": "ü" * 256 for number in range(8)}, id="too long in all"),
        pytest.param({"Plan": 1}, id="a name in capitals"),
        pytest.param({"plan": None}, id="null inside"),
        pytest.param({"plan": {"deep": 1}}, id="an object inside"),
        pytest.param({"plan": [1]}, id="a list inside"),
        pytest.param({"plan": 1.5}, id="a fraction"),
        pytest.param({"plan": 2**53}, id="an inexact number"),
        pytest.param({"plan": "x" * 257}, id="a text too long"),
    ],
)
def test_no_kind_takes_an_ext_of_another_shape(ext: Any) -> None:
    with pytest.raises(TokenRefusedError, match="isn't valid"):
        ext_rule("ext", ext)


@given(st.dictionaries(st.from_regex(r"[a-z][a-z0-9_]{0,9}", fullmatch=True), st.text() | st.integers()))
def test_whatever_issuing_lets_through_verifying_does_too(ext: dict[str, Any]) -> None:
    try:
        for name, value in ext.items():
            claim_value_check(name, TEXT if isinstance(value, str) else WHOLE, value)
    except ClaimValueError:
        return
    if 0 < len(ext) <= 8:
        ext_rule("ext", ext)
