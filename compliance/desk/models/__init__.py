"""The desk's tables."""

from compliance.desk.models.exports import Export, ExportCopy
from compliance.desk.models.modules import ModuleCertificate

__all__ = ["Export", "ExportCopy", "ModuleCertificate"]
