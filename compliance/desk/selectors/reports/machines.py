"""Rows of “what machines may do”."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from accounts.domain.roles import PERMISSION_WORDS
from accounts.models import APIToken, TrustedPublisher
from compliance.desk.domain.export_filter import Period
from compliance.desk.domain.reports.declaration import Row
from compliance.desk.selectors.reports.times import time_cell
from updates.models import WebhookEndpoint

_CHUNK: Final = 200


def machine_rows(now: datetime, _period: Period) -> Iterator[Row]:
    """Read tokens that people made, trusted publishers and webhooks, each by number; also those that ended.

    Yields:
        A row for each.
    """
    tokens = APIToken.objects.filter(publisher=None).order_by("pk")
    for token in tokens.iterator(chunk_size=_CHUNK):
        yield _token(token, now)
    for publisher in TrustedPublisher.objects.order_by("pk").iterator(chunk_size=_CHUNK):
        yield _publisher(publisher)
    for webhook in WebhookEndpoint.objects.order_by("pk").iterator(chunk_size=_CHUNK):
        yield _webhook(webhook)


def _token(token: APIToken, now: datetime) -> Row:
    may = ", ".join(PERMISSION_WORDS.get(each, each) for each in token.permissions)
    ended = "revoked" if token.revoked_at else "expired" if not token.is_usable(now) else "in use"
    return Row(
        (
            f"API token {token.pk}",
            token.name,
            token.app_id or "the console",
            may,
            ", ".join(token.channels) or "all",
            f"person {token.created_by_id}",
            time_cell(token.created_at),
            time_cell(token.revoked_at or token.expires_at),
            time_cell(token.last_used_at),
            ended if token.last_used_at or ended != "in use" else "never used",
            None,
        ),
        app=token.app_id,
        person=str(token.created_by_id),
    )


def _publisher(publisher: TrustedPublisher) -> Row:
    return Row(
        (
            f"publisher {publisher.pk}",
            f"{publisher.kind_words}: {publisher}",
            publisher.app_id,
            "exchange its jobs' tokens for ones that upload and publish",
            ", ".join(publisher.channels),
            f"person {publisher.created_by_id}",
            time_cell(publisher.created_at),
            time_cell(publisher.removed_at),
            time_cell(publisher.last_used_at),
            "removed" if publisher.removed_at else "in use" if publisher.last_used_at else "never used",
            None,
        ),
        app=publisher.app_id,
        person=str(publisher.created_by_id),
    )


def _webhook(webhook: WebhookEndpoint) -> Row:
    by = webhook.created_by_id
    return Row(
        (
            f"webhook {webhook.pk}",
            webhook.host,
            webhook.app_id,
            f"be told of {', '.join(webhook.events) or 'everything'}",
            None,
            f"person {by}" if by else None,
            time_cell(webhook.created_at),
            time_cell(webhook.disabled_at),
            None,
            "turned off" if webhook.disabled_at else "failing" if webhook.failing_since else "in use",
            None,
        ),
        app=webhook.app_id,
        person=str(by or ""),
    )
