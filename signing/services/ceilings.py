"""How fast a token key can sign that lives in an HSM or KMS: measured once, when the key was made.

A fleet asks for a signature with every check, so its custodian has to know what the place of the key allows.
"""

import logging
from datetime import datetime
from typing import Final

from signing.backends.local import LocalKeyBackend
from signing.domain.lifecycle import KeyPurpose
from signing.errors import KeyUnavailableError
from signing.models import KeyUsage, SigningKey
from signing.services.backend_health import signing_ceiling_measure
from signing.services.loading import private_key_open

_log = logging.getLogger(__name__)

# Root and trust keys sign a few times a day.
_MEASURED: Final = frozenset({KeyPurpose.RELEASE_TOKEN, KeyPurpose.BACKEND_TOKEN})
_SECONDS: Final = 0.5


def ceiling_note(row: SigningKey, *, now: datetime) -> None:
    """Measure what this process gets out of a token key that isn't local, and keep it beside the key's use.

    A key that can't be measured now is good all the same: it shows no ceiling.
    """
    if row.backend == LocalKeyBackend.name or KeyPurpose(row.purpose) not in _MEASURED:
        return
    try:
        ceiling = signing_ceiling_measure(private_key_open(row), seconds=_SECONDS)
    except KeyUnavailableError as exc:
        _log.warning("How fast key %s signs couldn't be measured: %s", row.key_id, exc)
        return
    measured = {"ceiling_per_second": round(ceiling), "ceiling_measured_at": now}
    KeyUsage.objects.update_or_create(key=row, defaults=measured)
