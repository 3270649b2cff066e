"""The secrets that webhooks' messages are signed with: shown once, sealed at rest, changed without a gap."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from accounts.services.rewrap import SealedRows
from compliance.ledger.domain.events import Action, Actor
from releaseconsole.kernel import clock, randomness, sealing
from updates.domain.webhooks.signatures import SECRET_BYTES, secret_spell
from updates.models import WebhookEndpoint
from updates.services.webhooks.records import webhook_lock, webhook_record

# For how long the earlier secret signs as well, while receivers take the new one.
OVERLAP: Final = timedelta(hours=24)


def secret_make(endpoint: WebhookEndpoint) -> str:
    """Give a saved webhook a new secret (unsaved); returns it as receivers take it, for this once."""
    secret = randomness.token_bytes(SECRET_BYTES)
    endpoint.sealed_secret = sealing.kek_current().seal(secret, context=endpoint.secret_context())
    return secret_spell(secret)


def secrets_open(endpoint: WebhookEndpoint, *, now: datetime) -> list[bytes]:
    """Open what signs a webhook's messages now, the newest first.

    Raises:
        SealingError: The KEK can't be reached, or a value was altered.
    """
    kek = sealing.kek_current()
    opened = [kek.unseal(endpoint.sealed_secret, context=endpoint.secret_context())]
    if endpoint.sealed_previous_secret and endpoint.previous_until and now < endpoint.previous_until:
        context = endpoint.previous_secret_context()
        opened.append(kek.unseal(endpoint.sealed_previous_secret, context=context))
    return opened


def webhook_secret_rotate(*, endpoint: WebhookEndpoint, has_leaked: bool, actor: Actor) -> str:
    """Change a webhook's secret; returns the new one, which can't be had again.

    Args:
        endpoint: The webhook.
        has_leaked: Sign with the earlier one no more; else it signs as well for a day.
        actor: Who does it.

    Raises:
        NotFoundError: The webhook was removed.
        SealingError: The KEK can't be reached.
    """
    now = clock.now()
    with transaction.atomic():
        endpoint = webhook_lock(endpoint)
        earlier = secrets_open(endpoint, now=now)[0]
        spelled = secret_make(endpoint)
        _earlier_keep(endpoint, None if has_leaked else earlier, now)
        endpoint.save()
        webhook_record(
            Action.WEBHOOK_CHANGED, endpoint, actor=actor, now=now, secret="leaked" if has_leaked else "new"
        )
    return spelled


def _earlier_keep(endpoint: WebhookEndpoint, earlier: bytes | None, now: datetime) -> None:
    if earlier is None:
        endpoint.sealed_previous_secret, endpoint.previous_until = "", None
        return
    context = endpoint.previous_secret_context()
    endpoint.sealed_previous_secret = sealing.kek_current().seal(earlier, context=context)
    endpoint.previous_until = now + OVERLAP


def webhook_secrets() -> tuple[SealedRows[WebhookEndpoint], SealedRows[WebhookEndpoint]]:
    """Return what rests under the KEK, for when the KEK changes."""
    rows = WebhookEndpoint.objects.all()
    return (
        SealedRows("webhook secrets", rows, "sealed_secret", WebhookEndpoint.secret_context),
        SealedRows(
            "earlier webhook secrets",
            rows,
            "sealed_previous_secret",
            WebhookEndpoint.previous_secret_context,
        ),
    )
