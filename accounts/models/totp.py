"""Generators of time-based one-time codes."""

from datetime import timedelta
from typing import Final

from django.db import models
from django_otp.models import Device, ThrottlingMixin
from django_otp.oath import TOTP

from accounts.domain.assurance import AuthenticatorKind
from accounts.domain.throttling import MOST_IN_A_ROW, Limit
from accounts.models.people import User
from releaseconsole.kernel import clock, sealing


class TOTPAuthenticator(ThrottlingMixin, Device):
    """A time-based one-time code generator (RFC 6238); its seed rests sealed under the KEK."""

    assurance_kind: Final = AuthenticatorKind.TOTP

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="totp_authenticators")
    sealed_seed = models.TextField(editable=False)
    last_step = models.BigIntegerField(default=-1, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    last_used_at = models.DateTimeField(null=True, editable=False)

    STEP_SECONDS = 30
    DIGITS = 6
    # One step of drift either way: phones' clocks wander; a code still works once only (`last_step`).
    TOLERANCE = 1
    # Long enough against guessing, short enough that a thief of the password can't keep its owner out.
    LONGEST_WAIT = timedelta(minutes=1)

    class Meta(Device.Meta):
        verbose_name = "TOTP authenticator"

    def __str__(self) -> str:
        return str(self.name)

    def seed_context(self) -> str:
        """What the sealed seed is bound to."""
        return f"totp-seed:user:{self.user_id}"

    def seed_set(self, seed: bytes) -> None:
        """Seal `seed` into this row (unsaved)."""
        self.sealed_seed = sealing.kek_current().seal(seed, context=self.seed_context())

    def seed_read(self) -> bytes:
        """Open the seed."""
        return sealing.kek_current().unseal(self.sealed_seed, context=self.seed_context())

    def verify_token(self, token: str) -> bool:
        """Check a code, once; django-otp calls this under a row lock and asks for a flag."""
        if not self._may_try():
            return False
        step = self._matching_step(token)
        if step is None:
            self.throttle_increment()
            return False
        self.last_step = step
        self.last_used_at = clock.now()
        self.throttle_reset(commit=False)
        self.save(
            update_fields=[
                "last_step",
                "last_used_at",
                "throttling_failure_timestamp",
                "throttling_failure_count",
            ]
        )
        return True

    def _may_try(self) -> bool:
        """Whether a code is looked at: a wait after each wrong one, and none after a hundred in a row.

        After those it takes another password, by a letter, until codes count again: who could try a hundred
        knew the password (NIST SP 800-63B-4, section 3.2.2).
        """
        if self.throttling_failure_timestamp is None:
            return True
        limit = Limit(free=0, longest=self.LONGEST_WAIT, most=MOST_IN_A_ROW)
        opens_at = limit.opens_at(
            failures=self.throttling_failure_count, last_at=self.throttling_failure_timestamp
        )
        return opens_at is not None and clock.now() >= opens_at

    def _matching_step(self, token: str) -> int | None:
        """Find the time step whose code this is, newer than any used before (no code works twice)."""
        if not (token.isascii() and token.isdigit() and len(token) == self.DIGITS):
            return None
        totp = TOTP(self.seed_read(), self.STEP_SECONDS, 0, self.DIGITS, 0)
        totp.time = clock.epoch_seconds()
        matched = totp.verify(int(token), self.TOLERANCE, self.last_step + 1)
        return int(totp.t()) if matched else None  # its drift is in it already

    def get_throttle_factor(self) -> int:
        """How django-otp's own pages would show the wait; `_may_try` decides."""
        return 1
