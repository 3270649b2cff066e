from dataclasses import replace
from pathlib import Path

import pytest

from releaseconsole.supervisor.errors import RedisMissingError
from releaseconsole.supervisor.plan import PlanOptions, children_plan

OPTIONS = PlanOptions(
    python="python",
    var_dir=Path("/srv/var"),
    host="0.0.0.0",  # noqa: S104 (an address in a plan; nothing is bound)
    port=8123,
    web_workers=3,
    web_threads=5,
    redis_binary=Path("/usr/bin/redis-server"),
    redis_socket=Path("/srv/var/redis/redis.sock"),
)


def test_redis_starts_first_and_the_web_server_last() -> None:
    assert [child.name for child in children_plan(OPTIONS)] == ["redis", "worker", "beat", "web"]


def test_a_given_redis_is_not_started() -> None:
    assert [child.name for child in children_plan(replace(OPTIONS, redis_binary=None))] == [
        "worker",
        "beat",
        "web",
    ]


def test_redis_keeps_every_accepted_event_and_listens_on_its_socket_only() -> None:
    line = " ".join(children_plan(OPTIONS)[0].command)
    for option in ("--port 0", "--appendonly yes", "--appendfsync everysec", "--maxmemory-policy noeviction"):
        assert option in line
    assert "--unixsocket /srv/var/redis/redis.sock" in line


def test_the_web_server_takes_address_and_size_from_the_options() -> None:
    line = " ".join(children_plan(OPTIONS)[-1].command)
    assert "--host 0.0.0.0 --port 8123 --workers 3 --blocking-threads 5 --backlog" in line
    assert "--respawn-failed-workers" in line
    assert "--no-access-log" in line


def test_a_directory_too_deep_for_a_socket_is_refused_with_the_remedy() -> None:
    deep = replace(OPTIONS, redis_socket=Path("/" + "d" * 100 + "/redis.sock"))
    with pytest.raises(RedisMissingError, match="shorter CONSOLE_VAR_DIR"):
        children_plan(deep)
