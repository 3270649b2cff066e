"""Granian copies the environment into each request's: a web process has to forget its secrets before."""

import multiprocessing
import os
from multiprocessing.queues import SimpleQueue

import pytest
from django.conf import settings

from releaseconsole.environment import DECLARED
from releaseconsole.supervisor.web_process import web_process_settle


def _settle_and_tell(answers: SimpleQueue[list[str]]) -> None:
    assert settings.SECRET_KEY  # a web process reads its settings first
    web_process_settle()
    answers.put([name for name in DECLARED if name in os.environ])


def test_a_servers_worker_forgets_what_it_was_configured_with(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "releaseconsole.settings")
    spawn = multiprocessing.get_context("spawn")
    answers: SimpleQueue[list[str]] = spawn.SimpleQueue()
    worker = spawn.Process(target=_settle_and_tell, args=(answers,))
    worker.start()
    worker.join()
    assert worker.exitcode == 0
    assert answers.get() == []


def test_any_other_process_keeps_its_environment() -> None:
    web_process_settle()
    assert os.environ["KEK"]
