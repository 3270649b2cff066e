"""Pages: whom the console tells what happens to an app; a secret is shown once."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.domain.roles import Permission
from accounts.views.pages import ConsoleRequest, console_page, page_render
from releaseconsole.kernel.errors import ConsoleError
from updates.forms import WebhookForm, WebhookSecretForm, WebhookSwitchForm
from updates.models import WebhookEndpoint
from updates.selectors.apps import app_get
from updates.selectors.webhooks import deliveries_of, webhook_get, webhooks_of
from updates.services.webhooks import (
    webhook_add,
    webhook_change,
    webhook_remove,
    webhook_secret_rotate,
    webhook_switch,
)
from updates.views.webhook_deliveries import deliveries_page


def webhook_find(app_id: str, webhook_id: int) -> WebhookEndpoint:
    """Find the webhook that an address names.

    Raises:
        NotFoundError: There is no such app or webhook.
    """
    return webhook_get(app=app_get(app_id=app_id), webhook_id=webhook_id)


@console_page(Permission.CHANNEL_MANAGE)
def webhook_list(request: ConsoleRequest, app_id: str) -> HttpResponse:
    """The app's webhooks."""
    app = app_get(app_id=app_id)
    context = {"title": "Webhooks", "app": app, "webhooks": webhooks_of(app=app)}
    return page_render(request, "updates/webhooks/list.html", context)


@console_page(Permission.CHANNEL_MANAGE)
def webhook_new(request: ConsoleRequest, app_id: str) -> HttpResponse:
    """A form for a new webhook; then its secret, this once."""
    app = app_get(app_id=app_id)
    form = WebhookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            endpoint, secret = webhook_add(
                app=app,
                url=form.cleaned_data["url"],
                description=form.cleaned_data["description"],
                events=form.events(),
                actor=request.user.actor,
                person=request.user,
            )
        except ConsoleError as error:
            form.add_error(None, error.message)
        else:
            return _secret_shown(request, endpoint, secret)
    context = {"title": "New webhook", "app": app, "form": form}
    return page_render(request, "updates/webhooks/form.html", context)


@console_page(Permission.CHANNEL_MANAGE)
def webhook_page(request: ConsoleRequest, app_id: str, webhook_id: int) -> HttpResponse:
    """One webhook: where it is, what it's told, and what became of it."""
    endpoint = webhook_find(app_id, webhook_id)
    context = {
        "title": endpoint.host,
        "app": endpoint.app,
        "endpoint": endpoint,
        "given_up": deliveries_of(endpoint=endpoint).filter(given_up_at__isnull=False).count(),
        "page": deliveries_page(request, endpoint),
    }
    return page_render(request, "updates/webhooks/page.html", context)


@console_page(Permission.CHANNEL_MANAGE)
def webhook_settings(request: ConsoleRequest, app_id: str, webhook_id: int) -> HttpResponse:
    """A form for where a webhook is and what it's told."""
    endpoint = webhook_find(app_id, webhook_id)
    current = {"url": endpoint.url, "description": endpoint.description}
    form = WebhookForm(request.POST or None, events=endpoint.events, initial=current)
    if request.method == "POST" and form.is_valid():
        try:
            webhook_change(
                endpoint=endpoint,
                url=form.cleaned_data["url"],
                description=form.cleaned_data["description"],
                events=form.events(),
                actor=request.user.actor,
            )
        except ConsoleError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "The webhook is changed.")
            return redirect("updates:webhook", app_id, webhook_id)
    context = {"title": "Change webhook", "app": endpoint.app, "endpoint": endpoint, "form": form}
    return page_render(request, "updates/webhooks/form.html", context)


@console_page(Permission.CHANNEL_MANAGE)
def webhook_secret(request: ConsoleRequest, app_id: str, webhook_id: int) -> HttpResponse:
    """Say what a new secret means; on confirmation, show it this once."""
    endpoint = webhook_find(app_id, webhook_id)
    form = WebhookSecretForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            secret = webhook_secret_rotate(
                endpoint=endpoint, has_leaked=form.cleaned_data["has_leaked"], actor=request.user.actor
            )
        except ConsoleError as error:
            form.add_error(None, error.message)
        else:
            return _secret_shown(request, endpoint, secret)
    context = {"title": "New secret", "app": endpoint.app, "endpoint": endpoint, "form": form}
    return page_render(request, "updates/webhooks/secret.html", context)


def _secret_shown(request: ConsoleRequest, endpoint: WebhookEndpoint, secret: str) -> HttpResponse:
    context = {"title": "The webhook's secret", "app": endpoint.app, "endpoint": endpoint, "secret": secret}
    return page_render(request, "updates/webhooks/secret_shown.html", context)  # no page here is cached


@console_page(Permission.CHANNEL_MANAGE)
@require_POST
def webhook_turn(request: ConsoleRequest, app_id: str, webhook_id: int) -> HttpResponse:
    """Turn a webhook on or off."""
    endpoint = webhook_find(app_id, webhook_id)
    form = WebhookSwitchForm(request.POST)
    on = form.is_valid() and form.cleaned_data["on"]
    try:
        webhook_switch(endpoint=endpoint, on=on, actor=request.user.actor)
    except ConsoleError as error:
        messages.error(request, error.message)
    else:
        said = "It's told what happens from now on." if on else "It's told nothing until you turn it on."
        messages.success(request, said)
    return redirect("updates:webhook", app_id, webhook_id)


@console_page(Permission.CHANNEL_MANAGE)
def webhook_gone(request: ConsoleRequest, app_id: str, webhook_id: int) -> HttpResponse:
    """Say what goes with a webhook; on confirmation, remove it."""
    endpoint = webhook_find(app_id, webhook_id)
    if request.method == "POST":
        try:
            webhook_remove(endpoint=endpoint, actor=request.user.actor)
        except ConsoleError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, f"Nothing is sent to {endpoint.host} any more.")
        return redirect("updates:webhooks", app_id)
    context = {
        "title": "Remove this webhook?",
        "app": endpoint.app,
        "endpoint": endpoint,
        "count": deliveries_of(endpoint=endpoint).count(),
        "waiting": deliveries_of(endpoint=endpoint).filter(due_at__isnull=False).count(),
    }
    return page_render(request, "updates/webhooks/remove.html", context)
