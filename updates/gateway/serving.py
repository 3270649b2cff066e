"""The process's current snapshot, and the thread that keeps it current.

Redis tells of a change within a fifth of a second. The version row in the database is the truth and is read
every few seconds too: a process that died between its commit and its word to Redis, or a Redis that is down,
makes a change late, never lost.
"""

import logging
import threading
from contextlib import suppress
from typing import Final

import redis
from django.conf import settings
from django.db import DatabaseError, connection

from releaseconsole.kernel import clock
from signing.selectors import key_set_version
from signing.services import KEY_SET_VERSION_KEY, key_use_flush
from updates.backends.redis import TABLE_VERSION_KEY
from updates.gateway.snapshot import EMPTY, Snapshot, snapshot_build
from updates.selectors.decision_table import decision_table_version

POLL_SECONDS: Final = 0.2
DATABASE_SECONDS: Final = 2.0
# How often a key on another machine is asked for a sign of life. A KMS charges each: 5,760 a day.
PROBE_SECONDS: Final = 15.0
# How long a part may not have answered before it counts as down.
STALE_SECONDS: Final = 6.0
_REDIS_SECONDS: Final = 1.0

_log = logging.getLogger(__name__)


class Serving:
    """Holds the snapshot. Handlers read `snapshot`; only the watching thread (and tests) refresh it."""

    def __init__(self) -> None:
        self.snapshot: Snapshot = EMPTY
        self._redis: Final = redis.Redis.from_url(
            settings.EFFECTIVE_REDIS_URL,
            socket_connect_timeout=_REDIS_SECONDS,
            socket_timeout=_REDIS_SECONDS,
        )
        self._announced: object = None
        self._database_due_at = 0.0
        self._probe_due_at = 0.0
        self._redis_seen_at = float("-inf")
        self._database_seen_at = float("-inf")
        self._stopping: Final = threading.Event()

    def start(self) -> threading.Thread:
        """Build the first snapshot and keep watching; call it after the process has forked."""
        self._watch_once()
        thread = threading.Thread(target=self._watch, name="decision-table", daemon=True)
        thread.start()
        # Apart: a machine that doesn't answer mustn't hold up what has to be seen within a second.
        threading.Thread(target=self._watch_keys, name="keys", daemon=True).start()
        return thread

    def stop(self) -> None:
        """Let the thread end at its next turn."""
        self._stopping.set()

    def step(self) -> None:
        """Look once whether anything has changed, and follow it."""
        changed = self._redis_says_changed()
        if changed or clock.monotonic() >= self._database_due_at:
            self._follow_database()

    def keys_step(self) -> None:
        """Look whether the keys that failed sign again, and whether those on other machines still do.

        Without the second a console that nobody asks would call itself ready while its HSM is away.
        """
        signers = [signer for signer in self.snapshot.signers if signer.is_failing]
        if clock.monotonic() >= self._probe_due_at:
            self._probe_due_at = clock.monotonic() + PROBE_SECONDS
            signers += [s for s in self.snapshot.signers if s.is_elsewhere and not s.is_failing]
        for signer in signers:
            signer.look(now_epoch=int(clock.epoch_seconds()))

    def standing(self) -> dict[str, bool]:
        """Say which parts this process can count on; asks nobody, so it never hangs."""
        now = clock.monotonic()
        return {
            "database": now - self._database_seen_at < STALE_SECONDS,
            "redis": now - self._redis_seen_at < STALE_SECONDS,
            "key": self.snapshot.can_sign,
            "trust": self.snapshot.has_all_trust(int(clock.epoch_seconds())),
            "decision_table": self.snapshot is not EMPTY,
        }

    def _watch(self) -> None:
        while not self._stopping.wait(POLL_SECONDS):
            self._watch_once()

    def _watch_keys(self) -> None:
        while not self._stopping.wait(DATABASE_SECONDS):
            try:
                self.keys_step()
            except Exception:  # noqa: BLE001 (whatever it is, a dead watcher would call a dead key alive)
                _log.exception("Couldn't look after the keys.")

    def _watch_once(self) -> None:
        try:
            self.step()
            self._keys_count()
        except Exception:  # noqa: BLE001 (whatever it is, a dead watcher would serve the past for ever)
            _log.exception("Couldn't look for a new decision table.")
        finally:
            connection.close()

    def _redis_says_changed(self) -> bool:
        try:
            announced = self._redis.mget(TABLE_VERSION_KEY, KEY_SET_VERSION_KEY)
        except redis.RedisError:
            return False  # `standing` tells; logging it five times a second would not help
        self._redis_seen_at = clock.monotonic()
        changed = announced != self._announced
        self._announced = announced
        return changed

    def _keys_count(self) -> None:
        """Hand over what was signed, so that keys know what they must outlive."""
        with suppress(redis.RedisError):  # it's kept for the next time; `standing` tells of Redis
            key_use_flush(now_epoch=int(clock.epoch_seconds()))

    def _follow_database(self) -> None:
        try:
            versions = decision_table_version(), key_set_version()
            if versions != self.snapshot.versions or not self.snapshot.has_all_keys:
                self.snapshot = snapshot_build(self.snapshot)
            self._database_seen_at = clock.monotonic()
        except DatabaseError as exc:
            _log.error("The database can't be read; decision table %s stays: %s", self.snapshot.version, exc)
        finally:
            self._database_due_at = clock.monotonic() + DATABASE_SECONDS


serving: Final = Serving()
