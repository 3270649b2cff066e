"""Looking for somebody in the whole database: every column of every table, and on SQLite the files as well.

It knows nothing of what is declared: what nobody declared is found by this. The database reads and Python
compares, as for files: so both databases find every spelling.
"""

import re
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any, Final

from django.db import connection, transaction

from compliance.desk.backends.byte_search import file_holds
from compliance.desk.domain.searched import Searched
from releaseconsole.personal_data import Needles, app_asked, json_columns, model_of

_AT_ONCE: Final = 500
_NUMBER: Final = re.compile(r"-?[0-9.eE+-]+")
# What has no letters in it, as PostgreSQL calls it; SQLite's columns may hold anything.
_NUMBERS: Final = (
    "smallint",
    "integer",
    "bigint",
    "numeric",
    "real",
    "double precision",
    "boolean",
    "date",
    "timestamp with time zone",
    "timestamp without time zone",
    "time without time zone",
    "interval",
)


def database_search(needles: Needles) -> Searched:
    """Count the rows that mention somebody, by table and column."""
    found = Searched()
    if needles:
        # PostgreSQL reads piece by piece within a transaction only; on SQLite one would stop all writers.
        with transaction.atomic() if connection.vendor == "postgresql" else nullcontext():
            for table in connection.introspection.table_names():
                _table_search(table, needles, found)
    return found


def database_files_search(needles: Needles) -> dict[str, int]:
    """Look through SQLite's file and its write-ahead log: pages that no table has any more are in them."""
    return {path.name: 1 for path in database_files() if file_holds(path, needles, has_borders=False)}


def database_files() -> list[Path]:
    """Return the files of the database, where it has some here."""
    if connection.vendor != "sqlite":
        return []
    main = str(connection.settings_dict["NAME"])
    return [path for end in ("", "-wal", "-shm") if (path := Path(main + end)).exists()]


def _table_search(table: str, needles: Needles, found: Searched) -> None:
    columns, model = _columns(table), model_of(table)
    has_json = json_columns(model) if model else set()
    for rows in _rows(table, columns, app_asked(model) if model else None):
        if needles.may_be_in(b"\n".join(_bytes(value) for row in rows for value in row)):
            for app, *row in rows:
                for name, value in zip(columns, row, strict=True):
                    if not (name in has_json and _is_number(value)):
                        found.look(f"{table}.{name}", needles, _bytes(value), within=app)


def _rows(table: str, columns: dict[str, str], app: str | None) -> Iterator[list[tuple[Any, ...]]]:
    """Read a table.

    Yields:
        Some rows at a time: of which app each is, and its columns.
    """
    if not columns:
        return
    asked = f"SELECT {', '.join([app or 'NULL', *columns.values()])} FROM {connection.ops.quote_name(table)}"  # noqa: S608
    # On the server, where it can be: a table may be larger than memory.
    with connection.chunked_cursor() as cursor:
        cursor.execute(asked)
        while rows := cursor.fetchmany(_AT_ONCE):
            yield rows


def _columns(table: str) -> dict[str, str]:
    """Name the columns that may hold texts, and how each is asked for."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            told = connection.introspection.get_table_description(cursor, table)
            return {each.name: connection.ops.quote_name(each.name) for each in told}
        cursor.execute(
            "SELECT column_name, data_type FROM information_schema.columns "
            "WHERE table_schema = current_schema() AND table_name = %s AND data_type <> ALL(%s)",
            [table, list(_NUMBERS)],
        )
        return {name: _asked(name, kind) for name, kind in cursor.fetchall()}


def _asked(name: str, kind: str) -> str:
    quoted = connection.ops.quote_name(name)
    return quoted if kind == "bytea" else f"{quoted}::text"


def _is_number(value: Any) -> bool:
    """Whether JSON holds nothing but a number, as which nobody's name is written."""
    return isinstance(value, (int, float)) or (
        isinstance(value, str) and _NUMBER.fullmatch(value) is not None
    )


def _bytes(value: Any) -> bytes:
    if isinstance(value, str):
        return value.encode(errors="surrogatepass")
    return bytes(value) if isinstance(value, (bytes, memoryview)) else b""
