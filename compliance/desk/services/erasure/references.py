"""Forgetting the reference of a request whose record is gone, in all that outlives the record.

What an erasure did stays, in counts, and so does the suppression list. In place of the reference they have a
keyed hash of it: what was erased for one request still belongs together, as coming back needs it.
"""

import hashlib
import hmac
from typing import Final

from django.db import transaction

from compliance.desk.models import ErasureRun, PrivacyRequest, SuppressedSubject
from compliance.desk.models.erasures import FORGOTTEN, UNDER_WAY
from compliance.desk.services.erasure.suppression import suppression_file_update, suppression_key_first

_HASHED: Final = b"reference of a request\0"
_DIGITS: Final = 24


def references_forget() -> int:
    """Put a keyed hash where the reference of a deleted record was; returns of how many records.

    Level-triggered: a replay may bring an old one back. A run that isn't at its end is bound to its own.
    """
    with transaction.atomic():
        standing = PrivacyRequest.objects.values("reference")
        runs = ErasureRun.objects.exclude(request__startswith=FORGOTTEN).exclude(request__in=standing)
        runs = runs.exclude(state__in=UNDER_WAY)
        listed = SuppressedSubject.objects.exclude(request__startswith=FORGOTTEN)
        listed = listed.exclude(request__in=standing)
        of_runs = set(runs.values_list("request", flat=True))
        of_list = set(listed.order_by().values_list("request", flat=True).distinct())
        for reference in sorted(of_runs | of_list):
            instead = _hashed(reference)
            # The statement names it as well; who has the receipt has the statement.
            runs.filter(request=reference).update(request=instead, statement="")
            listed.filter(request=reference).update(request=instead)
        if of_list:
            transaction.on_commit(suppression_file_update)
    return len(of_runs | of_list)


def _hashed(reference: str) -> str:
    digest = hmac.digest(suppression_key_first(), _HASHED + reference.encode(), hashlib.sha256)
    return f"{FORGOTTEN}{digest.hex()[:_DIGITS]}"
