"""Issuing tokens to machines that follow the audit log; to get personal values takes a confirmation."""

from datetime import timedelta

from django.db import transaction

from accounts.domain.operations import Operation
from accounts.domain.roles import Permission
from accounts.models import StepUp, User
from accounts.services.api_tokens import api_token_issue
from compliance.desk.services.requiring import confirmation_use
from releaseconsole.kernel import clock


def feed_token_operation(*, name: str, days: int, user: User) -> Operation:
    """Name what is confirmed: that a machine gets what is personal in the log, for so many days."""
    return Operation(
        "accounts:api_token:issue", {"name": name, "days": days, "personal": True, "person": user.pk}
    )


def feed_token_issue(
    *, name: str, days: int, personal: bool, user: User, step_up: StepUp | None = None
) -> str:
    """Issue a token that reads the log, and return its plain text, which is never seen again.

    Args:
        name: Which machine reads with it.
        days: For how long.
        personal: With the personal values and free text that exist when it reads.
        user: Who issues it.
        step_up: Their confirmation, without which it gets nothing personal: it's an export that goes on.

    Raises:
        APITokenTermsError: It can't be issued so, or not by them.
        StepUpRequiredError: What is personal needs a confirmation of exactly this.
    """
    permissions = [Permission.AUDIT_VIEW, *([Permission.AUDIT_EXPORT] if personal else [])]
    with transaction.atomic():
        if personal:
            operation = feed_token_operation(name=name, days=days, user=user)
            confirmation_use(step_up=step_up, user=user, operation=operation)
        _, plain = api_token_issue(
            name=name,
            app_id="",
            permissions=permissions,
            expires_at=clock.now() + timedelta(days=days),
            created_by=user,
            actor=user.actor,
        )
    return plain
