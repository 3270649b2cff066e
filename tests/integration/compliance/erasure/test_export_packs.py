"""Packs of the audit log that wait on the server: an erasure takes those that hold something of somebody."""

import pytest
from django.db import transaction

from accounts.models import User
from compliance.desk.backends.export_files import pack_path
from compliance.desk.services.erasure.export_packs import ExportPacks
from compliance.ledger.domain.events import Action, Actor, ActorKind
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock
from releaseconsole.personal_data import Subject
from tests.support.exporting import happened, made, wish_of

EMAIL = "teresa.quill@erasable.example"


@pytest.mark.parametrize(
    ("subject", "personal", "goes"),
    [
        pytest.param(Subject(emails=frozenset({EMAIL})), True, True, id="named in a value"),
        pytest.param(Subject(tester_ids=frozenset({7})), True, True, id="what was done to them"),
        pytest.param(Subject(tester_ids=frozenset({7})), False, False, id="without personal values"),
        pytest.param(Subject(tester_ids=frozenset({8})), True, False, id="what they did to others"),
        pytest.param(Subject(emails=frozenset({"else@erasable.example"})), True, False, id="of others"),
    ],
)
def test_a_pack_goes_with_somebody_who_is_in_it(
    orla: User, *, subject: Subject, personal: bool, goes: bool
) -> None:
    happened(1, user=orla, note=f"{EMAIL.upper()} rang")
    with transaction.atomic():
        audit_record(
            action=Action.TESTER_INVITED,
            actor=Actor(ActorKind.TESTER, "8"),
            now=clock.now(),
            app_id="com.example.clinic",
            subject=("tester", "7"),
            detail={"name": "Teresa"},
        )
    export = made(orla, wish_of(), personal=personal)
    packs = ExportPacks()
    assert packs.find(subject).total == int(goes)

    assert packs.erase(subject, "PR-TESTTEST").total == int(goes)

    export.refresh_from_db()
    assert (export.state == "removed", packs.find(subject).total) == (goes, 0)
    assert pack_path(export.pk).exists()  # until the transaction is over
