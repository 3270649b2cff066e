"""What all tests with a database share: the audit log's signer, and the HSM of a run.

An HSM's library reads its configuration once, so there's one for all tests of a process.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import override_settings

from compliance.ledger.backends.signer import signer_register
from compliance.ledger.backends.witness_stores import REDIS_KEY
from compliance.ledger.domain.canonical import EventFacts, header_compose
from releaseconsole.kernel import randomness
from releaseconsole.redis_link import redis_client
from signing.backends.pkcs11_token import hsm_tokens_forget
from tests.support.ledger import SoftwareSigner
from tests.support.personal_facts import personal_in
from tests.support.softhsm import SoftHSM, softhsm_make


@pytest.fixture(scope="session")
def _witness_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("witness")


@pytest.fixture(autouse=True)
def ledger_signer(_witness_folder: Path) -> Iterator[SoftwareSigner]:
    """A signer of the audit log that has signed nothing yet: each test's log is another one."""
    redis_client().delete(REDIS_KEY)
    signer = SoftwareSigner()
    signer_register(signer)
    # Not by the fixture of this name: some tests call a parameter of theirs "settings".
    with override_settings(LEDGER_WITNESS_FILE=_witness_folder / randomness.token_id()):
        yield signer


@pytest.fixture(autouse=True)
def nothing_personal_for_ever(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Look at all that the test records: headers and plain facts stay for ever, or for years."""
    found: list[str] = []

    def compose(said: EventFacts, content: bytes, *, event_id: str) -> bytes:
        found.extend(personal_in(said, json.loads(content)["facts"]))
        return header_compose(said, content, event_id=event_id)

    monkeypatch.setattr("compliance.ledger.services.recording.header_compose", compose)
    yield
    assert not found, "Commit to these facts (domain/commitments.py), or keep them out: " + "; ".join(found)


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
