"""From settings to the KEK that a process seals with, and what the system checks refuse."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.checks import INFO, run_checks

from releaseconsole import environment
from releaseconsole.checks import kek_check, kek_deploy_check
from releaseconsole.kernel import sealing
from releaseconsole.kernel.encoding import b64url_encode
from releaseconsole.kernel.sealing import SealingError
from signing.services.kek import kek_install_configured, kek_is_there


@pytest.fixture(autouse=True)
def kek_put_back() -> Iterator[None]:
    before = sealing.kek_current()
    yield
    sealing.kek_install(before)


@pytest.fixture
def files(settings: LazySettings, tmp_path: Path) -> tuple[Path, Path]:
    """A current and an earlier KEK, in files outside of var/."""
    current, earlier = tmp_path / "kek", tmp_path / "kek-2025"
    sealing.kek_create(current)
    sealing.kek_create(earlier)
    settings.KEK, settings.KEK_FILE = "", current
    return current, earlier


def ids(*, deploy: bool = False) -> list[str | None]:
    return [message.id for message in (kek_deploy_check if deploy else kek_check)(app_configs=None)]


def test_values_under_an_earlier_file_open_and_new_ones_are_under_the_current(
    settings: LazySettings, files: tuple[Path, Path]
) -> None:
    current, earlier = files
    sealed = sealing.kek_read(earlier).seal(b"secret", context="c")
    settings.KEK_PREVIOUS_FILES = [earlier]
    kek_install_configured()
    assert sealing.kek_current().kek_id == sealing.kek_read(current).kek_id
    assert sealing.kek_current().unseal(sealed, context="c") == b"secret"


def test_an_earlier_file_that_others_can_read_is_refused(
    settings: LazySettings, files: tuple[Path, Path]
) -> None:
    files[1].chmod(0o640)
    settings.KEK_PREVIOUS_FILES = [files[1]]
    with pytest.raises(SealingError, match="chmod 600"):
        kek_install_configured()


@pytest.mark.parametrize("name", ["", "vault:x", "pkcs12:x"])
def test_a_provider_nobody_knows_is_refused(settings: LazySettings, name: str) -> None:
    settings.KEK_PROVIDER = name
    with pytest.raises(SealingError, match="KEK_PROVIDER knows"):
        kek_install_configured()


def test_a_sound_set_up_passes_every_check(files: tuple[Path, Path]) -> None:
    assert ids() == []
    assert ids(deploy=True) == []
    assert [m for m in run_checks() if m.id and m.id.startswith("releaseconsole.")] == []


def test_no_kek_fails_a_deployment(settings: LazySettings, tmp_path: Path) -> None:
    settings.KEK, settings.KEK_FILE = "", tmp_path / "none"
    assert not kek_is_there()
    assert ids(deploy=True) == ["releaseconsole.E001"]


def test_a_kek_in_the_checkout_is_refused_except_in_var(settings: LazySettings) -> None:
    settings.KEK_FILE = settings.BASE_DIR / "deploy" / "kek"
    assert ids() == ["releaseconsole.E002"]
    settings.VAR_DIR = settings.BASE_DIR / "var"
    settings.KEK_FILE = settings.VAR_DIR / "kek"
    assert ids() == []


@pytest.mark.parametrize(
    "kek",
    [
        pytest.param(b64url_encode(b"0123456789abcdef0123456789abcdef"), id="its first bytes"),
        pytest.param(
            b64url_encode(hashlib.sha256(b"0123456789abcdef0123456789abcdef-and-more").digest()),
            id="its hash",
        ),
    ],
)
def test_a_kek_made_from_the_secret_key_is_refused(settings: LazySettings, kek: str) -> None:
    settings.SECRET_KEY = "0123456789abcdef0123456789abcdef-and-more"
    settings.KEK = kek
    assert ids() == ["releaseconsole.E003"]


def test_the_secret_key_itself_as_kek_is_refused(settings: LazySettings) -> None:
    settings.SECRET_KEY = settings.KEK = "A" * 43
    assert ids() == ["releaseconsole.E003"]


def test_a_kek_written_into_the_settings_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    written = environment.Variable("KEK", "A" * 43, "")
    monkeypatch.setitem(environment.DECLARED, "KEK", written)
    assert ids() == ["releaseconsole.E004"]


def test_a_kek_beside_the_database_is_told_but_fails_nothing(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.KEK, settings.KEK_FILE = "", settings.VAR_DIR / "kek"
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", "django.db.backends.sqlite3")
    sealing.kek_create(settings.KEK_FILE)
    try:
        [message] = kek_deploy_check(app_configs=None)
    finally:
        settings.KEK_FILE.unlink()
    assert (message.id, message.level) == ("releaseconsole.I001", INFO)


def test_a_kek_in_an_hsm_has_no_file_to_judge(settings: LazySettings) -> None:
    settings.KEK_PROVIDER, settings.KEK = "pkcs11:kek", ""
    settings.KEK_FILE = settings.BASE_DIR / "deploy" / "kek"
    assert (ids(), ids(deploy=True)) == ([], [])


def test_kek_file_names_a_file_whose_mode_is_looked_at(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """`KEK_FILE` looks like `KEK` from a file, which would be read whoever may read it."""
    monkeypatch.setenv("KEK_FILE", str(tmp_path / "kek"))
    monkeypatch.delenv("KEK", raising=False)
    monkeypatch.setitem(environment.DECLARED, "KEK", environment.DECLARED["KEK"])
    assert environment.text("KEK", "", "", from_file=False) == ""
