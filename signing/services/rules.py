"""The cryptoperiod of each purpose, as the settings have it."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from django.conf import settings

from releaseconsole.kernel.jose.claim_rules import MOST_WHOLE
from signing.domain.cryptoperiod import KeyRules
from signing.domain.lifecycle import KeyPurpose
from signing.models import SigningKey

# Fixed by the design, not by a setting: clients refuse documents that live longer.
TRUST_BUNDLE_LIFE: Final = timedelta(hours=24)
DELEGATION_LIFE: Final = timedelta(days=366)


def key_rules(purpose: KeyPurpose) -> KeyRules:
    """Return the rules of keys of this purpose."""
    if purpose is KeyPurpose.ROOT:
        return _rules(period=None, life=DELEGATION_LIFE, keeps_next=False)
    if purpose is KeyPurpose.TRUST:
        return _rules(period=timedelta(days=settings.TRUST_KEY_PERIOD_DAYS), life=TRUST_BUNDLE_LIFE)
    if purpose is KeyPurpose.CHECKPOINT:
        return _checkpoint_rules()
    life = timedelta(seconds=settings.TOKEN_LIFETIME)
    period = timedelta(days=settings.KEY_PERIOD_DAYS)
    # Only the console's own processes verify download tokens; they hear of a key as fast as signers do.
    return _rules(period=period, life=life, has_clients=purpose is not KeyPurpose.DOWNLOAD_TOKEN)


def signs_until_epoch(key: SigningKey) -> int:
    """Say, in seconds since 1970, until when a key signs: it never signs what it can't outlive.

    A key that is rotated in time never comes there. One that nothing rotates stops by itself, so that a
    reconciler which died unnoticed ends in a refusal that everybody sees, not in a key without an end.
    """
    until = key.activated_at and key_rules(KeyPurpose(key.purpose)).signs_until(key.activated_at)
    return int(until.timestamp()) if until else MOST_WHOLE


def _checkpoint_rules() -> KeyRules:
    # A checkpoint has no end of its own, so its key may sign until its own; auditors get every key with each
    # export, so no client has to hear of the next one in time.
    period = timedelta(days=settings.CHECKPOINT_KEY_PERIOD_DAYS)
    return replace(_rules(period=period, life=timedelta(0), has_clients=False), verifies_for_ever=True)


def _rules(
    *, period: timedelta | None, life: timedelta, keeps_next: bool = True, has_clients: bool = True
) -> KeyRules:
    signer_cache = timedelta(seconds=settings.SIGNER_CACHE_SECONDS)
    return KeyRules(
        period=period,
        grace=timedelta(days=settings.KEY_GRACE_DAYS),
        cache=timedelta(seconds=settings.JWKS_MAX_AGE) if has_clients else signer_cache,
        client_refresh=timedelta(seconds=settings.CLIENT_REFRESH_SECONDS if has_clients else 0),
        skew=timedelta(seconds=settings.CLOCK_SKEW_SECONDS),
        signer_cache=signer_cache,
        token_life=life,
        keeps_next=keeps_next,
    )
