"""Components of a cybersecurity audit: officers say how one stands and why, and each word is kept."""

import pytest
from django.db import IntegrityError, transaction

from accounts.errors import PermissionDeniedError
from accounts.models import User
from compliance.desk.domain.cybersecurity import Standing
from compliance.desk.errors import ComponentWordsError
from compliance.desk.models import ComponentStatement
from compliance.desk.services.components import component_state
from compliance.ledger.domain.events import Action
from tests.support.log import last
from tests.support.people import signed_in

COMPONENTS = "/console/compliance/components/"


def test_an_officer_says_why_a_component_does_not_apply_and_changes_their_mind(orla: User) -> None:
    officer = signed_in(orla)
    assert "18 of 18 not assessed yet." in officer.get(COMPONENTS).content.decode()
    first = {"standing": "not_applicable", "reason": "Nothing is uploaded."}
    assert "It&#x27;s on record." in officer.post(f"{COMPONENTS}9/", first, follow=True).content.decode()
    said = last(Action.COMPONENT_STATED)
    assert (said.object_type, said.object_id) == ("component", "9")
    assert said.detail == first
    assert first["reason"].encode() not in bytes(said.content.content)
    assert "Nothing is uploaded." in officer.get(f"{COMPONENTS}9/").content.decode()
    officer.post(f"{COMPONENTS}9/", {"standing": "elsewhere", "reason": "Report 4, page 7"})
    page = officer.get(COMPONENTS).content.decode()
    assert "Report 4, page 7" in page
    assert "not applicable. Nothing is uploaded." in page
    assert "17 of 18 not assessed yet." in page


@pytest.mark.parametrize(
    ("number", "standing", "reason"),
    [
        (0, Standing.APPLIES, "x"),
        (19, Standing.APPLIES, "x"),
        (1, Standing.UNSAID, "x"),
        (1, Standing.APPLIES, " "),
    ],
)
def test_a_component_that_is_none_and_silence_are_refused(
    number: int, standing: Standing, reason: str, orla: User
) -> None:
    with pytest.raises(ComponentWordsError):
        component_state(number=number, standing=standing, reason=reason, user=orla)


def test_only_officers_say_so(orla: User, audra: User) -> None:
    with pytest.raises(PermissionDeniedError):
        component_state(number=1, standing=Standing.APPLIES, reason="x", user=audra)
    assert signed_in(orla).get(f"{COMPONENTS}19/").status_code == 404
    page = signed_in(audra).get(COMPONENTS).content.decode()
    assert f"{COMPONENTS}1/" not in page


def test_the_database_knows_one_word_a_component_and_none_without_a_reason(orla: User) -> None:
    row = component_state(number=1, standing=Standing.APPLIES, reason="x", user=orla)
    for broken in ({"reason": ""}, {"component": 19}, {"standing": "unsaid"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ComponentStatement.objects.update(**broken)
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)
