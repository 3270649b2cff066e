"""What update checks tell about devices, on its way to the stream: noted in memory, flushed by a thread.

A check must not wait for Redis, so a sighting may be lost: when the process is killed, or when Redis is away
for longer than the buffer lasts (then the oldest go first). Nobody was promised anything about it, and the
device's next check tells the same again. The thread starts with the first note, so after any fork.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from multiprocessing.util import Finalize
from typing import Final

from releaseconsole.kernel import clock
from updates.backends.events import sightings_append
from updates.domain.phi_marks import PHIMark
from updates.domain.targeting import DeviceFacts
from updates.domain.telemetry import Sighting, stored_text
from updates.errors import EventsNotAcceptedError

FLUSH_SECONDS: Final = 0.2
# A few seconds of the fastest checking that one process can do.
CAPACITY: Final = 100_000
_PER_FLUSH: Final = 2000

_log = logging.getLogger(__name__)

_Note = tuple[DeviceFacts, str, float]


class SightingBuffer:
    """A bounded buffer and the thread that empties it."""

    def __init__(
        self, append: Callable[[Sequence[Sighting]], None] = sightings_append, *, capacity: int = CAPACITY
    ) -> None:
        self._append: Final = append
        self._waiting: Final[deque[_Note]] = deque(maxlen=capacity)
        self._flushing: Final = threading.Lock()
        self._stopping: Final = threading.Event()
        self._thread: threading.Thread | None = None

    def note(self, device: DeviceFacts, channel: str) -> None:
        """Note that `device` asked and was served from `channel` (empty: from none).

        This is on the path of every check: no lock, no encoding, no I/O.
        """
        self._waiting.append((device, channel, clock.epoch_seconds()))
        if self._thread is None:
            self._start()

    def flush(self) -> None:
        """Hand what waits to Redis; what Redis doesn't take waits on.

        Raises:
            EventsNotAcceptedError: Redis didn't take it.
        """
        with self._flushing:
            while batch := self._take():
                try:
                    self._append([_sighting(note) for note in batch])
                except EventsNotAcceptedError:
                    self._waiting.extendleft(reversed(batch))
                    raise

    def stop(self) -> None:
        """End the thread; notes wait for the next start."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()

    def _take(self) -> list[_Note]:
        count = min(len(self._waiting), _PER_FLUSH)
        return [self._waiting.popleft() for _ in range(count)]

    def _start(self) -> None:
        with self._flushing:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="sightings", daemon=True)
                self._thread.start()
                # `atexit` doesn't run in granian's workers; this does, after the last request.
                Finalize(None, self._last_flush, exitpriority=10)

    def _run(self) -> None:
        was_down = False
        while not self._stopping.wait(FLUSH_SECONDS):
            try:
                self.flush()
                was_down = False
            except EventsNotAcceptedError:
                if not was_down:
                    _log.exception("Sightings can't be handed to Redis; they wait.")
                was_down = True

    def _last_flush(self) -> None:
        try:
            self.flush()
        except EventsNotAcceptedError:
            _log.warning("%s sightings are lost: Redis didn't take them.", len(self._waiting))


def _sighting(note: _Note) -> Sighting:
    """Cut what the device said to what the database holds: one odd device mustn't spoil a whole entry."""
    device, channel, seen_at = note
    return Sighting(
        app_id=device.app_id,
        device_id=device.device_id,
        platform=stored_text(device.platform, 16),
        version=stored_text(device.current_version, 64),
        native_version=stored_text(device.native_version, 32),
        plugin_version=stored_text(device.plugin_version, 32),
        os_version=stored_text(device.os_version, 32),
        channel=channel,
        is_emulator=device.is_emulator,
        is_production=device.is_production,
        seen_at_ms=int(seen_at * 1000),
        custom_id=stored_text(device.custom_id, 64),
        attributes=dict(device.attributes),
        has_way_back=device.has_way_back,
        phi_mark=device.phi_mark,
    )


_buffer: Final = SightingBuffer()
sighting_note: Final = _buffer.note


def phi_refusal_note(app_id: str, mark: PHIMark) -> None:
    """Note that somebody was refused for the sake of PHI; who it was is nobody's business."""
    sighting_note(DeviceFacts(app_id, "", "", "", "", phi_mark=mark.value), "")
