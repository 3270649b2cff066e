"""All evidence about the console's cryptography, taken now, in the process that asks.

Nothing is remembered from earlier: what a page shows was measured while it was made, by this process alone.
Another one (the worker, another web process) may be set up differently, and says so itself when it's asked.
"""

import os
import platform
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings

from compliance.desk.backends.modules.measuring import libraries_measure
from compliance.desk.domain.modules.evidence import (
    Evidence,
    PathEvidence,
    certificate_judge,
    path_judge,
    standing_judge,
)
from compliance.desk.domain.modules.inventory import PATHS, CryptoPath
from compliance.desk.domain.modules.libraries import Library, LibraryFacts
from compliance.desk.selectors.calendar import today_at
from compliance.desk.selectors.modules.certificates import certificates_current
from compliance.desk.services.modules.self_tests import path_test
from signing.services.backend_health import backends_used

_FILE: Final = "file"


def evidence_take(*, now: datetime) -> Evidence:
    """Measure the libraries, try the paths, and hold what's on record against that."""
    libraries = libraries_measure()
    measured = {facts.library: facts for facts in libraries}
    used = _used()
    paths = tuple(_path_evidence(path, measured, used) for path in PATHS)
    today = today_at(now)
    certificates = tuple(
        certificate_judge(row.claim, measured, today=today) for row in certificates_current()
    )
    standing, reasons = standing_judge(libraries, paths, certificates, is_required=settings.REQUIRE_FIPS)
    return Evidence(
        measured_at=now,
        process=f"{platform.node()}, process {os.getpid()}",
        is_required=settings.REQUIRE_FIPS,
        libraries=libraries,
        paths=paths,
        certificates=certificates,
        standing=standing,
        reasons=reasons,
    )


def _path_evidence(
    path: CryptoPath, measured: dict[Library, LibraryFacts], used: frozenset[str]
) -> PathEvidence:
    is_used = not path.depends_on or path.depends_on in used
    facts = measured.get(path.library)
    test = path_test(path.key) if is_used else None
    return PathEvidence(path, is_used, facts, test, path_judge(path, facts, test))


def _used() -> frozenset[str]:
    """Say on what of `CryptoPath.depends_on` something here depends."""
    kek = settings.KEK_PROVIDER.partition(":")[0] or _FILE
    found = {*(f"backend:{name}" for name in backends_used()), f"kek:{kek}"}
    if urlsplit(settings.EFFECTIVE_REDIS_URL).scheme == "rediss":
        found.add("redis:tls")
    if settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
        found.add("database:postgresql")
    return frozenset(found)
