"""When a request came, and what isn't registered as one; finding out later that it came earlier."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from compliance.desk.domain.intake import Intake
from compliance.desk.domain.request_letters import RequestLetterKind
from compliance.desk.domain.request_states import Channel, Kind, Scope, Step
from compliance.desk.domain.subjects import Contact
from compliance.desk.domain.verification import Authority, Method
from compliance.desk.errors import (
    ExtensionSpentError,
    IdentityNotAskedError,
    NamesPersonError,
    ReceiptTimeError,
    RequestIncompleteError,
    VerificationMethodError,
)
from compliance.desk.models import PrivacyRequest
from compliance.desk.services.requests import (
    letter_take,
    request_backdate,
    request_complete,
    request_extend,
    request_receive,
)
from compliance.desk.services.requests.recording import Doer
from compliance.ledger.domain.events import Action
from releaseconsole.kernel.errors import ConsoleError
from tests.support.privacy import BY_HAND, PERSON, RECEIVED, asked, day, verified
from tests.support.shipping import recorded

pytestmark = pytest.mark.django_db


def entered(by: Doer, **changed: Any) -> PrivacyRequest:
    terms: dict[str, Any] = {"kind": Kind.DELETE, "channel": Channel.LETTER, "contact": PERSON} | changed
    return request_receive(intake=Intake(**terms), by=by)


def test_the_clock_of_a_letter_runs_from_when_it_came(by_orla: Doer) -> None:
    with day(7):
        request = entered(by_orla, received_at=RECEIVED, backdate_reason="It lay at reception.")
    assert (request.received_on, request.due) == (date(2026, 3, 2), date(2026, 4, 16))
    assert request.recorded_at == RECEIVED + timedelta(days=7)
    assert recorded(Action.PRIVACY_RECEIVED)[0].detail["received_on"] == "2026-03-02"


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        pytest.param({"received_at": RECEIVED}, ReceiptTimeError, id="earlier, without a reason"),
        pytest.param(
            {"received_at": datetime(2199, 1, 1, tzinfo=UTC), "backdate_reason": "x"},
            ReceiptTimeError,
            id="in the future",
        ),
        pytest.param(
            {"received_at": RECEIVED, "backdate_reason": "x", "channel": Channel.FORM},
            ReceiptTimeError,
            id="earlier, by the form",
        ),
        pytest.param(
            {"received_at": RECEIVED, "backdate_reason": "Petra Person wrote."}, NamesPersonError, id="a name"
        ),
        pytest.param({"kind": Kind.KNOW}, RequestIncompleteError, id="to know, but not what"),
        pytest.param({"scope": Scope.SPECIFIC}, RequestIncompleteError, id="to delete, but what"),
        pytest.param(
            {"contact": Contact(agent_name="Smith")}, RequestIncompleteError, id="an agent without authority"
        ),
        pytest.param(
            {"contact": Contact(authority=Authority.SIGNED_PERMISSION)},
            RequestIncompleteError,
            id="authority without an agent",
        ),
        pytest.param(
            {"kind": Kind.KNOW, "scope": Scope.SPECIFIC, "verified_by": Method.TWO_POINTS},
            VerificationMethodError,
            id="verified by too little",
        ),
        pytest.param(
            {"kind": Kind.LIMIT, "verified_by": Method.ACCOUNT},
            IdentityNotAskedError,
            id="verified for nothing",
        ),
    ],
)
def test_what_is_not_registered(changed: dict[str, Any], error: type[ConsoleError], by_orla: Doer) -> None:
    with pytest.raises(error):
        entered(by_orla, **changed)
    assert not PrivacyRequest.objects.exists()
    assert not recorded(Action.PRIVACY_RECEIVED)


def test_finding_that_it_came_earlier_moves_every_deadline(by_orla: Doer) -> None:
    with day(7):
        request = request_extend(request=asked(), reason="Many came at once.", by=by_orla)
        request = request_backdate(
            request=request, received_at=RECEIVED, reason="It lay at reception.", by=by_orla
        )
    request.refresh_from_db()
    assert (request.received_on, request.ack_due, request.due, request.extended_due) == (
        date(2026, 3, 2),
        date(2026, 3, 16),
        date(2026, 4, 16),
        date(2026, 5, 31),
    )
    assert recorded(Action.PRIVACY_BACKDATED)[0].detail["from"] == "2026-03-09"


def test_a_request_cannot_be_moved_forward_or_without_a_reason(
    request_of_day_0: PrivacyRequest, by_orla: Doer
) -> None:
    for received_at, reason in (
        (RECEIVED, "Later."),
        (RECEIVED + timedelta(days=1), "Later."),
        (RECEIVED - timedelta(days=1), " "),
    ):
        with pytest.raises(ReceiptTimeError):
            request_backdate(request=request_of_day_0, received_at=received_at, reason=reason, by=by_orla)


def test_what_came_so_early_that_its_extension_was_late_is_late(
    request_of_day_0: PrivacyRequest, by_orla: Doer
) -> None:
    with day(45):
        request = request_extend(request=request_of_day_0, reason="Many came at once.", by=by_orla)
    with day(50):
        request = request_backdate(
            request=request, received_at=RECEIVED - timedelta(days=1), reason="Reception.", by=by_orla
        )
        assert (request.is_extension_late, request.extended_due) == (True, None)
        assert request.answer_due == date(2026, 4, 15)
        assert "given too late" in request.steps.get(step=Step.BACKDATED).note
        assert recorded(Action.PRIVACY_BACKDATED)[0].detail["extension_late"] is True
        with pytest.raises(ExtensionSpentError):
            request_extend(request=request, reason="Still many.", by=by_orla)
        assert letter_take(request=request, letter=RequestLetterKind.EXTEND, by=by_orla)
    with day(60):
        assert request_complete(request=verified(request), by=by_orla, otherwise=BY_HAND).is_late
