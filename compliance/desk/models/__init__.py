"""The desk's tables."""

from compliance.desk.models.exports import Export, ExportCopy
from compliance.desk.models.modules import AdvisoryImport, ModuleAdvisory, ModuleCertificate, WatchReview

__all__ = ["AdvisoryImport", "Export", "ExportCopy", "ModuleAdvisory", "ModuleCertificate", "WatchReview"]
