"""What the database itself refuses of erasures and what belongs to them, on both engines."""

from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from compliance.desk.domain.request_letters import RequestLetterKind
from compliance.desk.models import (
    ErasureRun,
    ErasureStep,
    PrivacyLetter,
    PrivacyRequestSubject,
    SuppressedSubject,
)
from compliance.desk.services.erasure.suppression import suppress
from compliance.desk.services.requests.letters import letter_send
from releaseconsole.kernel import clock
from releaseconsole.personal_data import Scoped, Subject
from tests.support.privacy import asked

pytestmark = pytest.mark.django_db

REFERENCE = "PR-TESTTEST"


def run(**changed: Any) -> ErasureRun:
    now = clock.now()
    whole = {"request": REFERENCE, "started_at": now, "started_by": "system", "sealed_subject": "v1.x.y"}
    return ErasureRun.objects.create(**whole | changed)


def done(**changed: Any) -> ErasureRun:
    return run(
        **{"state": "done", "sealed_subject": "", "finished_at": clock.now(), "event": 1, "statement": "{}"}
        | changed
    )


@pytest.mark.parametrize(
    "write",
    [
        pytest.param(lambda: run(state="asleep"), id="a state that nobody knows"),
        pytest.param(lambda: run(sealed_subject=""), id="running, of nobody"),
        pytest.param(lambda: run(state="stuck", sealed_subject=""), id="stuck, of nobody"),
        pytest.param(lambda: done(statement=""), id="done, and says nothing"),
        pytest.param(lambda: [run(state="stuck"), run()], id="two of one request under way"),
        pytest.param(
            lambda: ErasureStep.objects.create(run=run(), position=1, kind="shred"), id="an unknown step"
        ),
        pytest.param(lambda: PrivacyLetter.objects.update(kind="greeting"), id="an unknown letter"),
        pytest.param(lambda: PrivacyRequestSubject.objects.update(kind="face"), id="an unknown identifier"),
        pytest.param(lambda: SuppressedSubject.objects.update(kind="face"), id="an unknown hash"),
    ],
)
def test_what_no_rule_allows_is_refused(write: Callable[[], Any]) -> None:
    request = asked()
    letter_send(request, RequestLetterKind.ACKNOWLEDGE)
    suppress(subject=Subject(devices=frozenset({Scoped("a", "d")})), request=REFERENCE, now=clock.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        write()


def test_what_rules_allow_is_taken() -> None:
    run()
    run(is_replay=True)
    done()
    done(statement="", request="~0123")
    assert ErasureRun.objects.count() == 4


def test_runs_that_earlier_versions_began_beside_a_stuck_one_stop_no_migration() -> None:
    """Every replay began another one for the same request."""
    (once,) = (each for each in ErasureRun._meta.constraints if each.name == "desk_erasure_under_way_once")
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX desk_erasure_under_way_once")
    first = run(state="stuck", is_replay=True, started_at=clock.now() - timedelta(days=1))
    last, other = run(state="stuck", is_replay=True), run(state="stuck")
    import_module("compliance.desk.migrations.0016_constraints_of_erasures").doubles_give_up(apps, None)
    with connection.cursor() as cursor:
        cursor.execute(str(once.create_sql(ErasureRun, connection.schema_editor())))
    states = dict(ErasureRun.objects.values_list("pk", "state"))
    assert states == {first.pk: "given_up", last.pk: "stuck", other.pk: "stuck"}
