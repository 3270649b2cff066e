"""Acting once however often one is asked: the answer to a key is kept in the transaction of the act."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db import IntegrityError, transaction

from releaseconsole.kernel import clock
from releaseconsole.kernel.encoding import sha256_hex
from updates.errors import IdempotencyKeyReusedError
from updates.models import App, IdempotencyRecord

KEPT_FOR: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a caller is told: an HTTP status and the bytes of a JSON body, kept to be told again."""

    status: int
    body: str


def idempotency_run(
    *, app: App, token_id: int, key: str, request_sha256: str, act: Callable[[], Answer]
) -> tuple[Answer, bool]:
    """Act, unless this key was answered before; then give the same answer again.

    A refusal (any exception of `act`) is kept no more than the rest of the transaction: the next try acts.
    Of two at once, the second waits for the first at the unique constraint and then gets its answer.

    Args:
        app: The app acted on.
        token_id: The API token; keys of different tokens never meet.
        key: The caller's key.
        request_sha256: Hash of everything that was asked.
        act: Does it, in this transaction.

    Returns:
        The answer, and whether it's a repetition.

    Raises:
        IdempotencyKeyReusedError: The key came with another request before.
        IntegrityError: One of `act` itself.
    """
    key_sha256 = sha256_hex(f"{token_id}:{key}".encode())
    if known := _answer_known(app, key_sha256, request_sha256):
        return known, True
    try:
        return _act_and_keep(app, key_sha256, request_sha256, act), False
    except IntegrityError:
        if known := _answer_known(app, key_sha256, request_sha256):
            return known, True
        raise


def _act_and_keep(app: App, key_sha256: str, request_sha256: str, act: Callable[[], Answer]) -> Answer:
    now = clock.now()
    with transaction.atomic():
        IdempotencyRecord.objects.filter(app=app, created_at__lte=now - KEPT_FOR).delete()
        record = IdempotencyRecord.objects.create(
            app=app, key_sha256=key_sha256, request_sha256=request_sha256, status=0, body="", created_at=now
        )
        answer = act()
        record.status, record.body = answer.status, answer.body
        record.save(update_fields=["status", "body"])
    return answer


def _answer_known(app: App, key_sha256: str, request_sha256: str) -> Answer | None:
    fresh = IdempotencyRecord.objects.filter(app=app, created_at__gt=clock.now() - KEPT_FOR)
    record = fresh.filter(key_sha256=key_sha256).first()
    if record is None:
        return None
    if record.request_sha256 != request_sha256:
        raise IdempotencyKeyReusedError
    return Answer(record.status, record.body)
