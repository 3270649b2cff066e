"""Every environment variable the console reads, declared once: name, default and meaning.

`docs/configuration.md` is checked against `DECLARED` by a test. A wrong value stops the start with the
variable's name in the message. Each variable can also be given as `NAME_FILE`, a path to a file that
holds the value (for container secrets).
"""

import os
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")

_TRUE: Final = frozenset({"1", "true", "yes", "on"})
_FALSE: Final = frozenset({"0", "false", "no", "off", ""})


@dataclass(frozen=True, slots=True)
class Variable:
    """One declared variable; `default` is shown in the documentation as it is."""

    name: str
    default: str
    meaning: str


DECLARED: Final[dict[str, Variable]] = {}


def text(name: str, default: str, meaning: str, *, from_file: bool = True) -> str:
    """Declare and read a text variable.

    Args:
        name: The variable.
        default: What it is where it isn't set.
        meaning: One sentence for the page.
        from_file: Whether `NAME_FILE` may hold it; not where that is the name of another variable.

    Raises:
        ImproperlyConfigured: `NAME_FILE` names a file that can't be read.
    """
    DECLARED[name] = Variable(name, default, meaning)
    file_name = os.environ.get(f"{name}_FILE")
    if file_name and from_file:
        try:
            return Path(file_name).read_text(encoding="utf-8").strip()
        except OSError as exc:
            raise ImproperlyConfigured(f"{name}_FILE names {file_name}, which can't be read: {exc}") from exc
    return os.environ.get(name, default)


def boolean(name: str, *, default: bool, meaning: str) -> bool:
    """Declare and read a switch (1/0, true/false, yes/no, on/off).

    Raises:
        ImproperlyConfigured: It is something else.
    """
    raw = text(name, "1" if default else "0", meaning).strip().lower()
    if raw in _TRUE:
        return True
    if raw in _FALSE:
        return False
    raise ImproperlyConfigured(f"{name} must be 1 or 0; it is {raw!r}.")


def choice(name: str, default: str, meaning: str, *, among: Collection[str]) -> str:
    """Declare and read one word out of a few.

    Raises:
        ImproperlyConfigured: It is another one.
    """
    raw = text(name, default, meaning)
    if raw not in among:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(among)}; it is {raw!r}.")
    return raw


def integer(name: str, default: int, meaning: str, *, least: int = 0) -> int:
    """Declare and read a whole number of at least `least`."""
    return _parsed(
        name, str(default), meaning, lambda raw: _whole(raw, least), f"a whole number, at least {least}"
    )


def words(name: str, default: str, meaning: str) -> list[str]:
    """Declare and read a comma-separated list."""
    return [word.strip() for word in text(name, default, meaning).split(",") if word.strip()]


def forget() -> None:
    """Take every declared variable out of this process's environment, once settings hold their values."""
    for name in DECLARED:
        os.environ.pop(name, None)
        os.environ.pop(f"{name}_FILE", None)


def _whole(raw: str, least: int) -> int:
    number = int(raw)
    if number < least:
        raise ValueError(raw)
    return number


def _parsed(name: str, default: str, meaning: str, parse: Callable[[str], T], expected: str) -> T:
    raw = text(name, default, meaning)
    try:
        return parse(raw)
    except ValueError as exc:
        raise ImproperlyConfigured(f"{name} must be {expected}; it is {raw!r}.") from exc
