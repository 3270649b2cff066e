"""All reports, by id. The numbers are those under which the documentation and auditors know them."""

from collections.abc import Mapping
from typing import Final

from compliance.desk.domain.reports.access import ACCESS
from compliance.desk.domain.reports.authenticators import AUTHENTICATORS, SIGN_INS
from compliance.desk.domain.reports.changes import CHANGES, TWO_PEOPLE
from compliance.desk.domain.reports.cybersecurity import CYBERSECURITY
from compliance.desk.domain.reports.data import DATA_ACCESS, RETENTION
from compliance.desk.domain.reports.declaration import ReportKind
from compliance.desk.domain.reports.duties import DRILLS, INCIDENTS
from compliance.desk.domain.reports.exceptions import EXCEPTIONS
from compliance.desk.domain.reports.key_inventory import KEY_INVENTORY
from compliance.desk.domain.reports.keys import KEY_OPERATIONS
from compliance.desk.domain.reports.log_integrity import LOG_INTEGRITY
from compliance.desk.domain.reports.machines import MACHINES
from compliance.desk.domain.reports.modules import MODULES
from compliance.desk.domain.reports.privacy import PHI, REQUEST_FIGURES, REQUEST_REGISTER
from compliance.desk.domain.reports.refusals import REFUSALS
from compliance.desk.domain.reports.releases import RELEASES

_ALL: Final = (
    ACCESS,
    MACHINES,
    KEY_INVENTORY,
    AUTHENTICATORS,
    KEY_OPERATIONS,
    SIGN_INS,
    RELEASES,
    TWO_PEOPLE,
    REQUEST_REGISTER,
    REQUEST_FIGURES,
    PHI,
    MODULES,
    REFUSALS,
    LOG_INTEGRITY,
    CHANGES,
    RETENTION,
    DATA_ACCESS,
    EXCEPTIONS,
    CYBERSECURITY,
    DRILLS,
    INCIDENTS,
)

REPORTS: Final[Mapping[str, ReportKind]] = {kind.id: kind for kind in _ALL}
SLUGS: Final[Mapping[str, ReportKind]] = {kind.slug: kind for kind in _ALL}
