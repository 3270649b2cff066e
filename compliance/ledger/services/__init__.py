"""The ledger's front door."""

from compliance.ledger.services.inclusion import Receipt, events_include
from compliance.ledger.services.recording import audit_record

__all__ = ["Receipt", "audit_record", "events_include"]
