"""API tokens that end soon: who issued one is told a week before, once."""

from datetime import timedelta
from typing import Final

from django.db import models, transaction

from accounts.models import APIToken
from accounts.services.mail import letter_write
from releaseconsole.kernel import clock

TOLD_BEFORE: Final = timedelta(days=7)


def api_tokens_tell_expiring() -> int:
    """Write to the issuers of tokens that end within a week; return how many letters that made.

    A token that was made for a week or less needs no letter: it ends as its issuer just said.
    """
    now = clock.now()
    ending = APIToken.objects.filter(
        revoked_at=None,
        expiry_told_at=None,
        publisher=None,
        created_by__is_active=True,
        expires_at__gt=now,
        expires_at__lte=now + TOLD_BEFORE,
        created_at__lt=models.F("expires_at") - TOLD_BEFORE,
    )
    return sum(_tell(pk) for pk in ending.values_list("pk", flat=True))


def _tell(pk: int) -> bool:
    """Under the row's lock, so that two workers don't write twice."""
    with transaction.atomic():
        rows = APIToken.objects.select_for_update(of=("self",)).select_related("created_by")
        token = rows.filter(pk=pk, revoked_at=None, expiry_told_at=None).first()
        if token is None:
            return False
        token.expiry_told_at = clock.now()
        token.save(update_fields=["expiry_told_at"])
        letter_write(to=token.created_by, template="api_token_expiring", context={"token": token})
        return True
