"""The suppression list outside the database: what a restored, older database can't know.

One JSON document, written anew as a whole: to a file of its own, flushed, renamed. Keys in it are sealed
under the KEK, identifiers are hashes; whoever takes the file learns nobody's name. Under each key there's a
MAC of its entries: whoever can write the file, but hasn't the KEK, takes nobody off the list by that.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from compliance.desk.errors import SuppressionFileError

_VERSION: Final = 2


@dataclass(slots=True)
class Listed:
    """The list as the file holds it.

    Attributes:
        keys: Sealed keys and when they were made, by id.
        subjects: Entries by key and digest.
        macs: MACs of the entries, by id of the key.
    """

    keys: dict[str, dict[str, str]] = field(default_factory=dict)
    subjects: dict[str, dict[str, Any]] = field(default_factory=dict)
    macs: dict[str, str] = field(default_factory=dict)

    def under(self, key_id: str) -> bytes:
        """Write the entries under one key as their MAC is made of them."""
        theirs = {name: held for name, held in self.subjects.items() if name.partition(":")[0] == key_id}
        return json.dumps(theirs, sort_keys=True).encode()


@contextmanager
def suppression_file_locked() -> Iterator[None]:
    """Let no other process of this host change the file.

    Yields:
        Once it's ours.
    """
    path = Path(settings.PRIVACY_LIST_FILE)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def suppression_file_read() -> Listed:
    """Read the file; an empty list if there is none.

    Raises:
        SuppressionFileError: It's damaged, or of a version that isn't known here.
    """
    path = Path(settings.PRIVACY_LIST_FILE)
    if not path.exists():
        return Listed()
    try:
        held = json.loads(path.read_text(encoding="ascii"))
        if held["v"] != _VERSION:
            raise SuppressionFileError
        return Listed(dict(held["keys"]), dict(held["subjects"]), dict(held["macs"]))
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise SuppressionFileError from exc


def suppression_file_write(listed: Listed) -> None:
    """Write the file so that a power cut leaves the old one or the new one.

    Raises:
        SuppressionFileError: It can't be written.
    """
    path = Path(settings.PRIVACY_LIST_FILE)
    beside = path.with_suffix(".new")
    held = {"v": _VERSION, "keys": listed.keys, "subjects": listed.subjects, "macs": listed.macs}
    text = json.dumps(held, sort_keys=True, indent=0)
    try:
        # The mode from the first byte on.
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as exc:
        raise SuppressionFileError from exc
