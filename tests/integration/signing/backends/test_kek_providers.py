"""A KEK in an HSM or KMS, and the way there and back with `rewrap_keys`."""

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from compliance.ledger.domain.events import SYSTEM
from releaseconsole.kernel import clock, sealing
from releaseconsole.kernel.encoding import b64url_decode, b64url_encode
from releaseconsole.kernel.sealing import SealingError, SealingKey, sealed_kek_id
from signing.backends.awskms_client import kms_forget
from signing.backends.kek_awskms import AWSKMSKEK
from signing.backends.kek_pkcs11 import PKCS11KEK, pkcs11_kek_create
from signing.backends.pkcs11_token import hsm_tokens_forget
from signing.errors import KeyUnavailableError
from signing.models import SigningKey
from signing.services import app_keys_ensure, release_signer
from signing.services.kek import kek_install_configured

CLINIC = "com.example.clinic"


@pytest.fixture(params=["pkcs11", "awskms"])
def provider(request: pytest.FixtureRequest, kek_put_back: None) -> str:
    """What KEK_PROVIDER says, with a key behind it."""
    if request.param == "pkcs11":
        request.getfixturevalue("hsm")
        pkcs11_kek_create("kek")
        return "pkcs11:kek"
    request.getfixturevalue("kms_region")
    client = boto3.client("kms", region_name="eu-central-1")
    key_id = client.create_key()["KeyMetadata"]["KeyId"]
    client.create_alias(AliasName="alias/console-kek", TargetKeyId=key_id)
    return "awskms:alias/console-kek"


@pytest.fixture
def kek(provider: str) -> SealingKey:
    scheme, _, key = provider.partition(":")
    return PKCS11KEK(key) if scheme == "pkcs11" else AWSKMSKEK(key)


@pytest.mark.parametrize("secret", [b"", b"s", b"s" * 32, b"s" * 2500])
def test_what_it_seals_it_opens(kek: SealingKey, secret: bytes) -> None:
    if not secret and isinstance(kek, AWSKMSKEK):
        pytest.skip("KMS takes one byte at least; nothing that is sealed is empty")
    sealed = kek.seal(secret, context="c")
    assert kek.unseal(sealed, context="c") == secret
    assert sealed_kek_id(sealed) == kek.kek_id
    assert kek.opens(kek.kek_id)
    assert not kek.opens("0123456789abcdef")


def test_another_context_or_altered_bytes_do_not_open_and_break_nothing(kek: SealingKey) -> None:
    sealed = kek.seal(b"secret", context="c")
    head, _, body = sealed.rpartition(".")
    raw = b64url_decode(body)
    altered = f"{head}.{b64url_encode(raw[:-1] + bytes([raw[-1] ^ 1]))}"
    for _ in range(4):  # more than the circuit breaker would take for a broken HSM
        for value, context in ((sealed, "d"), (altered, "c"), (f"{head}.AAAA", "c")):
            with pytest.raises(SealingError, match="altered"):
                kek.unseal(value, context=context)
    assert kek.unseal(sealed, context="c") == b"secret"


def test_a_kek_made_anew_under_the_old_name_is_another_one(kek: SealingKey) -> None:
    with pytest.raises(SealingError, match="this process holds"):
        kek.unseal("v1.pkcs11-0123456789abcdef.AAAA", context="c")


@pytest.mark.django_db
def test_there_and_back_with_rewrap_keys(provider: str, settings: LazySettings) -> None:
    app_keys_ensure(app_id=CLINIC, actor=SYSTEM, now=clock.now())
    kid, file_kek = release_signer(CLINIC).kid, sealing.kek_current().kek_id

    settings.KEK_PROVIDER, settings.KEK_PREVIOUS_PROVIDERS = provider, ["file"]
    kek_install_configured()
    assert release_signer(CLINIC).kid == kid
    call_command("rewrap_keys")
    assert keks() == {sealing.kek_current().kek_id} != {file_kek}

    settings.KEK_PREVIOUS_PROVIDERS = []
    kek_install_configured()
    assert release_signer(CLINIC).kid == kid

    settings.KEK_PROVIDER, settings.KEK_PREVIOUS_PROVIDERS = "file", [provider]
    kek_install_configured()
    call_command("rewrap_keys")
    assert keks() == {file_kek}
    settings.KEK_PREVIOUS_PROVIDERS = []
    kek_install_configured()
    assert release_signer(CLINIC).kid == kid


def keks() -> set[str]:
    sealed = SigningKey.objects.exclude(sealed_private="").values_list("sealed_private", flat=True)
    return {sealed_kek_id(value) for value in sealed}


@pytest.fixture
def away(settings: LazySettings, nowhere: str) -> Iterator[None]:
    settings.PKCS11_MODULE, settings.PKCS11_TOKEN = nowhere, "console"
    settings.AWS_KMS_REGION = ""
    hsm_tokens_forget()
    kms_forget()
    yield
    hsm_tokens_forget()
    kms_forget()


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["pkcs11:kek", "awskms:alias/kek"])
def test_a_console_whose_kek_is_away_starts_and_says_so(
    settings: LazySettings, kek_put_back: None, away: None, name: str
) -> None:
    app_keys_ensure(app_id=CLINIC, actor=SYSTEM, now=clock.now())
    settings.KEK_PROVIDER = name
    kek_install_configured()  # asks nobody
    with pytest.raises(KeyUnavailableError):
        release_signer(CLINIC)
    with pytest.raises(SealingError, match="can't be reached"):
        sealing.kek_current().seal(b"secret", context="c")


@pytest.mark.usefixtures("kek_put_back", "away")
def test_values_under_a_local_kek_open_while_an_earlier_one_is_away(settings: LazySettings) -> None:
    settings.KEK_PREVIOUS_PROVIDERS = ["pkcs11:kek", "awskms:alias/kek"]
    kek_install_configured()
    sealed = sealing.kek_current().seal(b"secret", context="c")
    assert sealing.kek_current().unseal(sealed, context="c") == b"secret"


def test_a_command_makes_the_kek_that_is_missing_and_finds_the_one_that_is_there(
    provider: str, settings: LazySettings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.KEK_PROVIDER = (
        provider.replace("kek", "another-kek") if provider.startswith("pkcs11") else provider
    )
    call_command("kek_create")
    call_command("kek_create")
    first, second = capsys.readouterr().out.splitlines()
    assert first == second


def test_a_kek_that_has_to_be_made_elsewhere_is_named(settings: LazySettings, kms_region: str) -> None:
    settings.KEK_PROVIDER = "awskms:alias/none"
    with pytest.raises(CommandError, match="no key 'alias/none'"):
        call_command("kek_create")


def test_a_kek_file_is_made_once(settings: LazySettings, tmp_path: Path) -> None:
    settings.KEK, settings.KEK_FILE = "", tmp_path / "kek"
    call_command("kek_create")
    made = settings.KEK_FILE.read_text()
    call_command("kek_create")
    assert settings.KEK_FILE.read_text() == made
