"""What the search finds, and what it leaves to others: whole words, in every spelling."""

import base64
import gzip
import json
import zipfile
from pathlib import Path

import pytest
import redis
from django.db import transaction

from accounts.models import ApprovalRequest
from compliance.desk.backends.byte_search import file_holds
from compliance.desk.backends.database_search import database_search
from compliance.desk.domain.searched import places_beyond
from compliance.desk.models import ErasureRun
from compliance.desk.services.erasure import erasure_run_through, erasure_start
from compliance.desk.services.erasure.holders import LogFiles
from compliance.desk.services.erasure.searching import absence_search, search_reach
from compliance.ledger.domain.events import SYSTEM, Action
from compliance.ledger.models import AuditDisclosure
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock
from releaseconsole.personal_data import MentionsHolder, Needles, Scoped, Subject, holders
from tests.support.beta import beta_made, group_made, newly_joined
from tests.support.shipping import app_made, channel_made
from updates.models import App, Channel, Device

ANN = "ann@example.com"
PHONE = "e5a0b1e0-7e57-4e57-a000-0000000dead1"


@pytest.fixture(autouse=True)
def files_elsewhere(monkeypatch: pytest.MonkeyPatch, redis_client: redis.Redis) -> None:
    """What this test's own transaction deletes is in the database's file until it ends."""
    monkeypatch.setattr("compliance.desk.services.erasure.searching.database_files_search", lambda _: {})


def erased(subject: Subject) -> ErasureRun:
    return erasure_run_through(erasure_start("PR-TESTTEST", subject, SYSTEM, clock.now()))


def by_address(address: str) -> Subject:
    return Subject(emails=frozenset({address}))


def by_name(app: App, custom_id: str) -> Subject:
    return Subject(custom_ids=frozenset({Scoped(app.pk, custom_id)}))


def device_made(app: App, device_id: str, **fields: object) -> Device:
    now = clock.now()
    return Device.objects.create(app=app, device_id=device_id, first_seen_at=now, last_seen_at=now, **fields)


def test_anothers_longer_address_stays_and_stops_nothing(db: None) -> None:
    group = group_made(beta_made())
    newly_joined(group, ANN)
    newly_joined(group, f"jo{ANN}")
    with transaction.atomic():
        note = {"note": f"{ANN} rang, then jo{ANN}"}
        audit_record(action=Action.APP_CHANGED, actor=SYSTEM, now=clock.now(), detail=note)
        note = {"note": f"jo{ANN} rang"}
        audit_record(action=Action.APP_CHANGED, actor=SYSTEM, now=clock.now(), detail=note)
    run = erased(by_address(ANN))
    assert (run.state, run.error) == ("done", "")
    told = AuditDisclosure.objects.filter(name="note").values_list("value", flat=True)
    assert list(told) == [f"jo{ANN} rang"]


def test_a_word_of_the_consoles_own_is_taken_out_of_no_text(db: None) -> None:
    app = app_made()
    channel_made(app, "release-candidate")
    Channel.objects.update(shutoff_reason="stopped release-candidate in production")
    device_made(app, PHONE, custom_id="release-candidate")
    run = erased(by_name(app, "release-candidate"))
    assert (run.state, run.error) == ("done", "")
    assert "release-candidate" in Channel.objects.first().shutoff_reason  # type: ignore[union-attr]
    # The device that it led to is looked for.
    search = json.loads(run.statement)["search"]
    assert (search["looked_for"], search["too_common_to_look_for"]) == (1, 1)
    assert "backups" in search["not_searched"]


def test_the_receipt_says_what_is_left_out(db: None) -> None:
    always = {
        "reports of devices on their way through Redis, until they are stored or dropped",
        "bundles of apps and the console's own static files",
        "backups",
    }
    in_redis = "files of Redis for ids of devices and user names, until they are written anew"
    numbers = "plain numbers in JSON for user names that are numbers"
    phone = Subject(
        devices=frozenset({Scoped("app", PHONE)}), custom_ids=frozenset({Scoped("app", "4711084711")})
    )
    for who, more in ((by_address(ANN), set()), (phone, {in_redis, numbers})):
        reach = search_reach(who)
        assert set(reach["not_searched"]) - {"files of the database"} == always | more


def test_facts_that_two_people_confirmed_are_not_rewritten() -> None:
    columns = [each for holder in holders() if isinstance(holder, MentionsHolder) for each in holder.columns]
    bound = {each.place for each in columns if each.is_bound and each.model is ApprovalRequest}
    assert bound == {f"accounts_approvalrequest.{field}" for field in ("facts", "headline", "sentences")}


@pytest.mark.parametrize("who", ["zoë.müller-1984", 'ann"e-4711', "back\\slash-4711", "4711084711"])
def test_what_escapes_hide_is_found_and_taken_out(db: None, who: str) -> None:
    app = app_made()
    channel_made(app)
    Channel.objects.update(shutoff_reason=f"{who.upper()} rang")
    device_made(app, "another", attributes={"referred by": [who]})
    found = database_search(Needles(frozenset({who}))).counts
    assert found == {"updates_device.attributes": 1, "updates_channel.shutoff_reason": 1}
    run = erased(by_name(app, who))
    assert (run.state, run.error) == ("done", "")
    assert Device.objects.get().attributes == {"referred by": ["[erased]"]}
    assert Channel.objects.get().shutoff_reason == "[erased] rang"


def test_a_user_name_of_another_app_is_somebody_else(db: None) -> None:
    ours, theirs = app_made(), app_made("com.example.other")
    device_made(theirs, PHONE, custom_id="ann-4711", attributes={"is": "ann-4711"})
    run = erased(by_name(ours, "ann-4711"))
    assert (run.state, run.error) == ("done", "")
    assert Device.objects.get().attributes == {"is": "ann-4711"}


@pytest.mark.parametrize("said", ["ward-tablet-4711", "4711084711"])
def test_what_means_somebody_in_one_app_stays_in_the_log_and_the_cache_of_another(
    db: None, redis_client: redis.Redis, said: str
) -> None:
    """The id of a device that an app made up; and a user name like any number."""
    ours, theirs = app_made(), app_made("com.example.other")
    device_made(ours, said, custom_id="4711084711")
    device_made(theirs, said, custom_id=said, attributes={"size": 4711084711})
    redis_client.hset(f"rc:recipients:{theirs.pk}", said, "key")
    with transaction.atomic():
        for app, at in ((ours, "gone"), (theirs, "stays")):
            detail = {"custom_id": said, "note": {"at": at, "bytes": 4711084711}}
            audit_record(
                action=Action.APP_CHANGED, actor=SYSTEM, now=clock.now(), app_id=app.pk, detail=detail
            )
    run = erased(
        Subject(devices=frozenset({Scoped(ours.pk, said)}), custom_ids=frozenset({Scoped(ours.pk, said)}))
    )
    assert (run.state, run.error) == ("done", "")
    left = AuditDisclosure.objects.filter(name="custom_id").values_list("event__app_id", flat=True)
    assert list(left) == [theirs.pk]
    assert AuditDisclosure.objects.filter(name="note").count() == 2
    assert [device.attributes for device in Device.objects.filter(app=theirs)] == [{"size": 4711084711}]


def test_somebody_with_many_devices_is_erased(db: None) -> None:
    app = app_made()
    devices = [f"e5a0b1e0-7e57-4e57-a000-{number:012}" for number in range(60)]
    device_made(app, devices[0])
    run = erased(Subject(devices=frozenset(Scoped(app.pk, each) for each in devices)))
    assert (run.state, run.error, Device.objects.count()) == ("done", "", 0)


def test_logs_lose_every_spelling_also_where_they_are_compressed(db: None, keeps: Path) -> None:
    said = (
        'GET /?q=ann%40example.com 200\n{"to": "ann\\u0040example.com"}\n'
        f"{base64.b64encode(b'To: ann@example.com').decode()}\njoann@example.com\n"
    )
    log, packed = keeps / "log" / "web.log", keeps / "log" / "web.log.1.gz"
    log.write_text(said)
    packed.write_bytes(gzip.compress(said.encode()))
    assert LogFiles().find(by_address(ANN)).total == 6
    run = erased(by_address(ANN))
    assert (run.state, run.error) == ("done", "")
    left = log.read_text()
    assert left == gzip.decompress(packed.read_bytes()).decode()
    assert len(left) == len(said)
    assert [line[-12:] for line in left.splitlines() if "x" * 9 not in line] == ["@example.com"]


def test_a_file_that_nobody_declared_is_found_whatever_is_around_it(db: None, keeps: Path) -> None:
    with zipfile.ZipFile(keeps / f"{ANN}.zip", "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("a", f"To: {ANN}" * 9)
    (keeps / "mail.eml").write_bytes(b"x" * 70 + b" ann=\n@example.com\n")
    (keeps / "jo").write_bytes(b"joann@example.com")
    assert absence_search(by_address(ANN), kept={}) == {"var/[…].zip": 1, "var/mail.eml": 1}


def test_what_reaches_over_two_pieces_of_a_file_is_found_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("compliance.desk.backends.byte_search._PIECE", 1000)
    monkeypatch.setattr("compliance.desk.backends.byte_search._MARGIN", 64)
    file, needles = tmp_path / "file", Needles(frozenset({ANN}))
    for before in range(900, 1020):
        file.write_bytes(b"." * before + b" jo" + ANN.encode() + b" " + ANN.encode() + b" " + b"." * 3000)
        assert file_holds(file, needles)
        file.write_bytes(b"." * before + b" jo" + ANN.encode() + b"." * 3000)
        assert not file_holds(file, needles)
    assert not file_holds(tmp_path / "gone", needles)


def test_fields_in_redis_are_counted_and_name_nobody(db: None, redis_client: redis.Redis) -> None:
    redis_client.hset("rc:recipients:app", mapping={PHONE: "key", "other": "x"})
    redis_client.set(f"rc:odd:{PHONE}", "1")
    who = Subject(devices=frozenset({Scoped("app", PHONE)}))
    assert absence_search(who, kept={}) == {"rc:recipients:app": 1, "rc:odd:[…]": 1}
    assert absence_search(who, kept={"rc:recipients:*": 1}) == {"rc:odd:[…]": 1}


@pytest.mark.parametrize(
    ("found", "kept", "beyond"),
    [
        pytest.param({"a_b.c": 2}, {"a_b.c": 2}, {}, id="a column"),
        pytest.param({"a_b.c": 3}, {"a_b.c": 2}, {"a_b.c": 1}, id="more than is kept"),
        pytest.param({"a_b.c": 1, "a_b.d": 1}, {"a_b": 1}, {"a_b.d": 1}, id="a table, and more"),
        pytest.param({"rc:x:1": 1, "rc:x:2": 1}, {"rc:x:*": 2}, {}, id="keys of a pattern"),
        pytest.param({"a_b.c": 1}, {"a_b.d": 1}, {"a_b.c": 1}, id="another column"),
        pytest.param({"a_b.c": 1}, {}, {"a_b.c": 1}, id="nothing is kept"),
    ],
)
def test_only_as_much_as_is_kept_is_passed_over(
    found: dict[str, int], kept: dict[str, int], beyond: dict[str, int]
) -> None:
    assert places_beyond(found, kept) == beyond
