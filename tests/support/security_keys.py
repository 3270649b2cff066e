"""Registering and using security keys as pages do, and by the services alone."""

from typing import Any

from django.test import Client

from accounts.models import SecurityKey, StepUp, User
from accounts.services.security_keys import (
    security_key_add_operation,
    security_key_begin,
    security_key_register,
)
from accounts.services.step_up import step_up_prove
from tests.support.people import code_of
from tests.support.software_key import SoftwareKey

HERE = "ab" * 32


def confirmed(user: User) -> StepUp:
    """The confirmation that somebody adds a key."""
    operation = security_key_add_operation(user=user)
    return step_up_prove(user=user, operation=operation, code=code_of(user), context=HERE)


def key_of(
    user: User,
    key: SoftwareKey,
    *,
    name: str = "Blue key",
    forged: dict[str, str] | None = None,
    **given: Any,
) -> SecurityKey:
    """Register a key with the services; `forged` are members of its client data."""
    options, state = security_key_begin(user=user)
    given = {"data": key.registered(options, **(forged or {})), "step_up": None} | given
    if given["step_up"] is None and user.totp_authenticators.exists():
        given["step_up"] = confirmed(user)
    return security_key_register(user=user, state=state, name=name, actor=user.actor, **given)


def sent(client: Client, address: str, content: Any) -> Any:
    """Post JSON as the script does."""
    return client.post(address, content, content_type="application/json")
