"""What the worker does for the desk."""

from compliance.desk.tasks.exports import exports_make, exports_remove
from compliance.desk.tasks.reports import reports_attend

__all__ = ["exports_make", "exports_remove", "reports_attend"]
