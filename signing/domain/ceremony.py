"""The small file that travels between the console and the machine of an offline root, both ways.

The console writes it with the exact bytes to be signed and, beside them, the same in readable form; the other
machine adds a signature. What comes back is untrusted: the console believes the signatures in it and compares
everything else with what it would ask for now. `offline/root_ceremony.py` knows the same format without
importing any of this; a test holds the two together.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from releaseconsole.kernel.encoding import EncodingError, b64url_decode, b64url_encode, canonical_json
from releaseconsole.kernel.jose.documents import DocumentKind
from releaseconsole.kernel.jose.errors import TokenRefusedError
from releaseconsole.kernel.jose.strict_json import object_parse
from signing.domain.trust_documents import DELEGATION, ROOT_ROTATION
from signing.errors import CeremonyRefusedError

FORMAT: Final = "release-console-ceremony/1"
MAX_FILE_BYTES: Final = 64 * 1024
# Days to carry a file to another machine and back, not months: what it says should still be what is wanted.
MAX_AGE: Final = 30 * 24 * 60 * 60
_MEMBERS: Final = frozenset({"format", "kind", "app_id", "issuer", "payload", "claims", "signed"})
# By a new root and by an old one.
_MOST_SIGNATURES: Final = 2


class CeremonyKind(StrEnum):
    """What an offline root is asked to sign."""

    DELEGATION = "delegation"
    ROOT_ROTATION = "root-rotation"


DOCUMENT_KINDS: Final[Mapping[CeremonyKind, DocumentKind]] = {
    CeremonyKind.DELEGATION: DELEGATION,
    CeremonyKind.ROOT_ROTATION: ROOT_ROTATION,
}


@dataclass(frozen=True, slots=True)
class CeremonyFile:
    """A file that came back; `signed` are compact JWS over one payload, none of them verified yet."""

    kind: CeremonyKind
    claims: dict[str, Any]
    signed: tuple[str, ...]


def request_write(kind: CeremonyKind, claims: Mapping[str, Any]) -> bytes:
    """Write a request to sign these claims."""
    request = {
        "format": FORMAT,
        "kind": kind.value,
        "app_id": claims["aud"],
        "issuer": claims["iss"],
        "payload": b64url_encode(canonical_json(claims)),
        "claims": claims,
        "signed": [],
    }
    return json.dumps(request, indent=2, ensure_ascii=False).encode() + b"\n"


def answer_read(data: bytes, *, kind: CeremonyKind) -> CeremonyFile:
    """Read a file that came back from the other machine.

    Raises:
        CeremonyRefusedError: It isn't such a file, or not of this kind, or nobody has signed it.
    """
    if len(data) > MAX_FILE_BYTES:
        raise CeremonyRefusedError("The file is larger than any answer of a ceremony.")
    try:
        members = object_parse(data, what="file")
        if members.keys() != _MEMBERS or members["format"] != FORMAT:
            raise CeremonyRefusedError(f"This isn't a file of format {FORMAT}.")
        if members["kind"] != kind.value:
            raise CeremonyRefusedError(f"This file isn't about a {kind.value}.")
        claims = _payload(members["payload"], kind)
    except (TokenRefusedError, EncodingError) as exc:
        raise CeremonyRefusedError("The file is damaged, or isn't one of a ceremony.") from exc
    return CeremonyFile(kind, claims, _signatures(members["signed"], payload=members["payload"]))


def _payload(text: object, kind: CeremonyKind) -> dict[str, Any]:
    payload = b64url_decode(text if isinstance(text, str) else "*")
    claims = object_parse(payload, what="payload")
    if canonical_json(claims) != payload:
        # An online root signs the same claims again, which must come to the same bytes.
        raise CeremonyRefusedError("The payload isn't written as this console writes it.")
    DOCUMENT_KINDS[kind].claims_check(claims)
    return claims


def _signatures(signed: object, *, payload: str) -> tuple[str, ...]:
    texts = signed if isinstance(signed, list) else []
    if not 1 <= len(texts) <= _MOST_SIGNATURES:
        raise CeremonyRefusedError("Nobody has signed this file yet.")
    # One payload for all: two roots that agree, agree on the same bytes.
    if any(not isinstance(text, str) or text.split(".")[1:2] != [payload] for text in texts):
        raise CeremonyRefusedError("A signature in this file is of something else.")
    return tuple(texts)
