"""Changing what an app's tokens carry and how they are signed, confirmed by a fresh code."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.domain.operations import Operation
from accounts.services.authority import Authority
from releaseconsole.kernel import clock
from releaseconsole.kernel.jose.algorithms import Algorithm
from signing.domain.claim_class import ClaimClass, ClaimType
from signing.domain.profile import ClaimValue
from signing.domain.profile_operations import SETTINGS, claim_operation, profile_operation
from signing.models import ClaimDefinition, TokenProfile
from signing.selectors import profile_get
from signing.services.keys import app_reconcile
from signing.services.operations.confirmed import operator_confirmed
from signing.services.phi import phi_conditions_check
from signing.services.profile_rows import profile_lock
from signing.services.profiles import claim_define, claim_remove, profile_change


def profile_change_operation(*, app_id: str, changes: Mapping[str, str | bool]) -> Operation:
    """Name what the profile would become, as things are now.

    Raises:
        NotFoundError: There's no such app.
        PHIConditionsError: It would say that the app handles PHI, and something that this needs is missing.
    """
    profile = profile_get(app_id=app_id)
    if changes.get("handles_phi") and not profile.handles_phi:
        devices = changes.get("devices_may_register")
        phi_conditions_check(profile=profile, devices_may_register=None if devices is None else bool(devices))
    before = {name: getattr(profile, name) for name in SETTINGS}
    return profile_operation(app_id=app_id, before=before, after={**before, **changes})


def profile_change_confirmed(
    *, app_id: str, changes: Mapping[str, str | bool], authority: Authority
) -> TokenProfile:
    """Change a profile's settings; keys for another algorithm are made and published at once.

    Args:
        app_id: The app.
        changes: Settings by their column's name; what isn't named stays.
        authority: What lets exactly this be done.

    Raises:
        NotFoundError: There's no such app.
        ClaimValueError: An algorithm that its kind of token doesn't have.
        PHIConditionsError: What an app with PHI needs is missing.
        AccountsError: The authority doesn't cover this, or the person may not operate keys.
    """
    now = clock.now()
    with transaction.atomic():
        profile_lock(app_id=app_id)
        user = operator_confirmed(authority, profile_change_operation(app_id=app_id, changes=changes))
        wanted: dict[str, Any] = {
            name: Algorithm(value) if isinstance(value, str) else value for name, value in changes.items()
        }
        profile = profile_change(app_id=app_id, actor=user.actor, now=now, **wanted)
    app_reconcile(profile, actor=user.actor, now=now)
    return profile


def claim_define_operation(
    *,
    app_id: str,
    name: str,
    claim_class: ClaimClass | None,
    claim_type: ClaimType,
    fixed_value: ClaimValue | None,
) -> Operation:
    """Name the definition of a claim, and the definition that it replaces.

    Raises:
        NotFoundError: There's no such app.
    """
    after = {
        "class": claim_class.value if claim_class else "",
        "type": claim_type.value,
        "fixed": fixed_value,
    }
    return _claim_operation(app_id, name, after)


def claim_define_confirmed(
    *,
    app_id: str,
    name: str,
    claim_class: ClaimClass | None,
    claim_type: ClaimType,
    fixed_value: ClaimValue | None,
    authority: Authority,
) -> ClaimDefinition:
    """Define a claim.

    Raises:
        NotFoundError: There's no such app.
        SigningError: The claim can't be called or defined like this.
        AccountsError: The authority doesn't cover this, or the person may not operate keys.
    """
    now = clock.now()
    with transaction.atomic():
        profile_lock(app_id=app_id)
        operation = claim_define_operation(
            app_id=app_id,
            name=name,
            claim_class=claim_class,
            claim_type=claim_type,
            fixed_value=fixed_value,
        )
        user = operator_confirmed(authority, operation)
        return claim_define(
            app_id=app_id,
            name=name,
            claim_class=claim_class,
            claim_type=claim_type,
            fixed_value=fixed_value,
            actor=user.actor,
            now=now,
        )


def claim_remove_operation(*, app_id: str, name: str) -> Operation:
    """Name the removal of a claim.

    Raises:
        NotFoundError: There's no such app.
    """
    return _claim_operation(app_id, name, None)


def claim_remove_confirmed(*, app_id: str, name: str, authority: Authority) -> None:
    """Remove a claim.

    Raises:
        NotFoundError: There's no such app or claim.
        AccountsError: The authority doesn't cover this, or the person may not operate keys.
    """
    now = clock.now()
    with transaction.atomic():
        profile_lock(app_id=app_id)
        user = operator_confirmed(authority, claim_remove_operation(app_id=app_id, name=name))
        claim_remove(app_id=app_id, name=name, actor=user.actor, now=now)


def _claim_operation(app_id: str, name: str, after: dict[str, Any] | None) -> Operation:
    profile = profile_get(app_id=app_id)
    claim = ClaimDefinition.objects.filter(profile=profile, name=name).first()
    before: dict[str, Any] | None = None
    if claim is not None:
        before = {"class": claim.claim_class, "type": claim.claim_type, "fixed": claim.fixed_value}
    return claim_operation(
        app_id=app_id, name=name, before=before, after=after, handles_phi=profile.handles_phi
    )
