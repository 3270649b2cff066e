"""Verifying the log: what is stored is what was recorded and signed (docs/audit-log-verification.md).

Everything is recomputed from the stored headers and compared with whatever else the database holds, with what
was signed, with what the signer remembers outside of it, and with what officers kept. It streams: a log of
any length takes the same memory, and it may grow meanwhile. Nothing is written.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Final

from compliance.ledger.backends.signer import signer_current
from compliance.ledger.backends.witness import witness_read
from compliance.ledger.domain.checkpoints import Checkpoint
from compliance.ledger.domain.verification import Check, Findings, Report
from compliance.ledger.errors import CheckpointError, SignerUnavailableError, VerificationError, WitnessError
from compliance.ledger.models import AuditCheckpoint
from compliance.ledger.selectors.tree import tree_size
from compliance.ledger.services.verification.entries import entries_check, leftovers_check
from compliance.ledger.services.verification.erasures import erasures_check
from compliance.ledger.services.verification.expectations import (
    Expected,
    Keys,
    StoredCheckpoints,
    epochs_check,
    in_order,
    noted,
)
from compliance.ledger.services.verification.held import held_check
from compliance.ledger.services.verification.signed_tail import tail_check
from compliance.ledger.services.verification.standing_holds import legal_holds_check
from compliance.ledger.services.verification.tree import TreeWatch

__all__ = ["log_verify", "note_trust", "stored_trust"]

MOST_FINDINGS: Final = 100

Progress = Callable[[int, int], None]


def log_verify(
    *,
    now: datetime,
    since: Checkpoint | None = None,
    notes: Sequence[tuple[str, str]] = (),
    most: int = MOST_FINDINGS,
    progress: Progress | None = None,
) -> Report:
    """Verify the log, and say what is wrong with it.

    Args:
        now: The time, read once.
        since: A checkpoint to trust: the entries before it aren't looked at again.
        notes: Checkpoints that somebody kept: where each comes from, and its text.
        most: Of findings that are told in full; all are counted.
        progress: If given, it's told now and then of how many entries how many have been looked at.
    """
    findings, unchecked = Findings(most), list[str]()
    keys = _keys(unchecked)
    remembered = _remembered(findings, unchecked)
    begin = since.size if since else 0
    stored = StoredCheckpoints(findings, keys, since=begin, now=now)
    # After the checkpoints: none of those that were read is of a log that has grown since.
    size = tree_size()
    kept = noted(notes, findings, keys.note_read) if keys else ()
    expected = in_order(stored.expected(), _by_size(remembered), _by_size(kept))
    tree = TreeWatch(findings, since, expected)
    tree.begin()
    entries_check(
        findings, tree, begin=begin, end=size, progress=partial(progress, size) if progress else None
    )
    tree.end(size)
    epochs_check(findings)
    erasures_check(findings, now=now)
    legal_holds_check(findings)
    leftovers_check(findings, now=now)
    if keys:
        held_check(findings, keys)
    tail_check(unchecked, remembered=[each.size for each in remembered], now=now)
    return Report(
        began_at=now,
        since=begin,
        size=size,
        checkpoint=tree.newest,
        first_bad=findings.first_bad,
        total=findings.total,
        findings=findings.listed(),
        unchecked=unchecked,
    )


def stored_trust(*, size: int) -> Checkpoint:
    """Take the stored checkpoint of this size for true, if it's signed.

    Raises:
        VerificationError: There's none, or its signature doesn't hold.
    """
    row = AuditCheckpoint.objects.filter(size=size).last()
    if row is None:
        raise VerificationError(f"There is no checkpoint of {size} entries.")
    return note_trust(note=row.note)


def note_trust(*, note: str) -> Checkpoint:
    """Take a signed checkpoint for true.

    Raises:
        VerificationError: It isn't signed by a key of this log.
    """
    try:
        return Keys(signer_current().keys()).note_read(note, note.partition("\n")[0])
    except (CheckpointError, SignerUnavailableError) as exc:
        raise VerificationError(f"The checkpoint to begin with can't be trusted: {exc.message}") from exc


def _keys(unchecked: list[str]) -> Keys | None:
    try:
        keys = signer_current().keys()
    except SignerUnavailableError as exc:
        unchecked.append(f"No signature was checked: {exc.message}")
        return None
    if not keys and AuditCheckpoint.objects.exists():
        unchecked.append("No signature was checked: no key that ever signed is known.")
    return Keys(keys) if keys else None


def _remembered(findings: Findings, unchecked: list[str]) -> list[Expected]:
    """Ask the witness; before anything else, so that the log contains what it remembers."""
    try:
        remembered = witness_read()
    except WitnessError as exc:
        if isinstance(exc.__cause__, OSError):
            unchecked.append(exc.message)
        else:
            findings.add(Check.WITNESS, exc.message)
        return []
    if not remembered and AuditCheckpoint.objects.exists():
        unchecked.append("The witness remembers nothing, so an older database wouldn't be noticed.")
    by = "what the signer remembers"
    return [Expected(each.size, each.root, Check.WITNESS, by, each.origin) for each in remembered]


def _by_size(expected: Sequence[Expected] | Iterator[Expected]) -> list[Expected]:
    return sorted(expected, key=lambda each: each.size)
