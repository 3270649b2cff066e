"""Making the database forget what was deleted: its write-ahead log, its free pages, dead rows.

SQLite overwrites what it deletes (`secure_delete`); what is left of it are older pages in the write-ahead log
and, from the time before that was switched on, in free pages. PostgreSQL keeps dead rows until they're
vacuumed, and its write-ahead log until it's recycled (docs/erasure.md).
"""

from collections.abc import Collection

from django.db import connection
from django.db.utils import OperationalError


def wal_truncate() -> bool:
    """Bring SQLite's write-ahead log into the database and empty it; False: readers are in the way."""
    if connection.vendor != "sqlite":
        return True
    try:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            row = cursor.fetchone()
    except OperationalError:
        return False
    return bool(row and row[0] == 0)


def vacuum(tables: Collection[str]) -> bool:
    """Rewrite SQLite's file, or have PostgreSQL drop dead rows of these tables; False: somebody's in the way.

    Never within a transaction.
    """
    if connection.in_atomic_block:
        return False
    try:
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("VACUUM")
                return wal_truncate()
            for table in sorted(tables):
                cursor.execute(f"VACUUM {connection.ops.quote_name(table)}")
    except OperationalError:
        return False
    return True
