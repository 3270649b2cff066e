"""The desk's tables."""

from compliance.desk.models.drills import Drill
from compliance.desk.models.exports import Export, ExportCopy
from compliance.desk.models.incidents import Incident, IncidentNotice, IncidentStep
from compliance.desk.models.recertification import RecertificationCampaign, RecertificationLine

__all__ = [
    "Drill",
    "Export",
    "ExportCopy",
    "Incident",
    "IncidentNotice",
    "IncidentStep",
    "RecertificationCampaign",
    "RecertificationLine",
]
