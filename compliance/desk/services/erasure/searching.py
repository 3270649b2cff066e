"""The proof of absence: looking everywhere for what somebody was known by, declared or not."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from compliance.desk.backends.byte_search import file_holds
from compliance.desk.backends.database_compaction import vacuum, wal_truncate
from compliance.desk.backends.database_search import database_files_search, database_search
from compliance.desk.backends.redis_search import (
    redis_compact,
    redis_files,
    redis_files_search,
    redis_search,
)
from compliance.desk.domain.searched import places_beyond
from releaseconsole.personal_data import Subject, needles_left_out, needles_of
from updates.backends.events import SIGHTING_STREAM
from updates.backends.redis import EVENT_STREAM
from updates.models import App

# A device goes on asking for updates: what it says is there for the second until the drain drops it.
IN_MOTION: Final = (EVENT_STREAM, SIGHTING_STREAM)


def storage_compact(subject: Subject, tables: list[str]) -> dict[str, bool]:
    """Make database and Redis forget what was deleted; says of each whether it could."""
    done = {"write-ahead log": wal_truncate(), "append-only file": redis_compact()}
    # SQLite's file is rewritten only where something is left in it: that stops everybody else meanwhile.
    if tables and (not _is_sqlite() or database_files_search(needles_of(subject))):
        done["vacuum"] = vacuum(tables)
    return done


def absence_search(subject: Subject, *, kept: Mapping[str, int]) -> dict[str, int]:
    """Look for somebody everywhere; nothing found is the proof, as far as `search_reach` says.

    Args:
        subject: Whom.
        kept: How much stays by law as it is, by place: so much of what is found there is known.
    """
    needles = needles_of(subject)
    rows = database_search(needles)
    cached = redis_search(needles, leave_out=IN_MOTION, apps=set(App.objects.values_list("pk", flat=True)))
    found = places_beyond(rows.counts + cached.counts, kept)
    known = needles.staying(rows.beside | cached.beside)
    found |= database_files_search(known)
    found |= redis_files_search(known.without(_said_again(subject)))
    found |= {needles.hidden(_place(path)): 1 for path in _files() if file_holds(path, needles)}
    return found


def _said_again(subject: Subject) -> set[str]:
    """Name what a device goes on saying: it's in Redis' file until that is written anew (forgetting)."""
    return {each.id for each in subject.devices | subject.custom_ids} if subject.devices else set()


def search_reach(subject: Subject) -> dict[str, Any]:
    """Say what is looked for, in numbers, and where; and what isn't."""
    texts = needles_of(subject).said
    here = {
        "files of the database": _is_sqlite(),
        "files of Redis": bool(redis_files()),
    }
    return {
        "looked_for": len(texts),
        "too_common_to_look_for": len(needles_left_out(subject)),
        "searched": [
            "every column of the database",
            "every key in Redis",
            "files of the console on this host",
            *(place for place, is_here in here.items() if is_here),
        ],
        "not_searched": [
            *(place for place, is_here in here.items() if not is_here),
            *_left_out(subject, texts),
            "backups",
        ],
    }


def _left_out(subject: Subject, texts: frozenset[str]) -> Iterator[str]:
    """Say what of all that is searched isn't looked through, or not for everything.

    Yields:
        One at a time, in words for the person.
    """
    yield "reports of devices on their way through Redis, until they are stored or dropped"
    if redis_files() and texts & _said_again(subject):
        yield "files of Redis for ids of devices and user names, until they are written anew"
    yield "bundles of apps and the console's own static files"
    if any(text.isdecimal() for text in texts):
        yield "plain numbers in JSON for user names that are numbers"


def _is_sqlite() -> bool:
    return bool(str(settings.DATABASES["default"]["ENGINE"]).endswith("sqlite3"))


def _files() -> list[Path]:
    """Return what else the console keeps on this host; bundles are the app's own and come from its team."""
    own, exports = Path(settings.VAR_DIR), Path(settings.EXPORT_DIR)
    skipped = {Path(settings.BUNDLE_DIR), Path(settings.STATIC_ROOT), own / "redis"}
    files = {path for folder in (own, exports) for path in folder.rglob("*") if path.is_file()}
    return sorted(path for path in files if not skipped & set(path.parents) and ".sqlite3" not in path.name)


def _place(path: Path) -> str:
    """Name a file without saying where the host keeps it."""
    own = Path(settings.VAR_DIR)
    return f"var/{path.relative_to(own)}" if path.is_relative_to(own) else path.name
