"""Certificates of modules: those on record, and all that were."""

from django.db.models import QuerySet

from compliance.desk.domain.modules.libraries import Library
from compliance.desk.models import ModuleCertificate


def certificates_current() -> list[ModuleCertificate]:
    """List what is on record, one a library."""
    return list(ModuleCertificate.objects.filter(superseded_at=None).select_related("recorded_by"))


def certificates_of(library: Library) -> QuerySet[ModuleCertificate]:
    """List what was ever recorded for a library, newest first."""
    return ModuleCertificate.objects.filter(library=library.value).select_related("recorded_by")
