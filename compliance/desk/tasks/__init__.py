"""What the worker does for the desk."""

from compliance.desk.tasks.duties import duties_tend
from compliance.desk.tasks.erasures import erasures_run, leftovers_forget
from compliance.desk.tasks.exports import exports_make, exports_remove
from compliance.desk.tasks.modules import modules_measure
from compliance.desk.tasks.phi import phi_measure, phi_measure_asked
from compliance.desk.tasks.reports import reports_attend
from compliance.desk.tasks.requests import requests_purge, requests_remind

__all__ = [
    "duties_tend",
    "erasures_run",
    "exports_make",
    "exports_remove",
    "leftovers_forget",
    "modules_measure",
    "phi_measure",
    "phi_measure_asked",
    "reports_attend",
    "requests_purge",
    "requests_remind",
]
