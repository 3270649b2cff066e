"""What the worker does for the desk."""

from compliance.desk.tasks.requests import requests_purge, requests_remind

__all__ = ["requests_purge", "requests_remind"]
