"""Recovery codes: ten secrets on paper, each good for one sign-in."""

import hashlib
import hmac
from datetime import datetime
from typing import Final

from django.db import models
from django_otp.models import Device, ThrottlingMixin

from accounts.domain.assurance import AuthenticatorKind
from accounts.domain.recovery_codes import FEW, wait_after
from accounts.models.people import User
from releaseconsole.kernel import clock, sealing

_PURPOSE: Final = b"release-console recovery code\0"


class RecoveryCodeDevice(ThrottlingMixin, Device):
    """A person's set of recovery codes; a new set is a new row, and the old one goes with all its codes.

    `verify_token` stays django-otp's own, which says no: a recovery code is taken by
    `accounts.services.recovery_codes` and nowhere else, so that no form that asks for a one-time code, a
    step-up's least of all, uses one up or is satisfied by it.
    """

    assurance_kind: Final = AuthenticatorKind.RECOVERY_CODE

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recovery_code_devices")
    sealed_pepper = models.TextField(editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    last_used_at = models.DateTimeField(null=True, editable=False)

    class Meta(Device.Meta):
        verbose_name = "set of recovery codes"
        verbose_name_plural = "sets of recovery codes"
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["user"], name="accounts_recovery_codes_one_set")]

    def __str__(self) -> str:
        return str(self.name)

    @property
    def left(self) -> int:
        """How many of the codes are still good."""
        return self.codes.filter(used_at=None).count()

    @property
    def is_low(self) -> bool:
        """Whether it's time for a new set."""
        return self.left <= FEW

    def pepper_context(self) -> str:
        """What the sealed pepper is bound to."""
        return f"recovery-codes:user:{self.user_id}"

    def pepper_set(self, pepper: bytes) -> None:
        """Seal the key of this set's hashes into this row (unsaved)."""
        self.sealed_pepper = sealing.kek_current().seal(pepper, context=self.pepper_context())

    def pepper_read(self) -> bytes:
        """Open the key of this set's hashes."""
        return sealing.kek_current().unseal(self.sealed_pepper, context=self.pepper_context())

    def may_try(self, now: datetime) -> bool:
        """Whether a code is looked at now."""
        wait = wait_after(self.throttling_failure_count)
        last = self.throttling_failure_timestamp
        return wait is not None and (last is None or now >= last + wait)

    def get_throttle_factor(self) -> int:
        """Tell django-otp's own pages how the wait grows; `may_try` decides."""
        return 1


class RecoveryCode(models.Model):
    """One code of a set, as its HMAC-SHA-256 under the set's sealed pepper.

    Who reads the database without the KEK can't even test a guess, though 80 bits would be too many anyway.
    """

    device = models.ForeignKey(RecoveryCodeDevice, on_delete=models.CASCADE, related_name="codes")
    code_hmac = models.CharField(max_length=64, editable=False)
    used_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["device", "code_hmac"], name="accounts_recovery_code_once")
        ]

    def __str__(self) -> str:
        return f"recovery code {self.pk}"


def recovery_code_hmac(pepper: bytes, secret: bytes) -> str:
    """Hash a code as it's kept."""
    return hmac.new(pepper, _PURPOSE + secret, hashlib.sha256).hexdigest()
