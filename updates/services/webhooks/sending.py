"""Sending the messages that are due, and writing down what became of them.

A message is claimed before it's sent: its attempt is counted and its next one set, in a transaction, so that
no other worker sends it meanwhile, and one that dies leaves nothing that isn't tried again. A receiver may
get a message twice, never none. Receivers are asked side by side and each has seconds; no transaction is open
meanwhile, and the threads that ask never touch the database.
"""

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction

from accounts.selectors.administrators import administrators_able
from accounts.services.mail import letter_write
from compliance.ledger.domain.events import SYSTEM, Action
from releaseconsole.kernel import clock, randomness
from releaseconsole.kernel.sealing import SealingError
from updates.backends.webhook_http import Answer, webhook_post
from updates.backends.webhook_turn import webhook_turn
from updates.domain.webhooks.retries import GONE, is_hopeless, next_attempt, retry_after_read
from updates.domain.webhooks.signatures import signatures
from updates.errors import NotFoundError
from updates.models import WebhookDelivery, WebhookEndpoint
from updates.services.webhooks.endpoints import webhook_disable
from updates.services.webhooks.records import webhook_lock, webhook_record
from updates.services.webhooks.secrets import secrets_open

# At once, in all; to one webhook; and to one that didn't take the last one: first see whether it's back.
_AT_ONCE: Final = 32
_TO_ONE: Final = 8
_TO_A_FAILING_ONE: Final = 1
_THREADS: Final = 16
# After which a claimed message of a worker that died is tried again; longer than any run.
_CLAIM: Final = timedelta(minutes=5)
_KEPT_FOR: Final = timedelta(days=30)
_LOG_KEPT: Final = 50
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Parcel:
    """All that is needed to send one message, without the database."""

    delivery_id: int
    endpoint: WebhookEndpoint
    attempt: int
    headers: dict[str, str]
    body: bytes

    def send(self) -> Answer:
        hosts = settings.WEBHOOK_PRIVATE_HOSTS
        return webhook_post(self.endpoint.url, headers=self.headers, body=self.body, private_hosts=hosts)


def deliveries_send() -> int:
    """Send what is due; returns how many messages arrived."""
    with webhook_turn() as is_ours:
        return _due_send() if is_ours else 0


def _due_send() -> int:
    parcels = list(_parcels(clock.now()))
    arrived, bugs = 0, []
    with ThreadPoolExecutor(_THREADS) as threads:
        sent = {threads.submit(parcel.send): parcel for parcel in parcels}
        for done in as_completed(sent):
            if bug := done.exception():
                bugs.append(bug)  # what came of the others is written down all the same
            else:
                arrived += _settle(sent[done], done.result())
    if bugs:
        raise bugs[0]
    return arrived


def _parcels(now: datetime) -> Iterator[_Parcel]:
    """Claim what is due, webhook by webhook, so that no busy one keeps the others waiting.

    Yields:
        What was claimed, ready to be sent.
    """
    waiting = WebhookDelivery.objects.filter(due_at__lte=now, endpoint__disabled_at=None)
    left = _AT_ONCE
    for pk in dict.fromkeys(waiting.order_by("due_at").values_list("endpoint", flat=True)):
        endpoint = WebhookEndpoint.objects.filter(pk=pk, disabled_at=None).first()
        if endpoint is None or not left:
            continue
        try:
            secrets = secrets_open(endpoint, now=now)
        except SealingError as exc:
            _log.error("Messages of webhook %s can't be signed: %s", endpoint.pk, exc.message)
            continue
        most = min(left, _TO_A_FAILING_ONE if endpoint.failing_since else _TO_ONE)
        for delivery in _claim(endpoint, most, now):
            left -= 1
            yield _parcel(delivery, endpoint, secrets, now)


def _claim(endpoint: WebhookEndpoint, most: int, now: datetime) -> list[WebhookDelivery]:
    with transaction.atomic():
        due = endpoint.deliveries.select_for_update(skip_locked=True).filter(due_at__lte=now)
        claimed = list(due.order_by("due_at", "pk")[:most])
        for delivery in claimed:
            delivery.attempts += 1
            delivery.due_at = now + _CLAIM
        WebhookDelivery.objects.bulk_update(claimed, ["attempts", "due_at"])
    return claimed


def _parcel(
    delivery: WebhookDelivery, endpoint: WebhookEndpoint, secrets: list[bytes], now: datetime
) -> _Parcel:
    timestamp = int(now.timestamp())
    signed = signatures(secrets, message_id=delivery.message_id, timestamp=timestamp, body=delivery.body)
    headers = {
        "webhook-id": delivery.message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signed,
    }
    return _Parcel(delivery.pk, endpoint, delivery.attempts, headers, delivery.body.encode())


@transaction.atomic
def _settle(parcel: _Parcel, answer: Answer) -> bool:
    """Write down what became of a message; returns whether it arrived."""
    now = clock.now()
    try:
        endpoint = webhook_lock(parcel.endpoint)
    except NotFoundError:  # removed meanwhile, with all its messages
        return False
    row = endpoint.deliveries.select_for_update().filter(pk=parcel.delivery_id).first()
    if row is None or row.attempts != parcel.attempt or row.due_at is None:
        return False  # given up or begun anew by somebody meanwhile: that is what counts
    error = answer.error or _refusal(answer.status)
    row.last_status, row.last_error = answer.status, error
    entry = {"at": now.isoformat(), "status": answer.status, "error": error}
    row.log = [*row.log, entry][-_LOG_KEPT:]
    if error:
        _failed(row, endpoint, answer, now)
    else:
        row.delivered_at, row.due_at, endpoint.failing_since = now, None, None
    row.save()
    endpoint.save()
    return not error


def _refusal(status: int | None) -> str:
    if status is not None and 200 <= status < 300:  # noqa: PLR2004 (RFC 9110, section 15.3)
        return ""
    if status is not None and 300 <= status < 400:  # noqa: PLR2004 (RFC 9110, section 15.4)
        return "It answered with a redirect, which isn't followed."
    return f"It answered with status {status}."


def _failed(row: WebhookDelivery, endpoint: WebhookEndpoint, answer: Answer, now: datetime) -> None:
    endpoint.failing_since = endpoint.failing_since or now
    row.due_at = next_attempt(
        attempts=row.attempts,
        now=now,
        jitter=int.from_bytes(randomness.token_bytes(2)) / 0xFFFF,
        retry_after=retry_after_read(answer.retry_after, now=now),
    )
    if row.due_at is None:
        row.given_up_at = now
    gone = answer.status == GONE
    hopeless = row.due_at is None and is_hopeless(failing_since=endpoint.failing_since, now=now)
    if gone or hopeless:
        row.due_at, row.given_up_at = None, now
        _disable(endpoint, "gone" if gone else "failing", now)


def _disable(endpoint: WebhookEndpoint, why: str, now: datetime) -> None:
    """Disable a webhook that nobody listens at any more, and tell the administrators."""
    webhook_disable(endpoint, now)
    webhook_record(Action.WEBHOOK_DISABLED, endpoint, actor=SYSTEM, now=now, why=why)
    context = {"endpoint": endpoint, "why": why}
    for administrator in administrators_able():
        letter_write(to=administrator, template="webhook_disabled", context=context)


def deliveries_forget() -> int:
    """Drop messages that are over for long; returns how many."""
    over = WebhookDelivery.objects.filter(due_at=None, created_at__lt=clock.now() - _KEPT_FOR)
    deleted, _ = over.delete()
    return deleted
