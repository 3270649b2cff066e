"""The desk's tables."""

from compliance.desk.models.exports import Export, ExportCopy
from compliance.desk.models.requests import PrivacyRequest, PrivacyRequestStep, PrivacyRequestSubject
from compliance.desk.models.subject_key import SubjectKey

__all__ = [
    "Export",
    "ExportCopy",
    "PrivacyRequest",
    "PrivacyRequestStep",
    "PrivacyRequestSubject",
    "SubjectKey",
]
