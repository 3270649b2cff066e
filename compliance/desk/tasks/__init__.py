"""What the worker does for the desk."""

from compliance.desk.tasks.exports import exports_make, exports_remove

__all__ = ["exports_make", "exports_remove"]
