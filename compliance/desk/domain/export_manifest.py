"""The manifest of a pack: what was asked for, what is in it, the hash of every file. It is signed."""

import base64
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from compliance.desk.domain.csv_format import CSV_RULE
from compliance.desk.domain.export_entries import CSV_UNPROVED
from compliance.desk.domain.export_filter import EXCLUSIONS, ExportFilter

# The same in offline/verify_pack.py. A checkpoint's second line is a number, so this can't be one: the key
# that signs checkpoints signs manifests as well, and neither must pass for the other.
FORMAT: Final = "release-console-audit-export/1"
SIGNED_BEFORE: Final = b"release-console audit export manifest v1\n\n"
COMPLETENESS: Final = (
    "Every entry from the first to the last is in the pack: those that the filter asks for in events.jsonl"
    " with what they tell, all others in headers.jsonl with their headers. Headers are what the log's tree"
    " hashes and what the filter looks at, so both can be checked for every entry: nothing is missing."
)
VERIFY_COMMAND: Final = "python3 -I verify.py"


@dataclass(slots=True)
class Tally:
    """What was counted while the files were written."""

    shown: int
    content_erased: int
    values_erased: int
    values_withheld: int
    excluded: dict[str, int]

    @classmethod
    def begin(cls) -> "Tally":
        """Count from nothing."""
        return cls(0, 0, 0, 0, dict.fromkeys(EXCLUSIONS, 0))

    def as_data(self) -> dict[str, Any]:
        """Write it for the manifest and the register."""
        return asdict(self)


def manifest_facts(
    wish: ExportFilter, *, personal: bool, reason: str, report: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Say what was ordered, as both the order's entry in the log and the manifest have it."""
    values = {name: list(wanted) for name, wanted in wish.values.items()}
    facts = {"period": wish.period.as_data(), "filter": values, "personal": personal, "reason": reason}
    return facts if report is None else facts | {"report": dict(report)}


def manifest_compose(facts: Mapping[str, Any], *, wish: ExportFilter, files: Mapping[str, Any]) -> bytes:
    """Write the manifest.

    Args:
        facts: What only this export knows.
        wish: Which entries were asked for.
        files: For each file of the pack its SHA-256 and size.
    """
    manifest = {
        "format": FORMAT,
        "type": "Entries of the audit log",
        "period_words": wish.period.words(),
        "filter_words": wish.words(),
        "completeness": COMPLETENESS,
        "truncated": False,
        "csv_rule": CSV_RULE,
        "csv_unproved": list(CSV_UNPROVED),
        "verify": VERIFY_COMMAND,
        "files": dict(files),
        **facts,
    }
    return json.dumps(manifest, indent=2, sort_keys=True, ensure_ascii=False).encode() + b"\n"


def public_key_pem(spki: bytes) -> bytes:
    """Write a public key as openssl does."""
    text = base64.b64encode(spki).decode()
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    return "\n".join(["-----BEGIN PUBLIC KEY-----", *lines, "-----END PUBLIC KEY-----", ""]).encode()
