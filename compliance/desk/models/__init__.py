"""The desk's tables."""

from compliance.desk.models.exports import Export, ExportCopy

__all__ = ["Export", "ExportCopy"]
