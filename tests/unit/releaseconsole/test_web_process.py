"""Granian copies the environment into each request's: a web process has to forget its secrets before."""

import multiprocessing
import os
import resource
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


def _settle_and_tell_files(answers: SimpleQueue[int]) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
    web_process_settle()
    answers.put(resource.getrlimit(resource.RLIMIT_NOFILE)[0])


def test_a_servers_worker_may_open_a_file_for_each_connection() -> None:
    spawn = multiprocessing.get_context("spawn")
    answers: SimpleQueue[int] = spawn.SimpleQueue()
    worker = spawn.Process(target=_settle_and_tell_files, args=(answers,))
    worker.start()
    worker.join()
    assert worker.exitcode == 0
    assert answers.get() == min(4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
