"""A backup of the whole database, as an operator makes one, and putting it back over what came after."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection


def backup_make(path: Path) -> None:
    """Write the database to a file: a copy of SQLite's, or pg_dump's."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(path)])
    else:
        _run("pg_dump", "--format=plain", "--clean", "--if-exists", f"--file={path}")


def backup_restore(path: Path) -> None:
    """Put it back."""
    if connection.vendor == "sqlite":
        main = Path(str(connection.settings_dict["NAME"]))
        connection.close()
        for end in ("-wal", "-shm"):
            Path(f"{main}{end}").unlink(missing_ok=True)
        main.write_bytes(path.read_bytes())
    else:
        _run("psql", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null", f"--file={path}")


def _run(program: str, *options: str) -> None:
    told = connection.get_connection_params()  # the socket's folder is among its options
    place = ("--host", str(told["host"]), "--username", str(told["user"]), "--dbname", str(told["dbname"]))
    with connection.cursor() as cursor:  # of the server's own version: another one refuses
        cursor.execute("SELECT setting FROM pg_config WHERE name = 'BINDIR'")
        folder = Path(cursor.fetchone()[0])
    connection.close()
    subprocess.run([str(folder / program), *place, *options], check=True)


@contextmanager
def database_bytes(folder: Path) -> Iterator[list[tuple[str, bytes]]]:
    """All bytes of the database: SQLite's files with the write-ahead log, or a dump of PostgreSQL.

    Yields:
        Each heap by its name.
    """
    if connection.vendor == "sqlite":
        main = str(connection.settings_dict["NAME"])
        paths = [path for end in ("", "-wal", "-shm") if (path := Path(main + end)).exists()]
    else:
        paths = [folder / "dump.sql"]
        backup_make(paths[0])
    yield [(path.name, path.read_bytes()) for path in paths]
