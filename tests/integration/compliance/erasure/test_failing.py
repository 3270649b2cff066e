"""A step that breaks: it's tried again, somebody is told in the end, and nobody else waits for it."""

import pytest
import redis

from compliance.desk.models import ErasureRun
from compliance.desk.services.erasure import erasure_start
from compliance.desk.services.erasure.holders import LogFiles
from compliance.desk.tasks import erasures_run
from compliance.ledger.domain.events import SYSTEM, Action
from releaseconsole.kernel import clock
from releaseconsole.personal_data import Found, Scoped, Subject
from tests.support.shipping import recorded

PHONES = {
    "PR-FIRST": "e5a0b1e0-7e57-4e57-a000-0000000dead1",
    "PR-SECOND": "e5a0b1e0-7e57-4e57-a000-000000000002",
}


@pytest.fixture
def broken(db: None, monkeypatch: pytest.MonkeyPatch, redis_client: redis.Redis) -> None:
    """Two erasures, the older one of which can't get by a log file."""
    monkeypatch.setattr("compliance.desk.services.erasure.searching.database_files_search", lambda _: {})
    erase = LogFiles.erase

    def breaks(self: LogFiles, subject: Subject, request: str, /) -> Found:
        if request == "PR-FIRST":
            raise PermissionError(PHONES[request])
        return erase(self, subject, request)

    monkeypatch.setattr(LogFiles, "erase", breaks)
    for request, phone in PHONES.items():
        devices = frozenset({Scoped("com.example.clinic", phone)})
        erasure_start(request, Subject(devices=devices), SYSTEM, clock.now())


def test_a_broken_erasure_holds_up_nobody_elses(broken: None, caplog: pytest.LogCaptureFixture) -> None:
    erasures_run()
    runs = ErasureRun.objects.order_by("pk")
    assert [run.state for run in runs] == ["running", "done"]
    for _ in range(4):
        erasures_run()
    first = ErasureRun.objects.get(request="PR-FIRST")
    assert (first.state, first.error) == ("stuck", "holder log files: PermissionError")
    assert len(recorded(Action.ERASURE_STUCK)) == 1
    assert "PermissionError" in caplog.text
    assert PHONES["PR-FIRST"] not in caplog.text


def test_what_breaks_outside_of_the_steps_is_told_and_passed_over(
    broken: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(run: ErasureRun) -> None:
        raise OSError(run.request)

    monkeypatch.setattr("compliance.desk.tasks.erasures.erasure_run_through", breaks)
    erasures_run()
    assert [line.split()[3] for line in caplog.messages if "OSError" in line] == list(PHONES)
