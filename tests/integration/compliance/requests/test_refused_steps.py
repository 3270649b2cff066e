"""What is refused of a request: out of order, without a reason, or when it's over."""

from typing import Any

import pytest

from compliance.desk.domain.denials import Basis
from compliance.desk.domain.request_letters import RequestLetterKind
from compliance.desk.domain.request_states import Kind
from compliance.desk.domain.verification import Method
from compliance.desk.errors import (
    DenialBasisError,
    IdentityNotAskedError,
    NamesPersonError,
    NoExtensionError,
    NotVerifiedError,
    RequestIncompleteError,
    RequestStateError,
    VerificationMethodError,
)
from compliance.desk.services.requests import (
    contact_show,
    letter_take,
    request_acknowledge,
    request_backdate,
    request_complete,
    request_deny,
    request_extend,
    request_verification_fail,
    request_verify,
    request_withdraw,
)
from compliance.desk.services.requests.recording import Doer
from releaseconsole.kernel.errors import ConsoleError
from tests.support.privacy import BY_HAND, RECEIVED, asked, verified

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("act", "error"),
    [
        pytest.param(lambda r, by: request_complete(request=r, by=by), NotVerifiedError, id="unverified"),
        pytest.param(
            lambda r, by: request_complete(
                request=verified(r), by=by, bases=[Basis.LEGAL], otherwise=BY_HAND
            ),
            DenialBasisError,
            id="a part, without a word",
        ),
        pytest.param(
            lambda r, by: request_complete(
                request=verified(r), by=by, explanation="Tax law.", otherwise=BY_HAND
            ),
            DenialBasisError,
            id="a part, without a section",
        ),
        pytest.param(
            lambda r, by: request_deny(request=r, bases=[], explanation="No.", by=by),
            DenialBasisError,
            id="denied, without a section",
        ),
        pytest.param(
            lambda r, by: request_deny(request=r, bases=[Basis.ACCURATE], explanation="No.", by=by),
            DenialBasisError,
            id="denied, by a section of another kind",
        ),
        pytest.param(
            lambda r, by: request_deny(
                request=r, bases=[Basis.LEGAL], explanation="petra@EXAMPLE.org", by=by
            ),
            NamesPersonError,
            id="denied, naming who asked",
        ),
        pytest.param(
            lambda r, by: request_extend(request=r, reason=" ", by=by),
            RequestIncompleteError,
            id="extended without a reason",
        ),
        pytest.param(
            lambda r, by: request_extend(request=r, reason="petra-4711 is slow", by=by),
            NamesPersonError,
            id="extended, naming who asked",
        ),
        pytest.param(
            lambda r, by: request_verify(request=r, method=Method.AGENT, proved=r.subjects.all(), by=by),
            VerificationMethodError,
            id="verified as an agent's",
        ),
        pytest.param(lambda r, by: verified(verified(r, by), by), RequestStateError, id="verified twice"),
        pytest.param(
            lambda r, by: request_verification_fail(request=verified(r), by=by),
            RequestStateError,
            id="failed after it was verified",
        ),
        pytest.param(
            lambda r, by: request_acknowledge(request=request_acknowledge(request=r, by=by), by=by),
            RequestStateError,
            id="acknowledged twice",
        ),
        pytest.param(
            lambda r, by: letter_take(request=r, letter=RequestLetterKind.DENY, by=by),
            RequestStateError,
            id="a letter that it hasn't had",
        ),
    ],
)
def test_what_is_refused_of_a_running_request(act: Any, error: type[ConsoleError], by_orla: Doer) -> None:
    request = asked()
    with pytest.raises(error):
        act(request, by_orla)
    request.refresh_from_db()
    assert request.is_closed is False


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(lambda r, by: request_acknowledge(request=r, by=by), id="acknowledge"),
        pytest.param(verified, id="verify"),
        pytest.param(lambda r, by: request_verification_fail(request=r, by=by), id="fail to verify"),
        pytest.param(lambda r, by: request_extend(request=r, reason="x", by=by), id="extend"),
        pytest.param(
            lambda r, by: request_deny(request=r, bases=[Basis.LEGAL], explanation="x", by=by), id="deny"
        ),
        pytest.param(lambda r, by: request_complete(request=r, by=by), id="complete"),
        pytest.param(lambda r, by: request_withdraw(request=r, by=by), id="withdraw"),
        pytest.param(
            lambda r, by: request_backdate(request=r, received_at=RECEIVED, reason="x", by=by), id="backdate"
        ),
        pytest.param(lambda r, by: contact_show(request=r, by=by), id="show who asked"),
    ],
)
def test_nothing_is_done_to_a_closed_request(act: Any, by_orla: Doer) -> None:
    request = request_withdraw(request=asked(), by=by_orla)
    with pytest.raises(RequestStateError):
        act(request, by_orla)


@pytest.mark.parametrize("kind", [Kind.OPT_OUT, Kind.LIMIT])
def test_an_opt_out_is_neither_extended_nor_acknowledged_nor_verified(kind: Kind, by_orla: Doer) -> None:
    request = asked(kind)
    with pytest.raises(NoExtensionError):
        request_extend(request=request, reason="Many came at once.", by=by_orla)
    with pytest.raises(RequestStateError):
        request_acknowledge(request=request, by=by_orla)
    with pytest.raises(IdentityNotAskedError):
        request_verify(request=request, method=Method.ACCOUNT, proved=(), by=by_orla)
    with pytest.raises(IdentityNotAskedError):
        request_verification_fail(request=request, by=by_orla)
