"""Where the signer's memory rests: a file of this host, and a copy in Redis for all hosts.

The file is the one that counts: a way into the database isn't a way to it. Redis is there so that hosts know
of each other; whoever can write to it can't make the file forget (see `witness`).
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from django.conf import settings
from redis.exceptions import RedisError

from compliance.ledger.errors import WitnessError
from releaseconsole.redis_link import redis_client

REDIS_KEY: Final = "rc:ledger-witness"
_REPLACE: Final = """
if (redis.call("GET", KEYS[1]) or "") ~= ARGV[1] then return 0 end
redis.call("SET", KEYS[1], ARGV[2])
return 1
"""
# Longer than any checkpoint with the longest origin: what is longer isn't ours, and isn't read.
_LONGEST: Final = 2048
_OTHERS_MAY_WRITE: Final = 0o022


class WitnessFile:
    """The file; every method but `locked` is for who holds the lock."""

    def __init__(self, path: Path) -> None:
        self._path: Final = path

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep all other processes of this host waiting. A lock dies with who holds it.

        Yields:
            Nothing.

        Raises:
            WitnessError: The folder or the lock can't be made.
        """
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # A file of its own: the witness itself is replaced, and a lock would go with the old one.
            lock = os.open(self._beside("lock"), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        except OSError as exc:
            raise WitnessError(f"The witness file {self._path} can't be locked: {exc.strerror}.") from exc
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def read(self) -> bytes | None:
        """Read it; None if there is none.

        Raises:
            WitnessError: It can't be read, or isn't this user's alone to write.
        """
        try:
            handle = os.open(self._path, os.O_RDONLY | os.O_NOFOLLOW)
            try:
                mode, data = os.fstat(handle).st_mode, os.read(handle, _LONGEST)
            finally:
                os.close(handle)
        except FileNotFoundError:
            return None
        except OSError as exc:
            raise WitnessError(f"The witness file {self._path} can't be read: {exc.strerror}.") from exc
        if mode & _OTHERS_MAY_WRITE:
            raise WitnessError(f"Others may write to the witness file {self._path}: chmod 600 it.")
        return data

    def write(self, data: bytes) -> None:
        """Put `data` in its place and on the disk, or leave it as it is.

        Raises:
            WitnessError: It can't be written.
        """
        try:
            new = self._beside("new")
            handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            new.replace(self._path)
            self._folder_sync()
        except OSError as exc:
            raise WitnessError(f"The witness file {self._path} can't be written: {exc.strerror}.") from exc

    def set_aside(self) -> None:
        """Keep the file under another name, as evidence of what it said.

        Raises:
            WitnessError: It can't be renamed.
        """
        number = 1
        while (kept := self._beside(f"before-{number}")).exists():
            number += 1
        try:
            if self._path.exists():
                self._path.rename(kept)
                self._folder_sync()
        except OSError as exc:
            raise WitnessError(f"The witness file {self._path} can't be set aside: {exc.strerror}.") from exc

    def _beside(self, ending: str) -> Path:
        return self._path.with_name(f"{self._path.name}.{ending}")

    def _folder_sync(self) -> None:
        # Without it a power cut may bring the old name's content back.
        folder = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


class RedisCopy:
    """What Redis has, as seen once; it changes only if it's still that."""

    def __init__(self) -> None:
        self.data: bytes | None = None
        self.is_reached = False
        if not settings.REDIS_URL and not settings.REDIS_SOCKET.exists():
            return  # the console's own Redis isn't up
        try:
            found = redis_client().get(REDIS_KEY)
            self.data = found.encode() if isinstance(found, str) else found
            self.is_reached = True
        except RedisError:
            return  # the file counts without it

    def replace(self, data: bytes) -> bool:
        """Put `data` in the place of what was seen; False: another host was faster."""
        if not self.is_reached:
            return True
        try:
            if not redis_client().eval(_REPLACE, 1, REDIS_KEY, self.data or b"", data):
                return False
        except RedisError:
            self.is_reached = False  # whether it took it or not, it's behind the file or level with it
        self.data = data
        return True
