"""The desk's tables."""

from compliance.desk.models.components import ComponentStatement
from compliance.desk.models.drills import Drill
from compliance.desk.models.engagements import AuditDelivery, AuditEngagement, AuditorRequest, AuditSample
from compliance.desk.models.erasures import ErasureRun, ErasureStep
from compliance.desk.models.exports import Export, ExportCopy
from compliance.desk.models.incidents import Incident, IncidentNotice, IncidentStep
from compliance.desk.models.modules import (
    AdvisoryImport,
    ModuleAdvisory,
    ModuleCertificate,
    ModuleEvidence,
    WatchReview,
)
from compliance.desk.models.opened_packs import OpenedPack
from compliance.desk.models.phi import DeclarationSubject, MeasurementKind, PHIDeclaration, PHIMeasurement
from compliance.desk.models.phi_papers import AddressableDecision, BusinessAssociate
from compliance.desk.models.providers import ProviderNotice, ServiceProvider
from compliance.desk.models.recertification import RecertificationCampaign, RecertificationLine
from compliance.desk.models.reports import ReportReview, ReportRun, ReportSchedule
from compliance.desk.models.requests import PrivacyRequest, PrivacyRequestStep, PrivacyRequestSubject
from compliance.desk.models.subject_key import SubjectKey
from compliance.desk.models.suppression import SuppressedSubject, SuppressionKey

__all__ = [
    "AddressableDecision",
    "AdvisoryImport",
    "AuditDelivery",
    "AuditEngagement",
    "AuditSample",
    "AuditorRequest",
    "BusinessAssociate",
    "ComponentStatement",
    "DeclarationSubject",
    "Drill",
    "ErasureRun",
    "ErasureStep",
    "Export",
    "ExportCopy",
    "Incident",
    "IncidentNotice",
    "IncidentStep",
    "MeasurementKind",
    "ModuleAdvisory",
    "ModuleCertificate",
    "ModuleEvidence",
    "OpenedPack",
    "PHIDeclaration",
    "PHIMeasurement",
    "PrivacyRequest",
    "PrivacyRequestStep",
    "PrivacyRequestSubject",
    "ProviderNotice",
    "RecertificationCampaign",
    "RecertificationLine",
    "ReportReview",
    "ReportRun",
    "ReportSchedule",
    "ServiceProvider",
    "SubjectKey",
    "SuppressedSubject",
    "SuppressionKey",
    "WatchReview",
]
