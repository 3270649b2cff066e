"""Pages: what was sent to a webhook, and sending by hand."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_GET, require_POST

from accounts.domain.roles import Permission
from accounts.views.pages import ConsoleRequest, console_page, page_render
from releaseconsole.kernel.errors import ConsoleError
from updates.models import WebhookDelivery, WebhookEndpoint
from updates.selectors.apps import app_get
from updates.selectors.webhooks import deliveries_of, delivery_get, webhook_get
from updates.services.webhooks import deliveries_replay, delivery_replay, webhook_test

PAGE_SIZE = 25


def deliveries_page(request: ConsoleRequest, endpoint: WebhookEndpoint) -> "Page[WebhookDelivery]":
    """Return the part of a webhook's messages that the address asks for."""
    return Paginator(deliveries_of(endpoint=endpoint), PAGE_SIZE).get_page(request.GET.get("page"))


@console_page(Permission.CHANNEL_MANAGE)
@require_GET
def delivery_table(request: ConsoleRequest, app_id: str, webhook_id: int) -> HttpResponse:
    """The table of messages by itself; its page fetches it again and again."""
    endpoint = webhook_get(app=app_get(app_id=app_id), webhook_id=webhook_id)
    context = {"app": endpoint.app, "endpoint": endpoint, "page": deliveries_page(request, endpoint)}
    return page_render(request, "updates/webhooks/part_deliveries.html", context)


@console_page(Permission.CHANNEL_MANAGE)
def delivery_page(request: ConsoleRequest, app_id: str, webhook_id: int, delivery_id: int) -> HttpResponse:
    """One message, as it is sent, with every attempt."""
    delivery = _find(app_id, webhook_id, delivery_id)
    context = {
        "title": delivery.event,
        "app": delivery.endpoint.app,
        "endpoint": delivery.endpoint,
        "delivery": delivery,
        "attempts": [_attempt(entry) for entry in reversed(delivery.log)],
    }
    return page_render(request, "updates/webhooks/delivery.html", context)


@console_page(Permission.CHANNEL_MANAGE)
@require_POST
def delivery_again(request: ConsoleRequest, app_id: str, webhook_id: int, delivery_id: int) -> HttpResponse:
    """Send a message again."""
    delivery = _find(app_id, webhook_id, delivery_id)
    try:
        delivery_replay(delivery=delivery, actor=request.user.actor)
    except ConsoleError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "It's sent again within seconds, under its id.")
    return redirect("updates:webhook-delivery", app_id, webhook_id, delivery_id)


@console_page(Permission.CHANNEL_MANAGE)
@require_POST
def deliveries_again(request: ConsoleRequest, app_id: str, webhook_id: int) -> HttpResponse:
    """Send everything again that was given up."""
    endpoint = webhook_get(app=app_get(app_id=app_id), webhook_id=webhook_id)
    try:
        count = deliveries_replay(endpoint=endpoint, actor=request.user.actor)
    except ConsoleError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"Messages to be sent again: {count}.")
    return redirect("updates:webhook", app_id, webhook_id)


@console_page(Permission.CHANNEL_MANAGE)
@require_POST
def test_send(request: ConsoleRequest, app_id: str, webhook_id: int) -> HttpResponse:
    """Send a message that tells of nothing."""
    endpoint = webhook_get(app=app_get(app_id=app_id), webhook_id=webhook_id)
    try:
        webhook_test(endpoint=endpoint, actor=request.user.actor)
    except ConsoleError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "A test message is on its way; what becomes of it appears below.")
    return redirect("updates:webhook", app_id, webhook_id)


def _find(app_id: str, webhook_id: int, delivery_id: int) -> WebhookDelivery:
    endpoint = webhook_get(app=app_get(app_id=app_id), webhook_id=webhook_id)
    return delivery_get(endpoint=endpoint, delivery_id=delivery_id)


def _attempt(entry: dict[str, Any]) -> dict[str, Any]:
    return {**entry, "at": parse_datetime(entry["at"])}
