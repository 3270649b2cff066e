"""Sessions in the database, under a hash of their key (`SESSION_ENGINE`).

Django keeps the key itself: whoever reads the table, a backup of it, or a log of its queries, is every person
who is signed in. The key is random, so a plain hash of it will do.
"""

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.contrib.sessions.models import Session

from releaseconsole.kernel import clock
from releaseconsole.kernel.encoding import sha256_hex

_LENGTH = 40  # of the column; 160 bits of the hash


class SessionStore(DatabaseStore):
    """Django's own store, which never tells the database a key."""

    def _get_session_from_db(self) -> Session | None:
        """Find the row; a key that opens nothing is forgotten, as Django does."""
        rows = Session.objects.filter(session_key=_hash(self.session_key), expire_date__gt=clock.now())
        row = rows.first()
        if row is None:
            self._session_key = None
        return row

    def exists(self, session_key: str) -> bool:
        """Tell whether there is a session with this key."""
        return bool(super().exists(_hash(session_key)))

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        """Make the row, with the hash in place of the key."""
        row = super().create_model_instance(data)
        row.session_key = _hash(row.session_key)
        return row

    def delete(self, session_key: str | None = None) -> None:
        """Delete a session by its key; without one, this."""
        key = session_key or self.session_key
        if key is not None:
            super().delete(_hash(key))


def _hash(key: str | None) -> str:
    return sha256_hex((key or "").encode())[:_LENGTH]
