"""Three custodians, and a delicate operation that exists in tests only."""

import pytest

from accounts.models import ApprovalRequest, User
from accounts.services import approval_kinds
from accounts.services.approval_kinds import approval_kind_register
from tests.support.approving import RENAME, Renaming, ask, two_people
from tests.support.people import person


@pytest.fixture
def renaming(monkeypatch: pytest.MonkeyPatch) -> Renaming:
    monkeypatch.setattr(approval_kinds, "_kinds", dict(approval_kinds.approval_kinds()))
    renaming = Renaming()
    approval_kind_register(renaming.kind())
    return renaming


@pytest.fixture
def rules(db: None) -> None:
    two_people(RENAME)


@pytest.fixture
def kim(db: None) -> User:
    """Another key custodian."""
    return person("kim")


@pytest.fixture
def asked(rules: None, renaming: Renaming, kai: User, olaf: User) -> ApprovalRequest:
    return ask(kai, olaf)
