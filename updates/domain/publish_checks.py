"""What speaks against publishing a release until somebody says why it's fine.

Some findings are of the bundle and were made when it came in (`bundle_archive.scanning`); others are of the
release, for they compare it with what the channel serves and with the store's builds. None refuses an upload.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from releaseconsole.kernel.encoding import canonical_json, sha256_hex

# How each kind is told; `{detail}` is what was kept of it.
WORDS: Final[dict[str, str]] = {
    "secret": "Looks like {detail}. Whoever has the app has this file.",
    "source_map": "Source maps are in the bundle ({detail}): they show your source code to everybody.",
    "server_url": "server.url is set to {detail}: with this an app loads its pages from there.",
    "config_unreadable": "This capacitor.config.json can't be read, so server.url may be set in it.",
    "no_ready_call": "No file calls notifyAppReady(): devices will go back to the version before it.",
    "scan_cut": "The bundle is so large that only its first {detail} bytes of text were looked at.",
    "findings_cut": "More was found than the {detail} things listed here.",
    "size_jump": "{detail}",
    "native_mismatch": "{detail}",
    "native_unknown": "{detail}",
}
_KEY_LENGTH: Final = 16
_JUMP_BYTES: Final = 1_000_000
_GROWS: Final = 1.5
_SHRINKS: Final = 0.5


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


def finding_made(
    code: str, detail: str, answers: Mapping[str, str], *, path: str = "", about: str = ""
) -> Finding:
    """Make a finding with its answer; `about` names it where its words change and it stays the same."""
    key = finding_key(code, path, about or detail)
    words = WORDS[code].format(detail=detail)
    return Finding(key, code, words, path, str(answers.get(key, "")).strip())


def findings_answered(found: Iterable[Mapping[str, Any]], answers: Mapping[str, str]) -> tuple[Finding, ...]:
    """Make findings of what was kept as `{"code", "path", "detail"}`, each with its answer."""
    return tuple(finding_made(one["code"], one["detail"], answers, path=one["path"]) for one in found)


def size_jumps(before: int, after: int) -> bool:
    """Tell whether a bundle is so much larger or smaller than the one before that somebody should look."""
    if abs(after - before) < _JUMP_BYTES:
        return False
    return after > before * _GROWS or after < before * _SHRINKS
