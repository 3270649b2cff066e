"""What speaks against publishing a release until somebody says why it's fine.

Some findings are of the bundle and were made when it came in (`bundle_archive`); others are of the release,
for they compare it with what the channel serves and with the store's builds. None of them refuses an upload.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from releaseconsole.kernel.encoding import canonical_json, sha256_hex

WORDS: Final[dict[str, str]] = {}
_KEY_LENGTH: Final = 16


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found.

    Attributes:
        key: The same for the same finding of the same content, so that an answer stays with it.
        code: What kind it is; stable.
        words: What it is, for people.
        path: In which file, if it's about one; printable.
        answer: Why it's fine; empty: nobody has said so.
    """

    key: str
    code: str
    words: str
    path: str = ""
    answer: str = ""


def finding_key(code: str, path: str, detail: str) -> str:
    """Name a finding by what it is."""
    return f"{code}-{sha256_hex(canonical_json([code, path, detail]))[:_KEY_LENGTH]}"


def findings_answered(found: Iterable[Mapping[str, Any]], answers: Mapping[str, str]) -> tuple[Finding, ...]:
    """Make findings of what was kept as `{"code", "path", "detail"}`, each with its answer."""
    made = []
    for one in found:
        key = finding_key(one["code"], one["path"], one["detail"])
        words = WORDS.get(one["code"], one["code"])
        made.append(Finding(key, one["code"], words, one["path"], answers.get(key, "").strip()))
    return tuple(made)
