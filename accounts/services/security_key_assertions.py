"""Taking an assertion: once, of the right key, and never of one that seems to have been copied."""

import hmac
import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NoReturn

from django.db import transaction
from django_otp_webauthn.models import WebAuthnUserHandle
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers.structs import AuthenticationCredential

from accounts.domain.roles import Permission
from accounts.domain.security_keys import counter_went_back
from accounts.errors import SecurityKeyRefusedError
from accounts.models import SecurityKey, User
from accounts.selectors.entitled import people_entitled
from accounts.services.mail import letter_write
from accounts.services.security_key_ceremony import Ceremony, assertion_parse
from compliance.ledger.domain.events import SYSTEM, Action, Outcome
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock
from releaseconsole.kernel.encoding import sha256_hex

_COUNTER: Final = "its counter went back"
_log = logging.getLogger(__name__)


def assertion_options(*, user: User | None, verified: bool, challenge: bytes = b"") -> dict[str, Any]:
    """Say what a browser needs to have a key sign a challenge.

    Args:
        user: Whose keys are asked for; None leaves the choice to who holds a passkey.
        verified: Whether the key must check its holder.
        challenge: What is signed; fresh random bytes where it's empty.
    """
    ceremony = Ceremony(strict=verified, challenge=challenge)
    options, _ = ceremony.authenticate_begin(user, require_user_verification=verified)
    return dict(options)


def assertion_verify(
    *, challenge: bytes, data: Mapping[str, Any], user: User | None, verified: bool
) -> SecurityKey:
    """Check an assertion and use it up.

    Never called inside another transaction: were that rolled back, a key that seems to be copied would stay
    in use, and an assertion could be used again.

    Args:
        challenge: What must have been signed, as the server made it.
        data: What the browser brought, untrusted.
        user: Whose key it must be; None for a passkey, which says whose it is.
        verified: Whether the key must have checked its holder.

    Raises:
        SecurityKeyRefusedError: Anything at all doesn't hold; the log has what.
    """
    credential = assertion_parse(data)
    now = clock.now()
    with transaction.atomic(durable=True):
        key = _key_locked(credential, user)
        shown = Ceremony(strict=verified).assertion_verify(key, challenge, credential)
        misfit = _misfit(key, shown, sha256_hex(challenge))
        if not misfit:
            _use(key, shown, challenge, now)
        elif misfit == _COUNTER:
            _suspect(key, shown.new_sign_count, now)
    if misfit:  # after what was written is committed
        _refuse(key, misfit)
    return key


def _key_locked(credential: AuthenticationCredential, user: User | None) -> SecurityKey:
    """Find the credential's key, and lock it until its counter is written.

    Raises:
        SecurityKeyRefusedError: It's unknown, disabled, somebody else's, or of somebody deactivated.
    """
    sha256 = SecurityKey.get_credential_id_sha256(credential.raw_id)
    found = SecurityKey.objects.select_for_update(of=("self",)).select_related("user")
    key: SecurityKey | None = found.filter(credential_id_sha256=sha256).first()
    if key is None:
        _refuse(None, "unknown")
    for reason, wrong in (
        ("disabled", not key.confirmed),
        ("another person's", user is not None and key.user_id != user.pk),
        ("of somebody deactivated", not key.user.is_active),
        ("with another person's handle", not _handle_fits(credential, key, must_be_there=user is None)),
    ):
        if wrong:
            _refuse(key, reason)
    return key


def _handle_fits(credential: AuthenticationCredential, key: SecurityKey, *, must_be_there: bool) -> bool:
    """Compare the user handle: a passkey says with it whose it is (WebAuthn Level 3, section 7.2, step 6)."""
    handle = credential.response.user_handle
    if not handle:
        return not must_be_there
    own = WebAuthnUserHandle.objects.filter(user_id=key.user_id).first()
    return own is not None and hmac.compare_digest(bytes(handle), own.handle)


def _misfit(key: SecurityKey, shown: VerifiedAuthentication, challenge_sha256: str) -> str:
    """Say what is wrong with an assertion whose signature holds; empty when nothing is."""
    if key.last_challenge == challenge_sha256:
        return "replayed"  # of two at once; it's no copy, and the key stays in use
    if counter_went_back(last=key.sign_count, shown=shown.new_sign_count):
        return _COUNTER
    if key.backup_eligible != (shown.credential_device_type == "multi_device"):
        return "another kind of key than was registered"  # this never changes (Level 3, section 6.1.3)
    return ""


def _use(key: SecurityKey, shown: VerifiedAuthentication, challenge: bytes, now: datetime) -> None:
    key.sign_count = shown.new_sign_count
    key.backup_state = shown.credential_backed_up
    key.user_verified = shown.user_verified
    key.last_challenge = sha256_hex(challenge)
    key.last_used_at = now
    key.save(update_fields=["sign_count", "backup_state", "user_verified", "last_challenge", "last_used_at"])


def _suspect(key: SecurityKey, shown: int, now: datetime) -> None:
    """Disable a key that seems to have a copy, on record, and tell its owner and the administrators.

    Sessions that it opened end with it: django-otp takes an unconfirmed device for none.
    """
    key.confirmed = False
    key.save(update_fields=["confirmed"])
    audit_record(
        action=Action.AUTHENTICATOR_SUSPECTED,
        actor=SYSTEM,
        now=now,
        outcome=Outcome.DENIED,
        subject=("person", str(key.user_id)),
        detail={"authenticator": key.pk, "counter": key.sign_count, "shown": shown},
    )
    for person in {key.user, *people_entitled(Permission.PEOPLE_MANAGE)}:
        letter_write(to=person, template="authenticator_suspected", context={"key": key, "at": now})


def _refuse(key: SecurityKey | None, reason: str) -> NoReturn:
    _log.warning("An assertion of security key %s was refused: %s.", key.pk if key else "?", reason)
    raise SecurityKeyRefusedError
