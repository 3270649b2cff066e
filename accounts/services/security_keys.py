"""Binding security keys and passkeys to people."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from webauthn.helpers.structs import AttestationFormat, RegistrationCredential
from webauthn.registration.verify_registration_response import VerifiedRegistration

from accounts.domain.assurance import AuthenticatorKind
from accounts.domain.operations import Operation
from accounts.domain.security_keys import (
    LONGEST_CREDENTIAL_ID,
    LONGEST_NAME,
    RegisteredKey,
    registration_check,
)
from accounts.errors import (
    SecurityKeyNameError,
    SecurityKeyRefusedError,
    SecurityKeyTakenError,
    StepUpRequiredError,
)
from accounts.models import SecurityKey, StepUp, User
from accounts.selectors.authenticators import authenticators_held
from accounts.selectors.custodians import AUTHENTICATOR_ADD, is_custodian
from accounts.services.authenticator_records import record_bound
from accounts.services.mail import letter_write
from accounts.services.security_key_ceremony import Ceremony, challenge_of
from accounts.services.step_up import step_up_use
from compliance.ledger.domain.events import Action, Actor
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock


def security_key_add_operation(*, user: User) -> Operation:
    """Name what somebody confirms who adds a security key."""
    return Operation(AUTHENTICATOR_ADD, {"person": user.pk, "kind": AuthenticatorKind.SECURITY_KEY.value})


def security_key_begin(*, user: User) -> tuple[dict[str, Any], dict[str, Any]]:
    """Begin a registration.

    Returns:
        What the browser needs, and what the server keeps until the browser comes back.
    """
    options, state = Ceremony(strict=is_custodian(user)).register_begin(user)
    return options, state


def security_key_register(
    *,
    user: User,
    state: Mapping[str, Any],
    data: Mapping[str, Any],
    name: str,
    actor: Actor,
    step_up: StepUp | None,
) -> SecurityKey:
    """Bind a new security key or passkey to a person.

    Args:
        user: Whose it will be.
        state: Of `security_key_begin`, taken out of the server's session for this one attempt.
        data: What the browser brought, untrusted.
        name: By which its owner tells it.
        actor: Who binds it.
        step_up: The owner's confirmation of `security_key_add_operation`; None only at enrolment, when they
            have no authenticator yet.

    Raises:
        StepUpRequiredError: It isn't confirmed, or not by its owner.
        SecurityKeyRefusedError: Challenge, origin, relying party or attestation don't hold.
        SecurityKeyUnverifiedError: A custodian's key didn't check its holder.
        SecurityKeySyncedError: A custodian's key can be copied.
        SecurityKeyModelError: A custodian's key is of a model that isn't taken.
        SecurityKeyTakenError: It's registered already.
        SecurityKeyNameError: It has no name, or too long a one.
    """
    name = name.strip()
    if not 0 < len(name) <= LONGEST_NAME:
        raise SecurityKeyNameError
    now = clock.now()
    ceremony = Ceremony()
    credential, verified = ceremony.registration_verify(challenge_of(state), data)
    registration_check(_facts(verified), custodian=is_custodian(user), aaguids=settings.SECURITY_KEY_AAGUIDS)
    with transaction.atomic():
        _entitled(user, step_up)
        key = _create(ceremony, user, (credential, verified, data), name, now)
        _announce(key, actor, now)
    return key


def _entitled(user: User, step_up: StepUp | None) -> None:
    """Use the confirmation up, or see that there is nothing yet that could have given one.

    Raises:
        StepUpRequiredError: One factor would add another beside those that are there.
    """
    User.objects.select_for_update().get(pk=user.pk)  # of two first authenticators at once one is the first
    if step_up is None:
        # Disabled ones count: who makes a key look copied mustn't get to bind their own on a password alone.
        held = authenticators_held(user=user)
        if any(each.kind is not AuthenticatorKind.IDENTITY_PROVIDER for each in held):
            raise StepUpRequiredError
    elif step_up_use(step_up=step_up, operation=security_key_add_operation(user=user)) != user:
        raise StepUpRequiredError


def _facts(verified: VerifiedRegistration) -> RegisteredKey:
    return RegisteredKey(
        user_verified=verified.user_verified,
        backup_eligible=verified.credential_device_type == "multi_device",
        attested=verified.fmt != AttestationFormat.NONE,
        aaguid=verified.aaguid,
    )


def _create(
    ceremony: Ceremony,
    user: User,
    checked: tuple[RegistrationCredential, VerifiedRegistration, Mapping[str, Any]],
    name: str,
    now: datetime,
) -> SecurityKey:
    credential, verified, data = checked
    if len(verified.credential_id) > LONGEST_CREDENTIAL_ID:
        raise SecurityKeyRefusedError
    key: SecurityKey = ceremony.create_credential(user, verified, credential, _extensions(data))
    key.name, key.created_at = name, now
    key.registered_verified = key.user_verified = verified.user_verified
    try:
        with transaction.atomic():
            key.save(force_insert=True)
    except IntegrityError as exc:
        raise SecurityKeyTakenError from exc
    ceremony.create_attestation(key, verified.attestation_object, credential.response.client_data_json)
    return key


def _extensions(data: Mapping[str, Any]) -> dict[str, Any]:
    """Keep of the extensions' results what is asked for, in the shape it's read in; nobody signed them."""
    results = data.get("clientExtensionResults")
    properties = results.get("credProps") if isinstance(results, dict) else None
    resident = properties.get("rk") if isinstance(properties, dict) else None
    if not isinstance(resident, bool):
        return {}
    return {"clientExtensionResults": {"credProps": {"rk": resident}}}


def _announce(key: SecurityKey, actor: Actor, now: datetime) -> None:
    facts = {
        "aaguid": key.aaguid,
        "device_bound": key.device_bound,
        "user_verified": key.user_verified,
    }
    record_bound(
        user=key.user,
        kind=AuthenticatorKind.SECURITY_KEY,
        authenticator=key.persistent_id,
        name=key.name,
        facts=facts,
        now=now,
    )
    audit_record(
        action=Action.AUTHENTICATOR_ADDED,
        actor=actor,
        now=now,
        subject=("person", str(key.user_id)),
        detail={"kind": AuthenticatorKind.SECURITY_KEY.value, "authenticator": key.pk, **facts},
    )
    letter_write(to=key.user, template="authenticator_added", context={"name": key.name, "at": now})
