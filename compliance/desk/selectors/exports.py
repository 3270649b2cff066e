"""Reading the register of exports."""

from uuid import UUID

from django.db.models import Count, QuerySet

from accounts.models import User
from compliance.desk.models import Export, ExportCopy
from compliance.desk.models.exports import CopyKind
from releaseconsole.kernel.errors import NotFoundError


def exports_registered() -> QuerySet[Export]:
    """List all exports ever ordered, newest first, each with its number of copies outside."""
    return (
        Export.objects
        .select_related("ordered_by", "checkpoint", "report")
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


def downloads_of(export: Export, user: User) -> QuerySet[ExportCopy]:
    """List the copies that somebody took of the file that there is now, and not of one made before it."""
    taken = ExportCopy.objects.filter(export=export, kind=CopyKind.DOWNLOAD, by=user)
    return taken if export.made_at is None else taken.filter(at__gte=export.made_at)


def download_confirms(export: Export, user: User) -> bool:
    """Whether they confirm it first: personal values that they neither ordered nor have already."""
    return export.personal and export.ordered_by_id != user.pk and not downloads_of(export, user).exists()


def copies_of(export: Export) -> QuerySet[ExportCopy]:
    """List who holds copies, the newest first."""
    return ExportCopy.objects.filter(export=export).select_related("by")
