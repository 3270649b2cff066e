"""`var/demo.json`: what the demo has made, for people to read again and for scripts to use; mode 0600."""

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]


class DemoError(Exception):
    """The demo can't go on; the message says what to do."""


@dataclass
class Person:
    """Somebody who can sign in."""

    role: str
    name: str
    email: str
    password: str
    totp_secret: str


@dataclass
class Record:
    """The file's content."""

    base_url: str
    people: list[Person] = field(default_factory=list)
    apps: list[dict[str, Any]] = field(default_factory=list)
    api_tokens: dict[str, str] = field(default_factory=dict)
    # Told once and kept nowhere else: invites to open, and the page of a tester.
    beta_links: dict[str, str] = field(default_factory=dict)

    def write(self) -> None:
        """Write the file, readable by its owner only, whole or not at all."""
        path = record_path()
        unfinished = path.with_suffix(".new")
        unfinished.unlink(missing_ok=True)
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(asdict(self), file, indent=2)
            file.write("\n")
        unfinished.replace(path)


def record_path() -> Path:
    """Say where the file is: in the console's own var directory."""
    return Path(os.environ.get("CONSOLE_VAR_DIR", ROOT / "var")) / "demo.json"


def record_read() -> Record:
    """Read the file.

    Raises:
        DemoError: There is none.
    """
    try:
        content = json.loads(record_path().read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise DemoError(f"There is no {record_path()}. Fill the running console first: make demo") from error
    return Record(**(content | {"people": [Person(**person) for person in content["people"]]}))
