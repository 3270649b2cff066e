"""Confirmations of operations, without waiting for an authenticator's next code."""

from datetime import timedelta

from accounts.domain.operations import Operation
from accounts.models import StepUp, User
from releaseconsole.kernel import clock


def confirmed(user: User, operation: Operation) -> StepUp:
    """A confirmation as a fresh code makes one."""
    now = clock.now()
    return StepUp.objects.create(
        user=user,
        operation=operation.name,
        digest=operation.digest(),
        authenticator=user.totp_authenticators.order_by("pk")[0].persistent_id,
        code_step=StepUp.objects.count(),
        context="here",
        created_at=now,
        expires_at=now + timedelta(minutes=5),
    )
