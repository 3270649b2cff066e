"""The decision table of docs/token-profiles.md, row by row, and what holds for every combination."""

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing.domain.claim_class import ClaimClass, ClaimType
from signing.domain.ext_claims import device_profile, ext_claims_check
from signing.domain.profile import Audience, Claim, DeviceProfile, Profile
from signing.errors import ClaimUnknownError, ClaimValueError, ConsentRequiredError, SigningError

PUBLIC, INTERNAL = ClaimClass.PUBLIC, ClaimClass.INTERNAL
PERSONAL, PHI, NONE = ClaimClass.PERSONAL, ClaimClass.PHI, None
CLASSES: list[ClaimClass | None] = [*ClaimClass, None]
BOOLEANS = [False, True]
OK = ""

# Class, PHI flag, personal-only-encrypted, reader: what a token in clear is refused with.
IN_CLEAR: dict[tuple[ClaimClass | None, bool, bool, Audience], str] = {
    **{(PUBLIC, *rest): OK for rest in product(BOOLEANS, BOOLEANS, Audience)},
    **{(INTERNAL, *rest, Audience.DEVICE): "encryption_required" for rest in product(BOOLEANS, BOOLEANS)},
    **{(INTERNAL, *rest, Audience.BACKEND): OK for rest in product(BOOLEANS, BOOLEANS)},
    **{(PERSONAL, phi, False, who): OK for phi, who in product(BOOLEANS, Audience)},
    **{(PERSONAL, phi, True, who): "encryption_required" for phi, who in product(BOOLEANS, Audience)},
    **{(PHI, *rest): "phi_needs_encryption" for rest in product(BOOLEANS, BOOLEANS, Audience)},
    **{(NONE, False, personal, Audience.DEVICE): "encryption_required" for personal in BOOLEANS},
    **{(NONE, False, personal, Audience.BACKEND): OK for personal in BOOLEANS},
    **{(NONE, True, *rest): "phi_needs_encryption" for rest in product(BOOLEANS, Audience)},
}
COMBINATIONS = list(product(CLASSES, BOOLEANS, BOOLEANS, Audience))


def profile_of(
    claim_class: ClaimClass | None, *, phi: bool = False, personal: bool = False, fixed: str | None = None
) -> Profile:
    return Profile(phi, personal, {"note": Claim(claim_class, ClaimType.TEXT, fixed)})


def outcome(profile: Profile, passed: dict[str, Any], **how: Any) -> str:
    try:
        ext_claims_check(profile, passed, **how)
    except SigningError as exc:
        return "the value is repeated" if "secret words" in str(exc) else exc.code
    return OK


def test_the_table_says_something_of_every_combination() -> None:
    assert IN_CLEAR.keys() == set(COMBINATIONS)


@pytest.mark.parametrize(("claim_class", "phi", "personal", "who"), COMBINATIONS)
def test_in_clear_the_table_decides(
    claim_class: ClaimClass | None, who: Audience, *, phi: bool, personal: bool
) -> None:
    profile = profile_of(claim_class, phi=phi, personal=personal)
    told = outcome(profile, {"note": "secret words"}, audience=who, encrypted=False, consent=True)
    assert told == IN_CLEAR[claim_class, phi, personal, who]


@pytest.mark.parametrize(("claim_class", "phi", "personal", "who"), COMBINATIONS)
def test_encrypted_everything_that_is_defined_may_travel(
    claim_class: ClaimClass | None, who: Audience, *, phi: bool, personal: bool
) -> None:
    profile = profile_of(claim_class, phi=phi, personal=personal)
    assert outcome(profile, {"note": "secret words"}, audience=who, encrypted=True, consent=True) == OK


@pytest.mark.parametrize("claim_class", CLASSES)
@pytest.mark.parametrize("encrypted", BOOLEANS)
def test_only_personal_claims_ask_for_consent_and_encryption_is_none(
    claim_class: ClaimClass | None, *, encrypted: bool
) -> None:
    told = outcome(
        profile_of(claim_class),
        {"note": "secret words"},
        audience=Audience.BACKEND,
        encrypted=encrypted,
        consent=False,
    )
    assert (told == "consent_required") is (claim_class is PERSONAL)


@pytest.mark.parametrize(("claim_class", "phi", "personal", "who"), COMBINATIONS)
def test_a_fixed_value_is_judged_like_a_passed_one(
    claim_class: ClaimClass | None, who: Audience, *, phi: bool, personal: bool
) -> None:
    profile = profile_of(claim_class, phi=phi, personal=personal, fixed="secret words")
    told = outcome(profile, {}, audience=who, encrypted=False, consent=True)
    assert told == IN_CLEAR[claim_class, phi, personal, who]


@pytest.mark.parametrize(("claim_class", "phi"), list(product(CLASSES, BOOLEANS)))
def test_devices_are_sent_encrypted_tokens_exactly_where_clear_ones_are_refused(
    claim_class: ClaimClass | None, *, phi: bool
) -> None:
    profile = profile_of(claim_class, phi=phi, fixed="x")
    if claim_class is PERSONAL:
        with pytest.raises(ConsentRequiredError):
            device_profile(profile)
        return
    refused = IN_CLEAR[claim_class, phi, False, Audience.DEVICE] != OK
    assert device_profile(profile) == DeviceProfile({"note": "x"}, is_encrypted=refused)


def test_claims_that_a_caller_passes_do_not_make_devices_need_encryption() -> None:
    assert device_profile(profile_of(PHI, phi=True)) == DeviceProfile({}, is_encrypted=False)


def test_fixed_and_passed_claims_come_together() -> None:
    profile = Profile(
        False,
        False,
        {
            "region": Claim(PUBLIC, ClaimType.TEXT, "eu"),
            "is_trial": Claim(PUBLIC, ClaimType.FLAG, False),
            "seats": Claim(PUBLIC, ClaimType.WHOLE),
            "left_out": Claim(PUBLIC, ClaimType.TEXT),
        },
    )
    ext = ext_claims_check(profile, {"seats": 3}, audience=Audience.DEVICE, encrypted=False, consent=False)
    assert ext == {"region": "eu", "is_trial": False, "seats": 3}


def test_an_unknown_claim_is_refused_without_repeating_its_name() -> None:
    with pytest.raises(ClaimUnknownError) as caught:
        ext_claims_check(
            profile_of(PUBLIC), {"john_doe": 1}, audience=Audience.BACKEND, encrypted=True, consent=True
        )
    assert "john_doe" not in str(caught.value)


def test_a_fixed_value_cannot_be_passed_over() -> None:
    with pytest.raises(ClaimValueError, match="fixed"):
        ext_claims_check(
            profile_of(PUBLIC, fixed="a"),
            {"note": "a"},
            audience=Audience.BACKEND,
            encrypted=True,
            consent=True,
        )


def test_too_much_is_refused_however_well_it_is_defined() -> None:
    names = [f"c{number}" for number in range(33)]
    profile = Profile(False, False, {name: Claim(PUBLIC, ClaimType.TEXT) for name in names})
    how: dict[str, Any] = {"audience": Audience.BACKEND, "encrypted": True, "consent": True}
    assert len(ext_claims_check(profile, dict.fromkeys(names[:32], "x"), **how)) == 32
    for too_much in (dict.fromkeys(names, "x"), dict.fromkeys(names[:8], "ü" * 256)):
        with pytest.raises(ClaimValueError, match="at most"):
            ext_claims_check(profile, too_much, **how)


CLAIMS = st.builds(
    Claim,
    claim_class=st.sampled_from(CLASSES),
    claim_type=st.just(ClaimType.TEXT),
    fixed=st.none() | st.just("fixed"),
)
PROFILES = st.builds(
    Profile,
    handles_phi=st.booleans(),
    encrypts_personal=st.booleans(),
    claims=st.dictionaries(st.sampled_from("abcdef"), CLAIMS),
)


@given(
    profile=PROFILES,
    data=st.data(),
    audience=st.sampled_from(Audience),
    encrypted=st.booleans(),
    consent=st.booleans(),
)
def test_no_combination_lets_out_in_clear_what_is_or_may_be_phi(
    profile: Profile, data: st.DataObject, audience: Audience, *, encrypted: bool, consent: bool
) -> None:
    names = st.sets(st.sampled_from(sorted(profile.claims))) if profile.claims else st.just(set())
    passed = dict.fromkeys(data.draw(names), "value")
    try:
        ext = ext_claims_check(profile, passed, audience=audience, encrypted=encrypted, consent=consent)
    except SigningError:
        return
    carried = [profile.claims[name] for name in ext]
    assert consent or all(claim.claim_class is not PERSONAL for claim in carried)
    if not encrypted:
        assert all(claim.claim_class is not PHI for claim in carried)
        assert not profile.handles_phi or all(claim.claim_class for claim in carried)
        if audience is Audience.DEVICE:
            assert all(claim.claim_class in {PUBLIC, PERSONAL} for claim in carried)
