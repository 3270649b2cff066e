"""Reading token profiles, and the encryption keys registered for an app's readers."""

import logging
from datetime import datetime

from django.db.models import QuerySet

from releaseconsole.kernel.errors import ConsoleError, NotFoundError
from releaseconsole.kernel.jose.encryption_keys import RecipientKey, recipient_key_import
from releaseconsole.kernel.jose.errors import KeyRefusedError
from signing.domain.claim_class import ClaimClass, ClaimType
from signing.domain.ext_claims import device_profile
from signing.domain.profile import Claim, DeviceProfile, Profile
from signing.errors import RecipientUnknownError
from signing.models import RecipientKey as RecipientRow
from signing.models import TokenProfile

_log = logging.getLogger(__name__)


def profile_get(*, app_id: str) -> TokenProfile:
    """Find the profile of an app; it exists as long as the app does.

    Raises:
        NotFoundError: There's no such app.
    """
    row = TokenProfile.objects.filter(pk=app_id).first()
    if row is None:
        raise NotFoundError(f"There is no app {app_id}.")
    return row


def phi_app_ids() -> frozenset[str]:
    """Return the ids of the apps whose profiles say that they handle PHI."""
    return frozenset(TokenProfile.objects.filter(handles_phi=True).values_list("pk", flat=True))


def phi_app_terms() -> dict[str, datetime | None]:
    """Return the apps that handle PHI (None) or did once: until when, the last time."""
    rows = TokenProfile.objects.exclude(handles_phi=False, phi_lowered_at=None)
    return {row.pk: None if row.handles_phi else row.phi_lowered_at for row in rows}


def profile_rules(row: TokenProfile) -> Profile:
    """Return what an app's custom claims have to keep to."""
    return Profile(
        handles_phi=row.handles_phi,
        encrypts_personal=row.encrypts_personal,
        claims={
            claim.name: Claim(
                ClaimClass(claim.claim_class) if claim.claim_class else None,
                ClaimType(claim.claim_type),
                claim.fixed_value,
            )
            for claim in row.claims.all()
        },
    )


def device_profiles() -> dict[str, DeviceProfile]:
    """Return what devices' tokens carry, by app: two queries for all apps.

    An app whose profile contradicts itself is left out: its decisions can't be signed (`release_issuer`
    says why), and no other app suffers.
    """
    profiles = {}
    for row in TokenProfile.objects.prefetch_related("claims"):
        try:
            profiles[row.app_id] = device_profile(profile_rules(row))
        except ConsoleError:
            _log.debug("The token profile of %s can't be used.", row.app_id, exc_info=True)
    return profiles


def phi_device_encrypts(row: TokenProfile) -> bool:
    """Whether the tokens of the app's devices travel encrypted.

    Raises:
        SigningError: The profile contradicts itself; then no token is issued.
    """
    return device_profile(profile_rules(row)).is_encrypted


def recipients_of(*, app_id: str) -> QuerySet[RecipientRow]:
    """Encryption keys in use, the back end's first."""
    return RecipientRow.objects.filter(profile=app_id, removed_at=None).order_by("device_id")


def backend_recipient(*, app_id: str) -> RecipientKey:
    """Return the key of the app's back end.

    Raises:
        RecipientUnknownError: None is registered, or its row is damaged.
    """
    row = recipients_of(app_id=app_id).filter(device_id="").first()
    if row is None:
        raise RecipientUnknownError("The app's back end has registered no encryption key.")
    try:
        return recipient_key_import(row.jwk)
    except KeyRefusedError as exc:
        raise RecipientUnknownError("The back end's encryption key is damaged; register it again.") from exc
