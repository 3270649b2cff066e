"""Reading the register of exports."""

from uuid import UUID

from django.db.models import Count, QuerySet

from compliance.desk.models import Export, ExportCopy
from releaseconsole.kernel.errors import NotFoundError


def exports_registered() -> QuerySet[Export]:
    """List all exports ever ordered, newest first, each with its number of copies outside."""
    return (
        Export.objects
        .select_related("ordered_by", "checkpoint")
        .annotate(held=Count("copies"))
        .order_by("-ordered_at")
    )


def export_get(*, export_id: UUID) -> Export:
    """Find one.

    Raises:
        NotFoundError: There's no such export.
    """
    found = exports_registered().filter(pk=export_id).first()
    if found is None:
        raise NotFoundError("There's no such export.")
    return found


def copies_of(export: Export) -> QuerySet[ExportCopy]:
    """List who holds copies, the newest first."""
    return ExportCopy.objects.filter(export=export).select_related("by")
