"""What an entry tells, in a cell that people read; the entry itself, in the same pack, has it exactly."""

import re
from collections.abc import Mapping
from typing import Any, Final

_LISTED_AT_MOST: Final = 8
_LISTED_OF_MORE: Final = 4
_TIME: Final = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?(?:Z|\+00:00)")
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_DIGEST_SHOWN: Final = 16


def facts_words(facts: Mapping[str, Any]) -> str:
    """Write facts as one line, in the order of their names; what says nothing is left out."""
    said = ((name, value) for name, value in sorted(facts.items()) if value not in ("", None))
    return "; ".join(f"{_name(name)}: {_words(value)}" for name, value in said)


def _words(value: Any) -> str:
    if value is None or value in ("", [], {}):
        return "none"
    match value:
        case bool():
            return "yes" if value else "no"
        case str():
            return _text(value)
        case list():
            return _list(value)
        case dict():
            pairs = (f"{_name(name)}: {_words(each)}" for name, each in sorted(value.items()))
            return f"({', '.join(pairs)})"
    return str(value)


def _name(name: str) -> str:
    return name.replace("_", " ").replace("/", ", ")


def _text(value: str) -> str:
    """Shorten what nobody reads: fractions of a second, and the rest of a digest."""
    if time := _TIME.fullmatch(value):
        return f"{time[1]} {time[2]} UTC"
    return f"{value[:_DIGEST_SHOWN]}…" if _DIGEST.fullmatch(value) else value


def _list(values: list[Any]) -> str:
    is_long = len(values) > _LISTED_AT_MOST
    shown = [_words(each) for each in (values[:_LISTED_OF_MORE] if is_long else values)]
    return ", ".join(shown) + (f" and {len(values) - len(shown)} more" if is_long else "")
