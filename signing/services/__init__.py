"""The front door of signing: keys that are made, tokens that are signed and verified."""

from signing.backends.redis import KEY_SET_VERSION_KEY
from signing.domain.download_token import DownloadClaims
from signing.domain.profile import DeviceProfile
from signing.domain.release_token import NONCE_MAX_LENGTH, ReleaseFacts
from signing.services.backend_tokens import (
    IssuedToken,
    TokenWish,
    backend_keys_hand_out,
    backend_token_issue,
)
from signing.services.download_tokens import DownloadTokens, download_tokens
from signing.services.kek import kek_is_beside_the_database
from signing.services.keys import app_keys_ensure, console_keys_ensure
from signing.services.phi import PHICondition, phi_conditions, phi_follower_register
from signing.services.possession import (
    CHALLENGE_SECONDS,
    Possession,
    possession_challenge,
    possession_prove,
)
from signing.services.recipients import (
    device_recipient_register,
    recipient_register,
    recipient_remove,
    recipients_cache_fill,
    registration_wait,
)
from signing.services.release_issuing import ReleaseIssuer, release_issuer
from signing.services.release_tokens import (
    PreparedClaims,
    ReleaseSigner,
    release_claims,
    release_claims_prepare,
    release_signer,
    release_token_verify,
)
from signing.services.usage import key_use_flush
from signing.services.verification import TokenQuestion, token_judge

__all__ = [
    "CHALLENGE_SECONDS",
    "KEY_SET_VERSION_KEY",
    "NONCE_MAX_LENGTH",
    "DeviceProfile",
    "DownloadClaims",
    "DownloadTokens",
    "IssuedToken",
    "PHICondition",
    "Possession",
    "PreparedClaims",
    "ReleaseFacts",
    "ReleaseIssuer",
    "ReleaseSigner",
    "TokenQuestion",
    "TokenWish",
    "app_keys_ensure",
    "backend_keys_hand_out",
    "backend_token_issue",
    "console_keys_ensure",
    "device_recipient_register",
    "download_tokens",
    "kek_is_beside_the_database",
    "key_use_flush",
    "phi_conditions",
    "phi_follower_register",
    "possession_challenge",
    "possession_prove",
    "recipient_register",
    "recipient_remove",
    "recipients_cache_fill",
    "registration_wait",
    "release_claims",
    "release_claims_prepare",
    "release_issuer",
    "release_signer",
    "release_token_verify",
    "token_judge",
]
