"""The desk's tables."""

from compliance.desk.models.drills import Drill
from compliance.desk.models.engagements import AuditDelivery, AuditEngagement, AuditorRequest, AuditSample
from compliance.desk.models.exports import Export, ExportCopy
from compliance.desk.models.incidents import Incident, IncidentNotice, IncidentStep
from compliance.desk.models.recertification import RecertificationCampaign, RecertificationLine

__all__ = [
    "AuditDelivery",
    "AuditEngagement",
    "AuditSample",
    "AuditorRequest",
    "Drill",
    "Export",
    "ExportCopy",
    "Incident",
    "IncidentNotice",
    "IncidentStep",
    "RecertificationCampaign",
    "RecertificationLine",
]
