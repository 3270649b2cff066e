"""The HSM of a run: its library reads its configuration once, so there's one for all tests of a process."""

from collections.abc import Iterator

import pytest
from django.conf import LazySettings

from signing.backends.pkcs11_token import hsm_tokens_forget
from tests.support.softhsm import SoftHSM, softhsm_make


@pytest.fixture(scope="session")
def softhsm(tmp_path_factory: pytest.TempPathFactory) -> SoftHSM:
    return softhsm_make(tmp_path_factory.mktemp("hsm"))


@pytest.fixture
def hsm(softhsm: SoftHSM, settings: LazySettings) -> Iterator[SoftHSM]:
    """Settings that name the HSM, and a process that hasn't met it yet."""
    settings.PKCS11_MODULE, settings.PKCS11_TOKEN = softhsm.module, softhsm.token
    settings.PKCS11_PIN = softhsm.pin
    settings.KEY_BACKEND_TIMEOUT = 60  # no test is timed: machines are busy
    hsm_tokens_forget()
    yield softhsm
    hsm_tokens_forget()
