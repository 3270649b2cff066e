"""Adding, changing, switching and removing webhooks."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import transaction

from accounts.models import User
from compliance.ledger.domain.events import Action, Actor
from releaseconsole.kernel import clock
from updates.backends.webhook_http import webhook_url_check
from updates.domain.webhooks.events import EVENTS
from updates.errors import ConflictError, InvalidValueError
from updates.models import App, WebhookEndpoint
from updates.services.locks import app_lock
from updates.services.webhooks.records import webhook_lock, webhook_record
from updates.services.webhooks.secrets import secret_make

# Each event becomes a message to each of them.
MOST: Final = 20
_NAMES: Final = frozenset(EVENTS.values())


def webhook_add(
    *, app: App, url: str, description: str, events: Iterable[str], actor: Actor, person: User | None
) -> tuple[WebhookEndpoint, str]:
    """Add a webhook; it's told what happens from now on.

    Args:
        app: Whose events it's told.
        url: Where messages are posted.
        description: For people.
        events: Names of events; none is all.
        actor: Who adds it.
        person: The person behind the actor.

    Returns:
        The webhook, and its secret, which can't be had again.

    Raises:
        InvalidValueError: The address or an event isn't acceptable.
        ConflictError: The app has this webhook, or too many.
        SealingError: The KEK can't be reached.
    """
    now = clock.now()
    webhook_url_check(url, private_hosts=settings.WEBHOOK_PRIVATE_HOSTS)
    chosen = _events_check(events)
    with transaction.atomic():
        app = app_lock(app.pk)
        _room_check(app, url)
        endpoint = WebhookEndpoint.objects.create(
            app=app, url=url, description=description, events=chosen, created_at=now, created_by=person
        )
        spelled = secret_make(endpoint)
        recorded = webhook_record(Action.WEBHOOK_ADDED, endpoint, actor=actor, now=now, events=chosen)
        endpoint.begins_after = recorded.number
        endpoint.save()
    return endpoint, spelled


def webhook_change(
    *,
    endpoint: WebhookEndpoint,
    actor: Actor,
    url: str | None = None,
    description: str | None = None,
    events: Iterable[str] | None = None,
) -> WebhookEndpoint:
    """Change where a webhook is and what it's told; what waits goes to the new address. None: as it is.

    Raises:
        InvalidValueError: The address or an event isn't acceptable.
        ConflictError: The app has another webhook there.
        NotFoundError: It was removed.
    """
    now = clock.now()
    if url is not None:
        webhook_url_check(url, private_hosts=settings.WEBHOOK_PRIVATE_HOSTS)
    chosen = None if events is None else _events_check(events)
    with transaction.atomic():
        app_lock(endpoint.app_id)
        endpoint = webhook_lock(endpoint)
        before = (endpoint.url, endpoint.description, endpoint.events)
        endpoint.url = endpoint.url if url is None else url
        endpoint.description = endpoint.description if description is None else description
        endpoint.events = endpoint.events if chosen is None else chosen
        if before == (endpoint.url, endpoint.description, endpoint.events):
            return endpoint
        moved = before[0] != endpoint.url
        if moved and WebhookEndpoint.objects.filter(app_id=endpoint.app_id, url=endpoint.url).exists():
            raise ConflictError("The app has a webhook at this address already.")
        endpoint.save()
        webhook_record(
            Action.WEBHOOK_CHANGED, endpoint, actor=actor, now=now, events=endpoint.events, moved=moved
        )
    return endpoint


def webhook_switch(*, endpoint: WebhookEndpoint, on: bool, actor: Actor) -> WebhookEndpoint:
    """Turn a webhook on or off; while it's off, nothing that happens is kept for it.

    Raises:
        NotFoundError: It was removed.
    """
    now = clock.now()
    with transaction.atomic():
        endpoint = webhook_lock(endpoint)
        if (endpoint.disabled_at is None) == on:
            return endpoint
        if on:
            recorded = webhook_record(Action.WEBHOOK_CHANGED, endpoint, actor=actor, now=now, on=True)
            endpoint.disabled_at, endpoint.failing_since = None, None
            endpoint.begins_after = recorded.number
        else:
            webhook_record(Action.WEBHOOK_CHANGED, endpoint, actor=actor, now=now, on=False)
            webhook_disable(endpoint, now)
        endpoint.save()
    return endpoint


def webhook_disable(endpoint: WebhookEndpoint, now: datetime) -> None:
    """Disable a locked webhook (unsaved) and give up what waits; it can be sent again by hand."""
    endpoint.disabled_at = now
    endpoint.deliveries.filter(due_at__isnull=False).update(due_at=None, given_up_at=now)


def webhook_remove(*, endpoint: WebhookEndpoint, actor: Actor) -> None:
    """Remove a webhook with its secret and the log of its messages.

    Raises:
        NotFoundError: It was removed.
    """
    now = clock.now()
    with transaction.atomic():
        endpoint = webhook_lock(endpoint)
        webhook_record(Action.WEBHOOK_REMOVED, endpoint, actor=actor, now=now)
        endpoint.delete()


def _events_check(events: Iterable[str]) -> list[str]:
    chosen = sorted(set(events))
    if unknown := [name for name in chosen if name not in _NAMES]:
        raise InvalidValueError(f"There is no event {unknown[0][:64]}.")
    return chosen


def _room_check(app: App, url: str) -> None:
    """Make sure that the app can have one more; the caller holds its lock.

    Raises:
        ConflictError: It has this one, or too many.
    """
    urls = set(WebhookEndpoint.objects.filter(app=app).values_list("url", flat=True))
    if url in urls:
        raise ConflictError("The app has a webhook at this address already.")
    if len(urls) >= MOST:
        raise ConflictError(f"An app has at most {MOST} webhooks.")
