"""Looking for somebody in the whole database: every column of every table, and on SQLite the files as well.

It knows nothing of what is declared: what nobody declared is found by this.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from django.db import connection

from compliance.desk.backends.byte_search import file_holds


def database_search(needles: Sequence[str]) -> dict[str, int]:
    """Count the rows that hold one of these, by table; letters may be large or small."""
    if not needles:
        return {}
    counted = {table: _rows_holding(table, needles) for table in connection.introspection.table_names()}
    return {table: count for table, count in counted.items() if count}


def database_files_search(needles: Sequence[str]) -> dict[str, int]:
    """Look through SQLite's file and its write-ahead log: pages that no table has any more are in them."""
    return {str(path.name): 1 for path in database_files() if file_holds(path, needles)}


def database_files() -> list[Path]:
    """Return the files of the database, where it has some here."""
    if connection.vendor != "sqlite":
        return []
    main = str(connection.settings_dict["NAME"])
    return [path for end in ("", "-wal", "-shm") if (path := Path(main + end)).exists()]


def _rows_holding(table: str, needles: Sequence[str]) -> int:
    quoted = connection.ops.quote_name(table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # A row as text has all of its columns in it; bytes are in hex there.
            condition = " OR ".join(
                "strpos(lower(row_.*::text), %s) > 0 OR strpos(row_.*::text, %s) > 0" for _ in needles
            )
            asked: list[str | bytes] = [
                part for each in needles for part in (each.lower(), each.encode().hex())
            ]
            cursor.execute(f"SELECT count(*) FROM {quoted} row_ WHERE {condition}", asked)  # noqa: S608
        else:
            columns = [each.name for each in connection.introspection.get_table_description(cursor, table)]
            condition, asked = _sqlite_condition(columns, needles)
            cursor.execute(f"SELECT count(*) FROM {quoted} WHERE {condition}", asked)  # noqa: S608
        row: tuple[int] = cursor.fetchone()
    return row[0]


def _sqlite_condition(columns: Iterable[str], needles: Sequence[str]) -> tuple[str, list[str | bytes]]:
    """Compare as text and, for blobs that hold a zero somewhere, as bytes."""
    parts: list[str] = []
    asked: list[str | bytes] = []
    for column in columns:
        quoted = connection.ops.quote_name(column)
        for needle in needles:
            parts.append(f"instr(lower(CAST({quoted} AS TEXT)), %s) > 0 OR instr({quoted}, %s) > 0")
            asked += [needle.lower(), needle.encode()]
    return " OR ".join(parts), asked
