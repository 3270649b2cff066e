"""The files around the entries of a pack: proofs, keys, the report for people, and the signed manifest."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from compliance.desk.backends.pdf import report_pdf
from compliance.desk.domain.export_entries import Entry
from compliance.desk.domain.export_manifest import (
    SIGNED_BEFORE,
    manifest_compose,
    manifest_facts,
    public_key_pem,
)
from compliance.desk.domain.range_proof import range_proof
from compliance.desk.errors import ExportUnsoundError
from compliance.desk.models import Export
from compliance.desk.selectors.export_entries import entries_erasing
from compliance.desk.services.export_pack import PackFolder, Written
from compliance.desk.services.export_report import export_report
from compliance.desk.services.reports.composing import report_compose
from compliance.desk.services.reports.making import ReportMade
from compliance.ledger.backends.signer import CheckpointKey, signer_current
from compliance.ledger.domain.canonical import Disclosure, time_written
from compliance.ledger.domain.checkpoints import NoteKey, note_open
from compliance.ledger.domain.merkle import NodeSource, tree_root
from compliance.ledger.domain.spellings import base64_write
from compliance.ledger.errors import SignerUnavailableError
from compliance.ledger.models import AuditCheckpoint, AuditLeaf
from compliance.ledger.selectors.tree import TreeReader
from releaseconsole.kernel import clock

_OFFLINE: Final = settings.BASE_DIR / "offline"
_COPIED: Final[Mapping[str, Path]] = {
    "verify.py": _OFFLINE / "verify_pack.py",
    "VERIFY.md": _OFFLINE / "VERIFY.md",
}
_COPIED_WITH_REPORT: Final[Mapping[str, Path]] = {"verify_report.py": _OFFLINE / "verify_report.py"}
_ROTATIONS: Final = 2


def pack_close(export: Export, folder: PackFolder, written: Written, made: ReportMade | None) -> None:
    """Put everything beside the entries into the folder.

    Args:
        export: Whose pack it is.
        folder: Where to.
        written: What is known of the entries.
        made: The report that this is the pack of; None: of the entries alone.

    Raises:
        ExportUnsoundError: The tree isn't the one that was signed.
        SignerUnavailableError: No key can sign now.
        CheckpointError: None of its keys signed the checkpoint.
        ReportUnprintableError: The report can't be set.
        ValueError: There's no checkpoint.
    """
    checkpoint = export.checkpoint
    if checkpoint is None:
        raise ValueError("a pack is closed under a checkpoint")
    keys = signer_current().keys()
    folder.add("checkpoint.txt", checkpoint.note.encode())
    if export.previous is not None:
        folder.add("previous.txt", export.previous.note.encode())
    folder.add("proof.json", _json(_proofs(export, checkpoint, written)))
    folder.add("audit_log_keys.json", _json({"keys": [_key(each) for each in keys]}))
    for name, path in {**_COPIED, **({} if made is None else _COPIED_WITH_REPORT)}.items():
        folder.add(name, path.read_bytes())
    key_sha256 = _fingerprint(checkpoint, keys)
    if made is None:
        events_sha256 = str(folder.files["events.jsonl"]["sha256"])
        report = export_report(export, written=written, events_sha256=events_sha256, key_sha256=key_sha256)
    else:
        report = report_compose(export, written=written, made=made, key_sha256=key_sha256)
    folder.add("report.pdf", report_pdf(report))
    _sign(export, folder, _facts(export, written, made), keys[-1])


def _fingerprint(checkpoint: AuditCheckpoint, keys: Iterable[CheckpointKey]) -> str:
    signed = note_open(checkpoint.note, [NoteKey(checkpoint.origin, key.spki) for key in keys])
    return hashlib.sha256(signed.by[0].spki).hexdigest()


def _sign(export: Export, folder: PackFolder, facts: Mapping[str, Any], expected: CheckpointKey) -> None:
    """Write the manifest with the public key that signs it, which only the signer knows for sure.

    Raises:
        SignerUnavailableError: No key can sign now, or another one each time.
    """
    for _ in range(_ROTATIONS):
        folder.add("log.pub.pem", public_key_pem(expected.spki))
        manifest = manifest_compose(facts, wish=export.wish, files=folder.files)
        key, signature = signer_current().sign(SIGNED_BEFORE + manifest)
        if key.spki == expected.spki:
            (folder.path / "manifest.json").write_bytes(manifest)
            (folder.path / "manifest.sig").write_bytes(signature)
            return
        expected = key
    raise SignerUnavailableError("The log's key was rotated while the pack was signed.")


def _facts(export: Export, written: Written, made: ReportMade | None) -> dict[str, Any]:
    by, report = export.ordered_by, None if made is None else made.run.ordered
    told = {} if made is None else {"type": made.title, "report_made": made.as_data()}
    return {
        **told,
        "id": str(export.pk),
        "console": settings.PUBLIC_URL,
        "software": f"Release Console {settings.VERSION}",
        "requested_by": {"kind": by.actor.kind.value, "id": by.actor.id, "name": by.name},
        "requested_at": time_written(export.ordered_at),
        "made_at": time_written(export.alive_at or export.ordered_at),
        "entries": {"first": export.first, "end": export.end},
        "counts": written.tally.as_data(),
        **manifest_facts(export.wish, personal=export.personal, reason=export.reason, report=report),
    }


def _proofs(export: Export, checkpoint: AuditCheckpoint, written: Written) -> dict[str, Any]:
    size, node = checkpoint.size, TreeReader().node
    if tree_root(size, node) != bytes(checkpoint.root):
        raise ExportUnsoundError(f"The tree of {size} entries isn't the one that was signed.")
    entries = range_proof(export.first or 0, export.end or 0, size, node)
    place = AuditLeaf.objects.get(number=export.order_id).sequence
    previous = export.previous and range_proof(export.previous.size, export.previous.size, size, node)
    return {
        "entries": entries.as_data(),
        "order": _proved(_order(export, place), size, node),
        "erasures": [
            _proved(each, size, node) for each in entries_erasing(written.erasures, now=clock.now())
        ],
        "previous": previous and previous.as_data(),
    }


def _proved(entry: Entry, size: int, node: NodeSource) -> dict[str, Any]:
    if entry.sequence >= size:
        raise ExportUnsoundError("Something was erased while this was made. Have it made again.")
    place = entry.sequence
    return {**range_proof(place, place + 1, size, node).as_data(), **entry.as_data()}


def _order(export: Export, place: int) -> Entry:
    order = export.order
    told = [Disclosure(each.name, each.salt, each.value) for each in order.disclosures.order_by("name")]
    return Entry(place, bytes(order.header), bytes(order.content.content), told)


def _key(key: CheckpointKey) -> dict[str, str | None]:
    times = {"begins_at": key.begins_at, "ends_at": key.ends_at, "revoked_at": key.revoked_at}
    return {
        "kid": key.kid,
        "spki": base64_write(key.spki),
        **{name: time_written(at) if at else None for name, at in times.items()},
    }


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False).encode() + b"\n"
