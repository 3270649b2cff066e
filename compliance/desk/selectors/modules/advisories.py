"""Advisories: the newest result of each tool, and what it found."""

from compliance.desk.domain.modules.advisories import AuditTool
from compliance.desk.models import AdvisoryImport


def imports_newest() -> list[AdvisoryImport]:
    """The newest import of each tool that there is one of, with its advisories at hand."""
    rows = AdvisoryImport.objects.select_related("imported_by").prefetch_related("advisories")
    newest = (rows.filter(tool=tool.value).first() for tool in AuditTool)
    return [row for row in newest if row is not None]
