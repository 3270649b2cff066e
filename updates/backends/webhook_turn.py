"""Whose turn it is to send webhooks' messages, in Redis for all workers.

Receivers may be slow, and the worker has few threads: only one of them at a time is kept busy with sending.
That no message is sent twice at once rests on the database, not on this.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from releaseconsole.redis_link import redis_client

_KEY: Final = "rc:webhooks:turn"
# Longer than any run; a worker that died mid-way holds the others up for no longer than this.
_SECONDS: Final = 120


@contextmanager
def webhook_turn() -> Iterator[bool]:
    """Take the turn for a block, if nobody has it.

    Yields:
        Whether it was taken.
    """
    client = redis_client()
    taken = bool(client.set(_KEY, b"", nx=True, ex=_SECONDS))
    try:
        yield taken
    finally:
        if taken:
            client.delete(_KEY)
