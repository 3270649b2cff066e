"""The desk's tables."""

from compliance.desk.models.erasures import ErasureRun, ErasureStep
from compliance.desk.models.exports import Export, ExportCopy
from compliance.desk.models.requests import PrivacyRequest, PrivacyRequestStep, PrivacyRequestSubject
from compliance.desk.models.subject_key import SubjectKey
from compliance.desk.models.suppression import SuppressedSubject, SuppressionKey

__all__ = [
    "ErasureRun",
    "ErasureStep",
    "Export",
    "ExportCopy",
    "PrivacyRequest",
    "PrivacyRequestStep",
    "PrivacyRequestSubject",
    "SubjectKey",
    "SuppressedSubject",
    "SuppressionKey",
]
from compliance.desk.models.modules import AdvisoryImport, ModuleAdvisory, ModuleCertificate, WatchReview

__all__ = ["AdvisoryImport", "Export", "ExportCopy", "ModuleAdvisory", "ModuleCertificate", "WatchReview"]
from compliance.desk.models.phi import DeclarationSubject, MeasurementKind, PHIDeclaration, PHIMeasurement
from compliance.desk.models.phi_papers import AddressableDecision, BusinessAssociate

__all__ = [
    "AddressableDecision",
    "BusinessAssociate",
    "DeclarationSubject",
    "Export",
    "ExportCopy",
    "MeasurementKind",
    "PHIDeclaration",
    "PHIMeasurement",
]
