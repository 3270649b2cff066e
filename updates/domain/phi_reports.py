"""What is kept of a report of an app with PHI."""

from typing import Final

import msgspec

from updates.domain.phi_marks import PHIMark
from updates.domain.telemetry import DeviceReport

# The file of the bundle that failed: no person typed it, and it tells two failures apart.
_KEPT: Final = "file"


def report_stripped(report: DeviceReport) -> DeviceReport:
    """Drop the details that somebody may have typed or a crash may have caught, and mark that there were."""
    if report.detail.keys() <= {_KEPT}:
        return report
    kept = {name: text for name, text in report.detail.items() if name == _KEPT}
    return msgspec.structs.replace(report, detail=kept, phi_mark=PHIMark.DETAIL.value)
