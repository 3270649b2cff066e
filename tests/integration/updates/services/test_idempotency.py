from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError

from releaseconsole.kernel import clock
from tests.support.at_once import at_once
from tests.support.shipping import app_made, channel_made
from updates.errors import ConflictError, IdempotencyKeyReusedError
from updates.models import App, Channel, IdempotencyRecord
from updates.services.idempotency import KEPT_FOR, Answer, idempotency_run

SOON = timedelta(seconds=1)


class Job:
    """Counts how often it really acted."""

    def __init__(self, app: App) -> None:
        self.app, self.acted = app, 0

    def act(self) -> Answer:
        self.acted += 1
        return Answer(201, f'{{"z": {self.acted}, "a": 1}}')

    def run(self, key: str = "k1", *, token_id: int = 1, request: str = "r1") -> tuple[Answer, bool]:
        return idempotency_run(app=self.app, token_id=token_id, key=key, request_sha256=request, act=self.act)


@pytest.fixture
def job(app: App) -> Job:
    return Job(app)


def test_the_same_bytes_are_answered_again(job: Job) -> None:
    first, again = job.run(), job.run()
    assert (first[0], first[1], again[1]) == (again[0], False, True)
    assert (again[0].body, job.acted) == ('{"z": 1, "a": 1}', 1)


def test_another_request_under_the_key_is_refused(job: Job) -> None:
    job.run()
    with pytest.raises(IdempotencyKeyReusedError):
        job.run(request="r2")
    assert job.acted == 1


def test_keys_tokens_and_apps_are_apart(job: Job) -> None:
    job.run()
    job.run("k2")
    job.run(token_id=2)
    other = Job(app_made("com.example.other"))
    other.run()
    assert (job.acted, other.acted) == (3, 1)


def test_a_key_is_kept_for_a_day(job: Job) -> None:
    now = clock.now()
    for after, acted in [(timedelta(0), 1), (KEPT_FOR - SOON, 1), (KEPT_FOR + SOON, 2)]:
        with time_machine.travel(now + after, tick=False):
            job.run()
        assert job.acted == acted
    assert IdempotencyRecord.objects.count() == 1


def test_a_refusal_is_not_kept_and_takes_its_changes_with_it(app: App) -> None:
    def act() -> Answer:
        channel_made(app, "half-done")
        raise ConflictError

    with pytest.raises(ConflictError):
        idempotency_run(app=app, token_id=1, key="k1", request_sha256="r1", act=act)
    assert not Channel.objects.exists()
    assert not IdempotencyRecord.objects.exists()


def test_a_constraint_that_the_act_itself_breaks_surfaces(app: App) -> None:
    def act() -> Answer:
        App.objects.create(app_id=app.pk, name="again")
        return Answer(201, "{}")

    with pytest.raises(IntegrityError):
        idempotency_run(app=app, token_id=1, key="k1", request_sha256="r1", act=act)


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_acts_and_all_get_its_answer() -> None:
    job = Job(app_made())
    answers = at_once([job.run] * 8)
    assert len({answer.body for answer, _ in answers}) == 1
    assert sorted(replayed for _, replayed in answers) == [False] + [True] * 7
    assert IdempotencyRecord.objects.count() == 1
