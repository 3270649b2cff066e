"""Advisories: the newest result of each tool, and what it found."""

from compliance.desk.domain.modules.advisories import AuditTool
from compliance.desk.models import AdvisoryImport


def imports_newest() -> list[AdvisoryImport]:
    """What each tool found last, with its advisories at hand; an older result that comes later hides none."""
    rows = AdvisoryImport.objects.select_related("imported_by").prefetch_related("advisories")
    newest = (rows.filter(tool=tool.value).order_by("-ran_on", "-pk").first() for tool in AuditTool)
    return [row for row in newest if row is not None]
