"""Who locks a request and its erasure locks the request first: else two wait for each other."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from compliance.desk.domain.intake import Intake
from compliance.desk.domain.request_states import Channel, Kind, Scope
from compliance.desk.models import ErasureRun, ErasureStep, PrivacyRequest
from compliance.desk.services.erasure import erasure_start, erasure_step
from compliance.desk.services.giving_up import give_up_operation, request_erasure_give_up
from compliance.desk.services.handling import request_erasure_resume, subject_of
from compliance.desk.services.package_taking import package_operation, package_take
from compliance.desk.services.requests import public_form
from compliance.desk.services.requests.recording import Doer
from compliance.ledger.services.locking import Turn
from releaseconsole.kernel import clock
from tests.support.beta import beta_made, group_made, newly_joined
from tests.support.confirming import confirmed
from tests.support.privacy import NOBODY, PERSON, asked, verified
from updates.services.testers import tester_erase

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer"),
]

REQUEST: Final = "desk_privacyrequest"
RUN: Final = "desk_erasurerun"


def locked(queries: CaptureQueriesContext) -> list[list[str]]:
    """Which of both tables each transaction locks rows of, in order; a test's transactions are savepoints."""
    found: list[list[str]] = []
    depth = 0
    for query in queries.captured_queries:
        sql = query["sql"]
        if sql.startswith("SAVEPOINT"):
            depth += 1
            found += [[]] if depth == 1 else []
        elif sql.startswith(("RELEASE", "ROLLBACK TO")):
            depth -= sql.startswith("RELEASE")
        elif depth:
            found[-1] += [
                table
                for table in (REQUEST, RUN)
                if (f'FROM "{table}"' in sql and "FOR UPDATE" in sql) or sql.startswith(f'UPDATE "{table}"')
            ]
    return [tables for tables in found if tables]


def _stuck() -> PrivacyRequest:
    request = verified(asked())
    erasure_start(request.reference, subject_of(request), NOBODY.actor, clock.now())
    ErasureRun.objects.update(state="stuck")
    return request


def _gives_up(orla: User) -> Callable[[], object]:
    request = _stuck()
    step_up = confirmed(orla, give_up_operation(request=request, user=orla))
    by = Doer(orla.actor, orla)
    return lambda: request_erasure_give_up(request=request, reason="No disk.", by=by, step_up=step_up)


def _resumes(orla: User) -> Callable[[], object]:
    request = _stuck()
    return lambda: request_erasure_resume(request=request, by=Doer(orla.actor, orla))


def _sticks(orla: User) -> Callable[[], object]:
    _stuck()
    ErasureRun.objects.update(state="running", searches=4)
    ErasureStep.objects.update(kind="holder", name="")
    ErasureStep.objects.exclude(position=0).delete()
    return lambda: erasure_step(ErasureRun.objects.get())


def _finishes(orla: User) -> Callable[[], object]:
    _stuck()
    ErasureRun.objects.update(state="running")
    ErasureStep.objects.exclude(kind="finish").delete()
    return lambda: erasure_step(ErasureRun.objects.get())


def _takes(orla: User) -> Callable[[], object]:
    request = verified(asked(Kind.KNOW, scope=Scope.CATEGORIES))
    step_up = confirmed(orla, package_operation(request=request, user=orla))
    return lambda: package_take(request=request, by=Doer(orla.actor, orla), step_up=step_up)


def _repeats(orla: User) -> Callable[[], object]:
    asked()
    return lambda: public_form.form_receive(Intake(kind=Kind.DELETE, channel=Channel.FORM, contact=PERSON))


@pytest.mark.parametrize("prepared", [_gives_up, _resumes, _sticks, _finishes, _takes, _repeats])
def test_the_request_is_locked_first(
    prepared: Callable[[User], Callable[[], object]],
    orla: User,
    settings: LazySettings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.PRIVACY_LIST_FILE = tmp_path / "suppressed.json"
    monkeypatch.setattr(public_form, "public_room_require", lambda: None)
    if prepared is _sticks:
        monkeypatch.setattr("compliance.desk.services.erasure.steps.holders_in_order", None)
    act = prepared(orla)
    with CaptureQueriesContext(connection) as queries:
        act()
    assert REQUEST in {tables[0] for tables in locked(queries)}
    assert not [tables for tables in locked(queries) if tables[0] == RUN and REQUEST in tables]


def test_a_tester_is_erased_in_the_turn_in_which_holds_are_placed() -> None:
    """Else one placed between the look at holds and the end of the erasure would keep nothing."""
    tess = newly_joined(group_made(beta_made()), "tess@example.com")
    with CaptureQueriesContext(connection) as queries:
        tester_erase(tester=tess, actor=NOBODY.actor)
    said = [query["sql"] for query in queries.captured_queries if not query["sql"].startswith("SAVEPOINT")]
    assert said[0] == f"SELECT pg_advisory_xact_lock({Turn.ERASING.value})"
