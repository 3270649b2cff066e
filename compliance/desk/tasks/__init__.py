"""What the worker does for the desk."""

from compliance.desk.tasks.exports import exports_make, exports_remove
from compliance.desk.tasks.phi import phi_measure, phi_measure_asked

__all__ = ["exports_make", "exports_remove", "phi_measure", "phi_measure_asked"]
