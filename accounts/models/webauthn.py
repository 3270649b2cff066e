"""Security keys and passkeys: credentials of WebAuthn, on the abstract models of django-otp-webauthn."""

from typing import Final

from django.db import models
from django_otp_webauthn.models import AbstractWebAuthnAttestation, AbstractWebAuthnCredential

from accounts.domain.assurance import AuthenticatorKind
from accounts.models.people import User
from releaseconsole.kernel import clock


class SecurityKey(AbstractWebAuthnCredential):
    """A credential of a person. `confirmed` is false once its counter went back: somebody may have a copy."""

    assurance_kind: Final = AuthenticatorKind.SECURITY_KEY

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="security_keys")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    last_used_at = models.DateTimeField(null=True, editable=False)
    sign_count = models.PositiveBigIntegerField(default=0, editable=False)  # 32 bits without a sign
    registered_verified = models.BooleanField(
        editable=False, help_text="When it was registered, it checked a PIN or a finger."
    )
    user_verified = models.BooleanField(editable=False, help_text="The same, when it was used last.")
    last_challenge = models.CharField(
        max_length=64, blank=True, editable=False, help_text="SHA-256 of what it signed last."
    )

    class Meta:
        default_permissions = ()
        verbose_name = "security key"
        ordering = ["created_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(backup_eligible=True) | models.Q(backup_state=False),
                name="accounts_security_key_backup",
            )
        ]

    def __str__(self) -> str:
        return str(self.name)

    @property
    def device_bound(self) -> bool:
        """Whether its private key can't leave it."""
        return not self.backup_eligible


class SecurityKeyAttestation(AbstractWebAuthnAttestation):
    """What a key's maker vouched for when it was registered, kept as it came."""

    credential = models.OneToOneField(SecurityKey, on_delete=models.CASCADE, related_name="attestation")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"attestation of {self.credential_id}"
