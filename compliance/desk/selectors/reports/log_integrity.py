"""Rows of “integrity of the audit log”: names of the log, verifications, anchors, in this order."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from compliance.desk.domain.export_filter import Period
from compliance.desk.domain.reports.declaration import Cell, Row
from compliance.desk.selectors.reports.times import time_cell
from compliance.ledger.models import AuditAnchor, AuditCheckpoint, AuditEpoch, AuditVerification

_CHUNK: Final = 200


def log_integrity_rows(_now: datetime, _period: Period) -> Iterator[Row]:
    """Read what was signed, verified and laid down.

    Yields:
        A row for each.
    """
    yield from _epochs()
    for each in AuditVerification.objects.order_by("pk").iterator(chunk_size=_CHUNK):
        yield _verification(each)
    anchors = AuditAnchor.objects.select_related("checkpoint").order_by("pk")
    for anchor in anchors.iterator(chunk_size=_CHUNK):
        yield _anchor(anchor)


def _epochs() -> Iterator[Row]:
    for epoch in AuditEpoch.objects.order_by("pk"):
        signed = AuditCheckpoint.objects.filter(origin=epoch.origin)
        yield _row("name of the log", epoch.began_at, epoch.began_size, "begun", details=epoch.origin)
        for words, checkpoint in (("first", signed.order_by("pk").first()), ("last", signed.last())):
            if checkpoint is not None:
                yield _row(
                    f"{words} checkpoint",
                    checkpoint.signed_at,
                    checkpoint.size,
                    "signed",
                    root=bytes(checkpoint.root).hex(),
                    details=f"key {checkpoint.kid}",
                )


def _verification(each: AuditVerification) -> Row:
    unchecked = "; ".join(str(what) for what in each.unchecked)
    return _row(
        "verification",
        each.ended_at or each.began_at or each.asked_at,
        each.size,
        each.verdict or "not over",
        findings=each.total,
        first_bad=each.first_bad,
        details=f"not checked: {unchecked}" if unchecked else "",
    )


def _anchor(anchor: AuditAnchor) -> Row:
    sealed = f", the last of {anchor.seals}" if anchor.seals else ""
    return _row(
        f"anchor, {anchor.get_act_display()}",
        anchor.at,
        anchor.checkpoint.size,
        "failed" if anchor.error else "done",
        root=bytes(anchor.checkpoint.root).hex(),
        details=anchor.error or f"{anchor.get_kind_display()}{sealed}: {anchor.place}",
    )


def _row(
    what: str,
    at: datetime | None,
    size: int,
    result: str,
    *,
    root: str = "",
    findings: int | None = None,
    first_bad: int | None = None,
    details: str = "",
) -> Row:
    cells: tuple[Cell, ...] = (what, time_cell(at), size, root, result, findings, first_bad, details)
    return Row(cells)
