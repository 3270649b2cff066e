import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from django.conf import LazySettings
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from compliance.ledger.domain.events import SYSTEM, Action
from compliance.ledger.models import AuditVerification
from compliance.ledger.services import audit_record
from compliance.ledger.services.checkpoints import checkpoint_take
from compliance.ledger.tasks import log_verify
from releaseconsole.doctor.audit_log import audit_log_examine
from releaseconsole.doctor.clocks import clocks_examine
from releaseconsole.doctor.database import database_examine
from releaseconsole.doctor.exposure import debug_examine
from releaseconsole.doctor.findings import Level
from releaseconsole.doctor.keys import kek_examine
from releaseconsole.doctor.redis_server import redis_examine
from releaseconsole.kernel import clock, sealing
from releaseconsole.kernel.encoding import b64url_encode
from signing.services import console_keys_ensure
from tests.support.ledger import SoftwareSigner
from tests.support.tampering import changed, record, tampered

pytestmark = pytest.mark.django_db


@pytest.fixture
def console_keys() -> Iterator[None]:
    kek = sealing.kek_current()
    console_keys_ensure(now=clock.now())
    yield
    sealing.kek_install(kek)


@pytest.fixture
def redis_option(redis_client: redis.Redis) -> Iterator[redis.Redis]:
    """A Redis whose options a test may spoil."""
    yield redis_client
    redis_client.config_set("maxmemory-policy", "noeviction")
    redis_client.config_set("appendonly", "yes")


def test_a_sound_installation_has_no_problem(
    console_keys: None, redis_client: redis.Redis, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("doctor", "--json")
    findings = json.loads(capsys.readouterr().out)
    assert {finding["subject"] for finding in findings} >= {"database", "Redis", "KEK", "disk", "clock"}
    assert not [finding for finding in findings if finding["level"] == "problem"]


def test_a_problem_fails_the_command_and_prints_its_remedy(
    settings: LazySettings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.DEBUG = True
    with pytest.raises(SystemExit) as stop:
        call_command("doctor", "--no-color")
    assert stop.value.code == 1
    assert "problem  DEBUG: It is on" in capsys.readouterr().out


def test_a_waiting_migration_is_a_problem() -> None:
    MigrationRecorder(connection).migration_qs.filter(app="updates").delete()
    [finding] = database_examine()
    assert finding.level is Level.PROBLEM
    assert "waiting" in finding.said


def test_a_redis_that_may_drop_events_is_a_problem(redis_option: redis.Redis) -> None:
    redis_option.config_set("maxmemory-policy", "allkeys-lru")
    assert [finding.said for finding in redis_examine() if finding.level is Level.PROBLEM] == [
        "With maxmemory-policy allkeys-lru a full server drops accepted events."
    ]


def test_a_redis_without_its_append_only_file_is_a_problem(redis_option: redis.Redis) -> None:
    redis_option.config_set("appendonly", "no")
    [finding] = [finding for finding in redis_examine() if finding.level is Level.PROBLEM]
    assert finding.remedy == "Set in redis.conf: appendonly yes, appendfsync everysec"


@pytest.mark.parametrize(
    ("redis_url", "remedy"),
    [
        pytest.param("redis://127.0.0.1:1", "Check REDIS_URL", id="somebody else's server"),
        pytest.param("", "Start the console", id="the private server"),
    ],
)
def test_a_redis_that_is_away_is_a_problem(settings: LazySettings, redis_url: str, remedy: str) -> None:
    settings.REDIS_URL, settings.EFFECTIVE_REDIS_URL = redis_url, "redis://127.0.0.1:1"
    [finding] = redis_examine()
    assert finding.level is Level.PROBLEM
    assert finding.remedy.startswith(remedy)


def test_a_kek_file_that_others_can_read_is_a_problem(
    console_keys: None, settings: LazySettings, tmp_path: Path
) -> None:
    path = tmp_path / "kek"
    path.write_text(settings.KEK)
    path.chmod(0o644)
    settings.KEK, settings.KEK_FILE = "", path
    [finding] = kek_examine()
    assert finding.level is Level.PROBLEM
    assert f"run: chmod 600 {path}" in finding.said


def test_another_installations_kek_is_a_problem(console_keys: None, settings: LazySettings) -> None:
    settings.KEK = b64url_encode(b"o" * sealing.KEK_BYTES)
    [finding] = kek_examine()
    assert finding.level is Level.PROBLEM
    assert "Put back the KEK that belongs to this database" in finding.remedy


def test_an_installation_without_keys_is_a_problem() -> None:
    [finding] = kek_examine()
    assert finding.level is Level.PROBLEM
    assert finding.remedy == "Run: manage.py bootstrap"


def test_the_clocks_of_redis_and_postgresql_are_compared(redis_client: redis.Redis) -> None:
    expected = {"sqlite": 1, "postgresql": 2}[connection.vendor]
    assert [finding.level for finding in clocks_examine()] == [Level.OK] * expected


def test_debug_off_is_fine() -> None:
    assert [finding.level for finding in debug_examine()] == [Level.OK]


def test_a_log_that_the_witness_refuses_is_a_problem(ledger_signer: SoftwareSigner) -> None:
    with transaction.atomic():
        audit_record(action=Action.APP_CREATED, actor=SYSTEM, now=clock.now())
    checkpoint_take(now=clock.now())
    assert [finding.level for finding in audit_log_examine()] == [Level.OK]
    django_settings.LEDGER_WITNESS_FILE.write_text("somebody else's")
    (found,) = audit_log_examine()
    assert (found.level, found.subject) == (Level.PROBLEM, "audit log")
    assert "Nothing is signed" in found.said


def test_a_log_that_does_not_hold_is_a_problem() -> None:
    number = record(3)[1].number
    checkpoint_take(now=clock.now())
    with tampered(changed("auditevent", "app_id", "x", "number = %s", number)):
        log_verify()
        (found,) = audit_log_examine()
        assert (found.level, found.said) == (Level.PROBLEM, "It doesn't hold, from entry 1.")
        AuditVerification.objects.update(verdict="holds", total=0, first_bad=None)
        (found,) = audit_log_examine()
        assert (found.level, found.said) == (
            Level.PROBLEM,
            "It says another result of its last verification.",
        )
