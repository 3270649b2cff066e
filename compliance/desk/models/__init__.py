"""The desk's tables."""

from compliance.desk.models.requests import PrivacyRequest, PrivacyRequestStep, PrivacyRequestSubject
from compliance.desk.models.subject_key import SubjectKey

__all__ = ["PrivacyRequest", "PrivacyRequestStep", "PrivacyRequestSubject", "SubjectKey"]
