"""The front door of signing: keys that are made, tokens that are signed and verified."""

from signing.backends.redis import KEY_SET_VERSION_KEY
from signing.domain.download_token import DownloadClaims
from signing.domain.release_token import NONCE_MAX_LENGTH, ReleaseFacts
from signing.services.download_tokens import DownloadTokens, download_tokens
from signing.services.keys import app_keys_ensure, console_keys_ensure
from signing.services.release_tokens import (
    PreparedClaims,
    ReleaseSigner,
    release_claims,
    release_claims_prepare,
    release_signer,
    release_token_verify,
)
from signing.services.usage import key_use_flush

__all__ = [
    "KEY_SET_VERSION_KEY",
    "NONCE_MAX_LENGTH",
    "DownloadClaims",
    "DownloadTokens",
    "PreparedClaims",
    "ReleaseFacts",
    "ReleaseSigner",
    "app_keys_ensure",
    "console_keys_ensure",
    "download_tokens",
    "key_use_flush",
    "release_claims",
    "release_claims_prepare",
    "release_signer",
    "release_token_verify",
]
