"""Changing what an app's tokens may carry. By people on pages, behind a step-up; no API leads here."""

from datetime import datetime
from typing import Any, Final

from django.db import transaction

from compliance.ledger.domain.events import Action, Actor
from compliance.ledger.domain.phi_rules import PHIRule
from compliance.ledger.services import audit_record
from releaseconsole.kernel.errors import NotFoundError
from releaseconsole.kernel.jose.algorithms import Algorithm
from signing.domain.backend_token import BACKEND_TOKEN
from signing.domain.claim_class import ClaimClass, ClaimType
from signing.domain.claim_values import claim_name_check, claim_value_check
from signing.domain.ext_claims import device_profile
from signing.domain.profile import ClaimValue
from signing.domain.profile_operations import claim_is_lowered
from signing.domain.release_token import RELEASE_TOKEN
from signing.errors import ClaimValueError, ConsentRequiredError
from signing.models import ClaimDefinition, TokenProfile
from signing.selectors import profile_rules
from signing.services.key_set import key_set_touch
from signing.services.phi import phi_followers_tell
from signing.services.profile_rows import profile_lock

MOST_DEFINITIONS: Final = 64


def profile_change(
    *,
    app_id: str,
    actor: Actor,
    now: datetime,
    algorithm: Algorithm | None = None,
    backend_algorithm: Algorithm | None = None,
    issues_backend_tokens: bool | None = None,
    handles_phi: bool | None = None,
    encrypts_personal: bool | None = None,
    devices_may_register: bool | None = None,
) -> TokenProfile:
    """Change an app's profile; what is None stays. Another algorithm comes with the next key.

    Raises:
        NotFoundError: There's no such app.
        ClaimValueError: An algorithm that its kind of token doesn't have.
    """
    wanted: dict[str, str | bool | None] = {
        "algorithm": _of_kind(algorithm, RELEASE_TOKEN.algorithms),
        "backend_algorithm": _of_kind(backend_algorithm, BACKEND_TOKEN.algorithms),
        "issues_backend_tokens": issues_backend_tokens,
        "handles_phi": handles_phi,
        "encrypts_personal": encrypts_personal,
        "devices_may_register": devices_may_register,
    }
    with transaction.atomic():
        profile = profile_lock(app_id=app_id)
        changed = {
            name: {"from": getattr(profile, name), "to": value}
            for name, value in wanted.items()
            if value is not None and value != getattr(profile, name)
        }
        if not changed:
            return profile
        for name, change in changed.items():
            setattr(profile, name, change["to"])
        if changed.get("handles_phi", {}).get("to") is False:
            profile.phi_lowered_at = now
            _lowered(profile, {"what": "app"}, actor=actor, now=now)
        profile.save(update_fields=[*sorted(changed), "phi_lowered_at"])
        if changed.get("handles_phi", {}).get("to"):
            phi_followers_tell(app_id=app_id, actor=actor, now=now)
        _changed(Action.PROFILE_CHANGED, profile, actor=actor, now=now, detail=changed)
    return profile


def claim_define(
    *,
    app_id: str,
    name: str,
    claim_class: ClaimClass | None,
    claim_type: ClaimType,
    fixed_value: ClaimValue | None = None,
    actor: Actor,
    now: datetime,
) -> ClaimDefinition:
    """Let an app's tokens carry a claim, or define one anew that they carry already.

    Args:
        app_id: The app.
        name: The claim's name under `ext`.
        claim_class: None: not classified yet.
        claim_type: What values it takes.
        fixed_value: What every token of the app carries; None: whoever asks for a token passes a value.
        actor: Who.
        now: When.

    Raises:
        NotFoundError: There's no such app.
        ClaimNameError: No claim can be called this.
        ClaimValueError: The claim doesn't take this value, or the profile has no room for another one.
        ConsentRequiredError: A fixed personal claim: nobody consents on behalf of everybody.
    """
    claim_name_check(name)
    if fixed_value is not None:
        claim_value_check(name, claim_type, fixed_value)
        if claim_class is ClaimClass.PERSONAL:
            raise ConsentRequiredError(f"{name} is personal: it can't have one value for everybody.")
    fields = {
        "claim_class": claim_class.value if claim_class else "",
        "claim_type": claim_type.value,
        "fixed_value": fixed_value,
    }
    with transaction.atomic():
        profile = profile_lock(app_id=app_id)
        before = _class_of(profile, name)
        claim, _ = ClaimDefinition.objects.update_or_create(
            profile=profile, name=name, defaults=fields, create_defaults={**fields, "created_at": now}
        )
        _fits_check(profile)
        detail: dict[str, Any] = {"claim": name, "class": claim.claim_class, "type": claim.claim_type}
        # Not the value: a fixed one may be of any class.
        detail["is_fixed"] = fixed_value is not None
        if claim_is_lowered(before, claim.claim_class, handles_phi=profile.handles_phi):
            _lowered(profile, {"what": "claim", "claim": name}, actor=actor, now=now)
        _changed(Action.CLAIM_DEFINED, profile, actor=actor, now=now, detail=detail)
    return claim


def claim_remove(*, app_id: str, name: str, actor: Actor, now: datetime) -> None:
    """Let an app's tokens carry a claim no more.

    Raises:
        NotFoundError: There's no such app or claim.
    """
    with transaction.atomic():
        profile = profile_lock(app_id=app_id)
        if claim_is_lowered(_class_of(profile, name), None, handles_phi=profile.handles_phi):
            _lowered(profile, {"what": "claim", "claim": name}, actor=actor, now=now)
        removed, _ = ClaimDefinition.objects.filter(profile=profile, name=name).delete()
        if not removed:
            raise NotFoundError(f"The app has no claim {name}.")
        _changed(Action.CLAIM_REMOVED, profile, actor=actor, now=now, detail={"claim": name})


def _of_kind(algorithm: Algorithm | None, possible: frozenset[Algorithm]) -> str | None:
    if algorithm is not None and algorithm not in possible:
        raise ClaimValueError(f"{algorithm.value} doesn't sign this kind of token.")
    return algorithm.value if algorithm else None


def _fits_check(profile: TokenProfile) -> None:
    # As a whole: fixed values that each fit may be too much together, and then nothing could be signed.
    rules = profile_rules(profile)
    if len(rules.claims) > MOST_DEFINITIONS:
        raise ClaimValueError(f"A profile defines at most {MOST_DEFINITIONS} claims.")
    device_profile(rules)


def _class_of(profile: TokenProfile, name: str) -> str | None:
    named = ClaimDefinition.objects.filter(profile=profile, name=name)
    return named.values_list("claim_class", flat=True).first()


def _lowered(profile: TokenProfile, what: dict[str, str], *, actor: Actor, now: datetime) -> None:
    audit_record(
        action=Action.PHI_LOWERED,
        actor=actor,
        now=now,
        app_id=profile.app_id,
        subject=("token_profile", profile.app_id),
        detail={"rule": PHIRule.LOWERED.value, **what},
    )


def _changed(
    action: Action, profile: TokenProfile, *, actor: Actor, now: datetime, detail: dict[str, Any]
) -> None:
    subject = ("token_profile", profile.app_id)
    audit_record(action=action, actor=actor, now=now, app_id=profile.app_id, subject=subject, detail=detail)
    key_set_touch()
