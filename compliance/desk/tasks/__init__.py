"""What the worker does for the desk."""

from compliance.desk.tasks.duties import duties_tend
from compliance.desk.tasks.exports import exports_make, exports_remove

__all__ = ["duties_tend", "exports_make", "exports_remove"]
