#!/usr/bin/env python3
"""Verifies the receipt of whoever was erased: without the console, with `verify_entry.py` beside it.

    python3 verify_receipt.py receipt.json audit-log-keys.pem

The receipt states what of theirs was erased and what stays. This hashes the statement, looks whether the
content of an entry of the audit log has that hash, whether the entry's header binds that content, and has
`verify_entry.py` say whether the log's signed checkpoint holds that entry. Exit code 0: it holds. 1: it
doesn't. 2: it couldn't be checked.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from pathlib import Path

from verify_entry import (  # type: ignore[import-not-found]  # lies beside this file, wherever that is
    PROOF,
    RefusedError,
    UncheckedError,
    decoded,
    verify,
)

ERASED = "compliance:erasure:complete"


def main() -> int:
    """Verify what the command line names."""
    try:
        receipt, keys = map(Path, sys.argv[1:])
    except ValueError:
        print(__doc__)
        return 2
    try:
        return verify_receipt(receipt.read_bytes().decode(), keys.read_bytes().decode())
    except RefusedError as error:
        print(f"REFUSED: {error}")
        return 1
    except (UncheckedError, OSError, UnicodeDecodeError) as error:
        print(f"NOT CHECKED: {error}")
        return 2


def verify_receipt(text: str, pem: str) -> int:
    """Verify a receipt's proof, and that the entry there binds what the receipt states."""
    try:
        receipt = json.loads(text)
        statement, content, proof = receipt["statement"], receipt["event_content"], receipt["proof"]
        written = PROOF.match(proof)
        header = json.loads(decoded(written[1])) if written else {}
        said, facts = header["content"], json.loads(content)["facts"]
        stated = json.loads(statement)
        bound, action = facts["statement_sha256"], header["action"]
        request = header["object"]["id"]
    except (ValueError, KeyError, TypeError) as error:
        raise RefusedError("this isn't a receipt") from error
    digest = base64.urlsafe_b64encode(hashlib.sha256(content.encode()).digest()).decode().rstrip("=")
    if said != digest or action != ERASED:
        raise RefusedError("the entry isn't about this content")
    if bound != hashlib.sha256(statement.encode()).hexdigest() or request != stated["request"]:
        raise RefusedError("the statement isn't the one that the entry binds")
    code: int = verify(proof, pem)
    print("\nIt binds this statement:\n")
    print(json.dumps(stated, indent=2, ensure_ascii=True))
    return code


if __name__ == "__main__":
    sys.exit(main())
