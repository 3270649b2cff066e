"""Keeping the evidence: once a day, and whenever something else is found than before.

Each kind of process measures itself, since each could be set up differently. The document is kept as it was
digested; the audit log's entry is about that digest, and a signed checkpoint covers the entry.
"""

import logging
import platform
import threading
from datetime import datetime
from typing import Final

from django.db import DatabaseError, connection, transaction

from compliance.desk.domain.modules.evidence import evidence_document
from compliance.desk.domain.modules.history import EVIDENCE_SUBJECT, ProcessRole, facts_digest
from compliance.desk.models import ModuleEvidence
from compliance.desk.services.modules.evidence import evidence_take
from compliance.ledger.domain.events import SYSTEM, Action
from compliance.ledger.services import audit_record
from compliance.ledger.services.locking import Turn, turn_take
from releaseconsole.kernel import clock
from releaseconsole.kernel.encoding import canonical_json, sha256_hex

_AGAIN_AFTER: Final = 3600.0

logger = logging.getLogger(__name__)


def evidence_keep(*, role: ProcessRole, now: datetime) -> ModuleEvidence | None:
    """Measure this process, and keep what was found unless the same was found today already.

    Args:
        role: What kind of process this is.
        now: When.
    """
    host, evidence = platform.node(), evidence_take(now=now)
    document = {"role": role.value, "host": host, **evidence_document(evidence)}
    written = canonical_json(document)
    facts = facts_digest(document)
    with transaction.atomic():
        turn_take(Turn.EVIDENCE)
        last = ModuleEvidence.objects.filter(role=role.value, host=host).last()
        if last and last.facts == facts and last.taken_at.date() == now.date():
            return None
        row = ModuleEvidence.objects.create(
            taken_at=now,
            role=role.value,
            host=host,
            standing=evidence.standing.value,
            facts=facts,
            sha256=sha256_hex(written),
            document=written.decode(),
        )
        audit_record(
            action=Action.MODULES_MEASURED,
            actor=SYSTEM,
            now=now,
            subject=(EVIDENCE_SUBJECT, row.sha256),
            detail={
                "process": role.value,
                "standing": evidence.standing.value,
                "require_fips": evidence.is_required,
            },
        )
    return row


def evidence_keeper_start(role: ProcessRole) -> threading.Thread:
    """Keep this process's evidence from now on, beside what it does; it ends with the process."""
    thread = threading.Thread(target=_keep_on, args=(role,), name="module-evidence", daemon=True)
    thread.start()
    return thread


def evidence_keep_now(role: ProcessRole) -> None:
    """Keep it, or say in the process's own log why not: nothing that runs stops for it."""
    try:
        evidence_keep(role=role, now=clock.now())
    except DatabaseError:
        logger.warning("The evidence of cryptographic modules wasn't kept", exc_info=True)
    finally:
        connection.close()


def _keep_on(role: ProcessRole) -> None:
    pause = threading.Event()  # that nobody sets: it waits, and a daemon thread needs no word to end
    while True:
        evidence_keep_now(role)
        pause.wait(_AGAIN_AFTER)
