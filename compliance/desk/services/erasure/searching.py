"""The proof of absence: looking everywhere for what somebody was known by, declared or not."""

from pathlib import Path
from typing import Final

from django.conf import settings

from compliance.desk.backends.byte_search import file_holds
from compliance.desk.backends.database_compaction import vacuum, wal_truncate
from compliance.desk.backends.database_search import database_files_search, database_search
from compliance.desk.backends.redis_search import redis_compact, redis_files_search, redis_search
from releaseconsole.personal_data import Subject
from updates.backends.events import SIGHTING_STREAM
from updates.backends.redis import EVENT_STREAM

# A device goes on asking for updates: what it says is there for the second until the drain drops it.
IN_MOTION: Final = (EVENT_STREAM, SIGHTING_STREAM)


def storage_compact(subject: Subject, tables: list[str]) -> dict[str, bool]:
    """Make database and Redis forget what was deleted; says of each whether it could."""
    done = {"write-ahead log": wal_truncate(), "append-only file": redis_compact()}
    # SQLite's file is rewritten only where something is left in it: that stops everybody else meanwhile.
    if tables and (not _is_sqlite() or database_files_search(subject.needles())):
        done["vacuum"] = vacuum(tables)
    return done


def absence_search(subject: Subject, *, kept: frozenset[str]) -> dict[str, int]:
    """Look for somebody everywhere; nothing found is the proof.

    Args:
        subject: Whom.
        kept: Tables in which something stays by law; what is found there is known, and files aren't looked
            through byte by byte where it's in them.
    """
    needles = subject.needles()
    if not needles:
        return {}
    found = {table: count for table, count in database_search(needles).items() if table not in kept}
    found |= redis_search(needles, leave_out=IN_MOTION)
    if not kept:
        found |= database_files_search(needles)
    found |= redis_files_search(_silent(subject, needles))
    found |= {_place(path): 1 for path in _files() if file_holds(path, needles)}
    return found


def _silent(subject: Subject, needles: list[str]) -> list[str]:
    """Leave out what a device goes on saying: it's in Redis' file until that is written anew (forgetting)."""
    if not subject.devices:
        return needles
    said = {each.id for each in subject.devices | subject.custom_ids}
    return sorted(set(needles) - said)


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
