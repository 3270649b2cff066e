"""Webhooks of an app, and what was sent to them."""

from django.db.models import Count, Q, QuerySet

from updates.errors import NotFoundError
from updates.models import App, WebhookDelivery, WebhookEndpoint


def webhooks_of(*, app: App) -> QuerySet[WebhookEndpoint]:
    """Webhooks of an app in the order in which they were added, with how many messages wait."""
    waiting = Count("deliveries", filter=Q(deliveries__due_at__isnull=False))
    return WebhookEndpoint.objects.filter(app=app).annotate(waiting=waiting).order_by("pk")


def webhook_get(*, app: App, webhook_id: int) -> WebhookEndpoint:
    """Find a webhook of an app.

    Raises:
        NotFoundError: There is none.
    """
    found = WebhookEndpoint.objects.filter(app=app, pk=webhook_id).select_related("created_by").first()
    if found is None:
        raise NotFoundError(f"{app.name} has no webhook {webhook_id}.")
    return found


def deliveries_of(*, endpoint: WebhookEndpoint) -> QuerySet[WebhookDelivery]:
    """Messages to a webhook, newest first, without their texts."""
    return WebhookDelivery.objects.filter(endpoint=endpoint).defer("body", "log").order_by("-pk")


def delivery_get(*, endpoint: WebhookEndpoint, delivery_id: int) -> WebhookDelivery:
    """Find a message to a webhook.

    Raises:
        NotFoundError: There is none, or not any more.
    """
    found = WebhookDelivery.objects.filter(endpoint=endpoint, pk=delivery_id).first()
    if found is None:
        raise NotFoundError("This message isn't kept any more.")
    found.endpoint = endpoint
    return found
