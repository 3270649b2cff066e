"""The audit log's tables. Triggers in both databases refuse whatever isn't adding to them."""

from compliance.ledger.models.anchors import AnchorAct, AnchorKind, AuditAnchor
from compliance.ledger.models.content import AuditContent, AuditDisclosure, AuditErasure, ErasureKind
from compliance.ledger.models.events import AuditEvent, AuditPending
from compliance.ledger.models.holds import HoldScope, LegalHold
from compliance.ledger.models.purges import PurgeRun
from compliance.ledger.models.tree import AuditCheckpoint, AuditEpoch, AuditLeaf, AuditTile
from compliance.ledger.models.verifications import AuditVerification

__all__ = [
    "AnchorAct",
    "AnchorKind",
    "AuditAnchor",
    "AuditCheckpoint",
    "AuditContent",
    "AuditDisclosure",
    "AuditEpoch",
    "AuditErasure",
    "AuditEvent",
    "AuditLeaf",
    "AuditPending",
    "AuditTile",
    "AuditVerification",
    "ErasureKind",
    "HoldScope",
    "LegalHold",
    "PurgeRun",
]
