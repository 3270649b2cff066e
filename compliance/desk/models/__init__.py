"""The desk's tables."""

from compliance.desk.models.exports import Export, ExportCopy
from compliance.desk.models.recertification import RecertificationCampaign, RecertificationLine

__all__ = ["Export", "ExportCopy", "RecertificationCampaign", "RecertificationLine"]
