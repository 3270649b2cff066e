"""Which custom claims a token may carry, to whom, and in clear or encrypted only (docs/token-profiles.md).

An allow-list: what the profile doesn't define is refused. What nobody has classified is treated as internal,
and as PHI in an app that handles PHI: not knowing is no reason to let something out.
"""

from collections.abc import Mapping
from typing import Final

from signing.domain.claim_class import ClaimClass
from signing.domain.claim_values import claim_value_check, ext_size_check
from signing.domain.profile import Audience, Claim, ClaimValue, DeviceProfile, Profile
from signing.errors import (
    ClaimUnknownError,
    ClaimValueError,
    ConsentRequiredError,
    EncryptionRequiredError,
    PHIEncryptionRequiredError,
)


def ext_claims_check(
    profile: Profile,
    passed: Mapping[str, object],
    *,
    audience: Audience,
    encrypted: bool,
    consent: bool,
) -> dict[str, ClaimValue]:
    """Return all custom claims of a token, fixed and passed, if it may carry them.

    Args:
        profile: The app's.
        passed: What whoever asks for the token wants in it, beside the fixed claims.
        audience: Who will read it.
        encrypted: Whether it will be encrypted to that reader's own key.
        consent: Whether the asker says that the person consented to it.

    Raises:
        ClaimUnknownError: A claim that the profile doesn't define.
        ClaimValueError: A value of another type, for a claim that is fixed, or too much of all.
        ConsentRequiredError: A personal claim without consent.
        EncryptionRequiredError: A claim that this reader gets encrypted only.
        PHIEncryptionRequiredError: The same, because it is PHI or might be.
    """
    ext = profile.fixed | {name: _passed(profile, name, passed[name]) for name in sorted(passed)}
    ext_size_check(ext)
    for name in sorted(ext):
        _allow(profile, name, audience=audience, encrypted=encrypted, consent=consent)
    return ext


def device_profile(profile: Profile) -> DeviceProfile:
    """Say what every device's token carries (the fixed claims), and whether in clear or encrypted.

    Raises:
        ClaimValueError: The fixed claims don't fit into a token.
        ConsentRequiredError: One of them is personal: nobody consents on behalf of all devices.
    """
    encrypted = any(_clear_refusal(profile, profile.claims[name], Audience.DEVICE) for name in profile.fixed)
    ext = ext_claims_check(profile, {}, audience=Audience.DEVICE, encrypted=encrypted, consent=False)
    return DeviceProfile(ext, encrypted)


def _passed(profile: Profile, name: str, value: object) -> ClaimValue:
    claim = profile.claims.get(name)
    if claim is None:
        # Not repeated: a name that nobody defined may be anything, a person's among them.
        raise ClaimUnknownError
    if claim.fixed is not None:
        raise ClaimValueError(f"{name} has a fixed value; leave it out.")
    return claim_value_check(name, claim.claim_type, value)


def _allow(profile: Profile, name: str, *, audience: Audience, encrypted: bool, consent: bool) -> None:
    claim = profile.claims[name]
    if claim.claim_class is ClaimClass.PERSONAL and not consent:
        raise ConsentRequiredError(f"{name} is personal: pass it only with the person's consent, and say so.")
    refusal = None if encrypted else _clear_refusal(profile, claim, audience)
    if refusal is not None:
        raise refusal(f"{name} {_REASONS[refusal]}")


def _clear_refusal(
    profile: Profile, claim: Claim, audience: Audience
) -> type[EncryptionRequiredError] | None:
    match claim.claim_class:
        case ClaimClass.PUBLIC:
            return None
        case ClaimClass.PERSONAL:
            return EncryptionRequiredError if profile.encrypts_personal else None
        case ClaimClass.PHI:
            return PHIEncryptionRequiredError
        case None if profile.handles_phi:
            return PHIEncryptionRequiredError
        case ClaimClass.INTERNAL | None:
            return EncryptionRequiredError if audience is Audience.DEVICE else None


_REASONS: Final[Mapping[type[EncryptionRequiredError], str]] = {
    EncryptionRequiredError: "may travel to this reader in an encrypted token only.",
    PHIEncryptionRequiredError: "is PHI, or may be (it isn't classified): in an encrypted token only.",
}
