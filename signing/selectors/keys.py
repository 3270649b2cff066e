"""Reading keys: which one signs, which ones verify, what is published. Nothing sealed is opened here."""

from typing import Any

from releaseconsole.kernel.jose.errors import KeyRefusedError
from releaseconsole.kernel.jose.public_keys import VerificationKey, public_key_import
from signing.domain.lifecycle import (
    PUBLISHED_STATES,
    VERIFYING_STATES,
    WITHDRAWN_STATES,
    KeyPurpose,
    KeyState,
)
from signing.errors import KeyUnavailableError
from signing.models import KeySetVersion, SigningKey


def active_key(*, purpose: KeyPurpose, app_id: str = "") -> SigningKey:
    """Return the one key that signs for this purpose and app.

    Raises:
        KeyUnavailableError: There is none.
    """
    key = SigningKey.objects.filter(purpose=purpose, app_id=app_id, state=KeyState.ACTIVE).first()
    if key is None:
        raise KeyUnavailableError(f"There is no active {purpose.value} key for {app_id or 'the console'}.")
    return key


def key_set_version() -> int:
    """Read the version that every change of keys raises; 0 before the first."""
    return KeySetVersion.objects.values_list("version", flat=True).first() or 0


def verifying_rows(*, purpose: KeyPurpose, app_id: str = "") -> list[SigningKey]:
    """Read the rows of the keys that verify for this purpose and app, the newest first."""
    rows = SigningKey.objects.filter(purpose=purpose, app_id=app_id, state__in=VERIFYING_STATES)
    return list(rows.order_by("-epoch"))


def active_release_kids() -> dict[str, str]:
    """Return the `kid` of each app's active release-token key, by app id: one query for all apps."""
    rows = SigningKey.objects.filter(purpose=KeyPurpose.RELEASE_TOKEN, state=KeyState.ACTIVE)
    return {app_id: kid for app_id, kid in rows.values_list("app_id", "kid") if kid}


def verification_keys(*, app_id: str) -> dict[str, VerificationKey]:
    """Return the keys that verify release tokens of an app, by `kid`.

    Raises:
        KeyUnavailableError: A stored public key isn't what its row says.
    """
    rows = SigningKey.objects.filter(
        purpose=KeyPurpose.RELEASE_TOKEN, app_id=app_id, state__in=VERIFYING_STATES
    )
    keys = [stored_public_key(row) for row in rows]
    return {key.kid: key for key in keys}


def stored_public_key(row: SigningKey) -> VerificationKey:
    """Import the public half of a key, which must be of the row's own algorithm and kid.

    Raises:
        KeyUnavailableError: The row contradicts itself.
    """
    try:
        key = public_key_import(row.public_jwk or {})
    except KeyRefusedError as exc:
        raise KeyUnavailableError(f"The public half of key {row.kid} is damaged: {exc.message}") from exc
    if (key.kid, key.algorithm) != (row.kid, row.algorithm):
        raise KeyUnavailableError(f"The public half of key {row.kid} belongs to another key.")
    return key


def jwks_document(*, app_id: str = "") -> dict[str, Any]:
    """Return the JWKS (RFC 7517): the public keys that clients may need now or soon, of one app or of all.

    Whoever verifies for one app should take that app's: a key of another app, which may have been imported
    and leaked, is no key of theirs.

    Raises:
        KeyUnavailableError: It would be empty, or lack the active key of an app. Clients keep what they have,
            and nothing caches the error; an incomplete set would be cached and refuse good tokens.
    """
    rows = SigningKey.objects.filter(purpose=KeyPurpose.RELEASE_TOKEN).order_by("app_id", "-epoch")
    if app_id:
        rows = rows.filter(app_id=app_id)
    published = [row for row in rows if row.state in PUBLISHED_STATES]
    signing_apps = {row.app_id for row in published if row.state == KeyState.ACTIVE}
    # After an emergency an app may be without an active key; what was withdrawn must go all the same.
    withdrawn = {row.app_id for row in rows if row.state in WITHDRAWN_STATES}
    lacking = {row.app_id for row in published} - signing_apps - withdrawn
    # Without any key nobody can be told "no keys" for the next five minutes: the first app may be made now.
    if not published or lacking:
        raise KeyUnavailableError("The set of public keys would be incomplete.")
    return {"keys": [_published_jwk(row) for row in published]}


def _published_jwk(row: SigningKey) -> dict[str, Any]:
    stored_public_key(row)  # exactly the public members are in it, or this raises
    return dict(row.public_jwk or {})
