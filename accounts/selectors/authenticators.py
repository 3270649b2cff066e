"""A person's authenticators, whatever their kind: every device model of django-otp's is asked."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django_otp import devices_for_user
from django_otp.models import Device

from accounts.domain.assurance import AuthenticatorKind
from accounts.domain.authenticator_rules import FULL_KINDS, Held
from accounts.domain.roles import Permission
from accounts.models import RecoveryCodeDevice, User
from accounts.selectors.policy import policy_current

KIND_WORDS: Final[dict[AuthenticatorKind, str]] = {
    AuthenticatorKind.TOTP: "Authenticator app",
    AuthenticatorKind.SECURITY_KEY: "Security key",
    AuthenticatorKind.RECOVERY_CODE: "Recovery codes",
    AuthenticatorKind.IDENTITY_PROVIDER: "Identity provider",
}


@dataclass(frozen=True, slots=True)
class AuthenticatorShown:
    """One authenticator as pages show it.

    Attributes:
        model: First half of its `persistent_id`.
        pk: Second half.
        kind: Of the authenticator.
        name: As its owner calls it.
        added_at: When it was bound, where the model keeps it.
        last_used_at: When it proved somebody last; None is never.
        aaguid: Make and model of a security key, as it said; empty for others.
        keeping: Whether a security key's private half can be copied, in a word; empty for others.
        is_usable: Whether it's taken; a security key that may have been copied isn't.
    """

    model: str
    pk: int
    kind: AuthenticatorKind
    name: str
    added_at: datetime | None
    last_used_at: datetime | None
    aaguid: str
    keeping: str
    is_usable: bool

    @property
    def kind_words(self) -> str:
        """The kind as people call it."""
        return KIND_WORDS[self.kind]


def kind_of(device: Any) -> AuthenticatorKind:
    """Say what kind a device is: each of the console's models has it as `assurance_kind`."""
    return AuthenticatorKind(device.assurance_kind)


def authenticators_shown(*, user: User) -> list[AuthenticatorShown]:
    """List what a person confirms with, the oldest first; recovery codes are shown apart."""
    shown = [_shown(device) for device in _devices(user) if kind_of(device) in FULL_KINDS]
    return sorted(shown, key=lambda each: (each.kind, each.pk))


def authenticators_held(*, user: User) -> list[Held]:
    """List all of a person's authenticators as the rules see them."""
    return [
        Held(device.persistent_id, kind_of(device), is_usable=device.confirmed) for device in _devices(user)
    ]


def authenticator_of(*, user: User, model: str, pk: int) -> Device | None:
    """Find one of the person's own authenticators that they confirm with."""
    wanted = f"{model}/{pk}"
    return next(
        (
            device
            for device in _devices(user)
            if device.persistent_id == wanted and kind_of(device) in FULL_KINDS
        ),
        None,
    )


def recovery_codes_of(*, user: User) -> RecoveryCodeDevice | None:
    """Return the person's set of recovery codes."""
    return RecoveryCodeDevice.objects.filter(user=user, confirmed=True).first()


def keeps_security_key(*, user: User) -> bool:
    """Whether policy wants this person to hold a security key, as one who operates signing keys."""
    return policy_current().custodian_security_key and user.may(Permission.KEY_OPERATE)


def _devices(user: User) -> list[Device]:
    """List them with those that are blocked: their owner has to see and remove them."""
    return list(devices_for_user(user, confirmed=None))


def _shown(device: Device) -> AuthenticatorShown:
    model, _, pk = device.persistent_id.rpartition("/")
    return AuthenticatorShown(
        model=model,
        pk=int(pk),
        kind=kind_of(device),
        name=device.name,
        added_at=getattr(device, "created_at", None),
        last_used_at=getattr(device, "last_used_at", None),
        aaguid=str(getattr(device, "aaguid", None) or ""),
        keeping=_keeping(device),
        is_usable=device.confirmed,
    )


def _keeping(device: Device) -> str:
    """Say of a security key whether it can be copied (WebAuthn Level 3, section 6.1.3, BE and BS)."""
    if kind_of(device) is not AuthenticatorKind.SECURITY_KEY:
        return ""
    if getattr(device, "backup_state", False):
        return "synced"
    return "can be synced" if getattr(device, "backup_eligible", False) else "device-bound"
