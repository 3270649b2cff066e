"""What the worker does for the desk."""

from compliance.desk.tasks.exports import exports_make, exports_remove
from compliance.desk.tasks.requests import requests_purge, requests_remind

__all__ = ["exports_make", "exports_remove", "requests_purge", "requests_remind"]
