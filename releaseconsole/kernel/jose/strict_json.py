"""JSON as tokens need it: what two parsers could read differently is refused.

The standard parser lets the last of two equal members win and knows `NaN` and `Infinity`. A token that one
reader takes for `"aud":"a"` and another for `"aud":"b"` is an attack, not a document (RFC 8725, section 2.4).
"""

import json
from typing import Any, Final, NoReturn

from releaseconsole.kernel.jose.errors import TokenRefusedError

# Interpreters differ in how deep they parse; tokens don't nest at all, so this is generous.
_DEEPEST: Final = 32


class _Ambiguous(ValueError):  # noqa: N818 (a signal inside this module, never seen outside)
    """The text is JSON that readers could disagree about."""


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _Ambiguous("duplicate member")
    return members


def _not_finite(name: str) -> NoReturn:
    raise _Ambiguous(f"number {name}")


def _depth_check(value: object) -> None:
    """Walk down level by level, without recursion: it's the depth that is in question.

    Raises:
        _Ambiguous: There are more than 32 levels.
    """
    level: list[object] = [value]
    for _ in range(_DEEPEST):
        containers = [item for item in level if isinstance(item, dict | list)]
        level = [
            inner for item in containers for inner in (item.values() if isinstance(item, dict) else item)
        ]
        if not level:
            return
    raise _Ambiguous("nested too deep")


def object_parse(data: bytes, *, what: str) -> dict[str, Any]:
    """Parse one JSON object in UTF-8.

    Args:
        data: The bytes, untrusted.
        what: What they are, for the log ("header", "claims").

    Raises:
        TokenRefusedError: Not UTF-8, not JSON, not an object, a duplicate member at any depth, a number that
            isn't finite, a lone surrogate, or nesting deeper than 32.
    """
    try:
        value = json.loads(data.decode(), object_pairs_hook=_members, parse_constant=_not_finite)
        _depth_check(value)
        if b"\\u" in data:  # an escaped lone surrogate parses, but no UTF-8 text says the same
            json.dumps(value, ensure_ascii=False).encode()
    except _Ambiguous as exc:
        raise TokenRefusedError(f"{what}: {exc}") from exc
    except (ValueError, RecursionError) as exc:
        raise TokenRefusedError(f"{what}: not JSON in UTF-8") from exc
    if not isinstance(value, dict):
        raise TokenRefusedError(f"{what}: not an object")
    return value
