"""A folder of their own for the exports of each test, and a pack to tamper with."""

import shutil
from pathlib import Path

import pytest
from django.conf import LazySettings

from accounts.models import User
from compliance.desk.services.export_making import exports_make
from compliance.ledger.backends.signer import signer_register
from compliance.ledger.domain.events import Action
from releaseconsole.kernel import clock
from tests.support.exporting import Forger, erased, happened, made, ordered, unpacked, verified, wish_of
from tests.support.ledger import SoftwareSigner


@pytest.fixture(autouse=True)
def export_dir(settings: LazySettings, tmp_path: Path) -> Path:
    settings.EXPORT_DIR = tmp_path / "exports"
    return tmp_path / "exports"


@pytest.fixture(scope="session")
def signer_of_packs() -> SoftwareSigner:
    return SoftwareSigner()


@pytest.fixture(autouse=True)
def ledger_signer(ledger_signer: SoftwareSigner, signer_of_packs: SoftwareSigner) -> SoftwareSigner:
    """The same key for all tests of exports, so that they can share a pack; each log is another one."""
    signer_register(signer_of_packs)
    return signer_of_packs


@pytest.fixture
def pack_of_this_log(orla: User, rita: User, tmp_path: Path) -> Path:
    """A pack with a period, a filter and a past, with erased entries, and with personal values."""
    made(orla, wish_of())
    begins_at = clock.now()
    happened(3, user=orla, action=Action.CHANNEL_CHANGED, name="Nora")
    happened(3, user=rita, name="Rudi")
    erased(happened(2, user=orla, name="Paula"), user=orla, disclosures_only=True)
    erased(happened(2, user=orla, name="Peter"), user=orla, disclosures_only=False)
    wish = wish_of(begins_at=begins_at, ends_at=clock.now(), action=[Action.APP_CHANGED.value])
    export = ordered(orla, wish, personal=True)
    happened(3, user=orla)
    exports_make()
    done = unpacked(export, tmp_path)
    assert verified(done).returncode == 0
    return done


@pytest.fixture(scope="session")
def pack_shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("packs") / "pack"


@pytest.fixture
def pack(pack_shelf: Path, tmp_path: Path, request: pytest.FixtureRequest, db: None) -> Path:
    """The files of such a pack, without its log: it's made once, and each test has its copy.

    `db` is named for the first of them: tests without it come last, when others have emptied the tables.
    """
    if not pack_shelf.exists():
        shutil.copytree(request.getfixturevalue("pack_of_this_log"), pack_shelf)
    return Path(shutil.copytree(pack_shelf, tmp_path / "pack"))


@pytest.fixture
def forger(pack: Path, ledger_signer: SoftwareSigner) -> Forger:
    return Forger(pack, ledger_signer)


@pytest.fixture
def forger_with_log(pack_of_this_log: Path, ledger_signer: SoftwareSigner) -> Forger:
    """A forger who has the log as well."""
    return Forger(pack_of_this_log, ledger_signer)
