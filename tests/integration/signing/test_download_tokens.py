from datetime import UTC, datetime

import pytest
from pytest_django import Settings

from releaseconsole.kernel import sealing
from signing.errors import KeyUnavailableError, TokenExpiredError, TokenRefusedError
from signing.services import DownloadClaims, download_tokens
from tests.integration.signing.conftest import signs
from tests.support.tokens import APP_ID, DEVICE_ID, NOW

HASH = "ab" * 32


@pytest.fixture
def now() -> datetime:
    """The moment of all tokens here, so that the keys made then can sign them."""
    return datetime.fromtimestamp(NOW, UTC)


def issued() -> str:
    return download_tokens().issue(device_id=DEVICE_ID, app_id=APP_ID, sha256=HASH, now_epoch=NOW)


def test_what_is_issued_in_one_process_verifies_in_another(console: None) -> None:
    claims = download_tokens().verify(issued(), now_epoch=NOW + 899)
    assert claims == DownloadClaims(DEVICE_ID, APP_ID, HASH, NOW + 900)


def test_a_token_fits_into_a_url_path(console: None) -> None:
    token = issued()
    assert token.replace(".", "").replace("-", "").replace("_", "").isalnum()
    assert len(token) < 500


def test_a_token_expires(console: None) -> None:
    with pytest.raises(TokenExpiredError):
        download_tokens().verify(issued(), now_epoch=NOW + 900)


def test_another_issuer_s_token_is_refused(console: None, settings: Settings) -> None:
    token = issued()
    settings.PUBLIC_URL = "https://other.example"
    with pytest.raises(TokenRefusedError):
        download_tokens().verify(token, now_epoch=NOW)


def test_no_two_tokens_are_the_same(console: None) -> None:
    assert issued() != issued()


@pytest.mark.django_db
def test_without_the_console_s_key_there_are_no_tokens() -> None:
    with pytest.raises(KeyUnavailableError, match="for the console"):
        download_tokens()


def test_a_key_of_another_algorithm_in_its_place_is_refused(console: None, clinic: str) -> None:
    release_key = signs(clinic)
    private = sealing.kek_current().unseal(
        release_key.sealed_private, context=f"signing-key:{release_key.kid}|release_token|{clinic}|ES256"
    )
    row = signs("")
    row.algorithm = "ES256"
    row.sealed_private = sealing.kek_current().seal(
        private, context=f"signing-key:{row.kid}|download_token||ES256"
    )
    row.save()
    with pytest.raises(KeyUnavailableError, match="public half"):
        download_tokens()
