"""The places in which keys can live, each as real as a test can have it: SoftHSM2 is a PKCS#11 library like
any HSM's; moto answers for AWS KMS inside this process (docs/key-backends.md says where it is wrong)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from moto import mock_aws

from releaseconsole.kernel import sealing
from signing.backends import KeyBackend, key_backend
from signing.backends.awskms_client import kms_forget


@pytest.fixture
def kms_region(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Settings that name AWS KMS, which is moto."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    settings.AWS_KMS_REGION, settings.KEY_BACKEND_TIMEOUT = "eu-central-1", 60
    with mock_aws():
        kms_forget()
        yield settings.AWS_KMS_REGION
    kms_forget()


@pytest.fixture
def kek_put_back() -> Iterator[None]:
    before = sealing.kek_current()
    yield
    sealing.kek_install(before)


@pytest.fixture(params=["local", "pkcs11", "awskms"])
def backend(request: pytest.FixtureRequest) -> KeyBackend:
    """Each backend in turn."""
    needed = {"pkcs11": "hsm", "awskms": "kms_region"}.get(request.param)
    if needed:
        request.getfixturevalue(needed)
    return key_backend(request.param)


@pytest.fixture
def nowhere(tmp_path: Path) -> str:
    return str(tmp_path / "libgone.so")
