"""The desk's tables."""

from compliance.desk.models.exports import Export, ExportCopy
from compliance.desk.models.reports import ReportReview, ReportRun, ReportSchedule

__all__ = ["Export", "ExportCopy", "ReportReview", "ReportRun", "ReportSchedule"]
