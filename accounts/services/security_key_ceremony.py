"""WebAuthn itself: django-otp-webauthn's helper with this console's choices; what it refuses, as our error.

It touches no row but a person's user handle. Whatever the library makes of bytes that a stranger sent (CBOR,
COSE keys, certificates) ends as one refusal here.
"""

import logging
from collections.abc import Mapping
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django_otp_webauthn.helpers import WebAuthnHelper
from django_otp_webauthn.models import as_credential_descriptors
from webauthn import verify_authentication_response, verify_registration_response
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers import (
    base64url_to_bytes,
    parse_authentication_credential_json,
    parse_registration_credential_json,
)
from webauthn.helpers.structs import (
    AttestationConveyancePreference,
    AuthenticationCredential,
    RegistrationCredential,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from accounts.domain.security_keys import CHALLENGE_BYTES
from accounts.errors import SecurityKeyRefusedError
from accounts.models import SecurityKey
from releaseconsole.kernel import randomness

_log = logging.getLogger(__name__)


class Ceremony(WebAuthnHelper):
    """One registration or assertion. `strict` is for who operates signing keys: verified, and vouched for."""

    def __init__(
        self, request: HttpRequest | None = None, *, strict: bool = False, challenge: bytes = b""
    ) -> None:
        super().__init__(request or HttpRequest())
        self._verification = (
            UserVerificationRequirement.REQUIRED if strict else UserVerificationRequirement.PREFERRED
        )
        self._strict = strict
        self._challenge = challenge or randomness.token_bytes(CHALLENGE_BYTES)

    def generate_challenge(self) -> bytes:
        """Give the challenge of this ceremony."""
        return self._challenge

    def get_attestation_conveyance_preference(self) -> AttestationConveyancePreference:
        """Ask a custodian's key who made it; others needn't tell."""
        return (
            AttestationConveyancePreference.DIRECT if self._strict else AttestationConveyancePreference.NONE
        )

    def get_discoverable_credentials_preference(self) -> ResidentKeyRequirement:
        """Want a passkey, and take a key that has no room for one: it's a second factor all the same."""
        return ResidentKeyRequirement.PREFERRED

    def get_generate_registration_options_kwargs(self, *, user: AbstractBaseUser) -> dict[str, Any]:
        """Ask for what this ceremony needs."""
        kwargs: dict[str, Any] = super().get_generate_registration_options_kwargs(user=user)
        kwargs["authenticator_selection"].user_verification = self._verification
        return kwargs

    def get_generate_authentication_options_kwargs(
        self, *, user: AbstractBaseUser | None = None, require_user_verification: bool
    ) -> dict[str, Any]:
        """Ask for what this ceremony needs; a person's disabled keys aren't offered."""
        kwargs: dict[str, Any] = super().get_generate_authentication_options_kwargs(
            require_user_verification=require_user_verification
        )
        kwargs |= {"challenge": self._challenge, "user_verification": self._verification}
        if user is not None:
            keys = SecurityKey.objects.filter(user=user, confirmed=True).order_by("-last_used_at", "-pk")
            kwargs["allow_credentials"] = as_credential_descriptors(keys)
        return kwargs

    def registration_verify(
        self, challenge: bytes, data: Mapping[str, Any]
    ) -> tuple[RegistrationCredential, VerifiedRegistration]:
        """Check a new credential: challenge, origin, relying party, presence, attestation.

        Raises:
            SecurityKeyRefusedError: Something about it doesn't hold; the log has what.
        """
        try:
            credential = parse_registration_credential_json(dict(data))
            return credential, verify_registration_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=self.get_relying_party_domain(),
                expected_origin=self.get_allowed_origins(),
                require_user_verification=False,  # that is the domain's rule, with words of its own
                supported_pub_key_algs=self.get_supported_key_algorithms() or [],
            )
        except Exception as exc:  # whatever its parsers stumble over
            _log.warning("A security key's registration was refused: %s", exc)
            raise SecurityKeyRefusedError from exc

    def assertion_verify(
        self, key: SecurityKey, challenge: bytes, credential: AuthenticationCredential
    ) -> VerifiedAuthentication:
        """Check an assertion of `key`: challenge, origin, relying party, presence, verification, signature.

        Not its counter: the library looks at that before the signature, and would let anybody who knows a
        credential's id pretend that it has been cloned.

        Raises:
            SecurityKeyRefusedError: Something about it doesn't hold; the log has what.
        """
        try:
            return verify_authentication_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=self.get_relying_party_domain(),
                expected_origin=self.get_allowed_origins(),
                credential_public_key=bytes(key.public_key),
                credential_current_sign_count=0,
                require_user_verification=self._strict,
            )
        except Exception as exc:  # whatever its parsers stumble over
            _log.warning("An assertion of security key %s was refused: %s", key.pk, exc)
            raise SecurityKeyRefusedError from exc


def assertion_parse(data: Mapping[str, Any]) -> AuthenticationCredential:
    """Read what a browser brought back.

    Raises:
        SecurityKeyRefusedError: It isn't a credential.
    """
    try:
        return parse_authentication_credential_json(dict(data))
    except Exception as exc:  # whatever its parsers stumble over
        _log.warning("An assertion wasn't readable: %s", exc)
        raise SecurityKeyRefusedError from exc


def challenge_of(state: Mapping[str, Any]) -> bytes:
    """Read the challenge out of a ceremony's state."""
    return base64url_to_bytes(str(state["challenge"]))
