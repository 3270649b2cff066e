"""Messages of a webhook that are due, and what became of them."""

from compliance.ledger.domain.events import SYSTEM
from updates.models import WebhookDelivery, WebhookEndpoint
from updates.services.webhooks import webhook_test


def due(endpoint: WebhookEndpoint, times: int = 1) -> list[WebhookDelivery]:
    """Make test messages that are due now."""
    return [webhook_test(endpoint=endpoint, actor=SYSTEM) for _ in range(times)]


def state(delivery: WebhookDelivery) -> str:
    """Read what became of a message."""
    delivery.refresh_from_db()
    if delivery.due_at:
        return "waiting"
    return "delivered" if delivery.delivered_at else "given up"
