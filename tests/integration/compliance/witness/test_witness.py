"""The signer's memory: what it takes, what it refuses, and what whoever tampers with it gets."""

import fcntl
import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from redis.exceptions import ConnectionError as RedisConnectionError

from compliance.ledger.backends import witness_stores
from compliance.ledger.backends.witness import witness_hold
from compliance.ledger.backends.witness_stores import REDIS_KEY, WitnessFile
from compliance.ledger.domain.checkpoints import Checkpoint
from compliance.ledger.errors import WitnessError, WitnessMovedError
from tests.support.witnessing import FIVE, NINE, ORIGIN, SEVEN, Memory, advance, refused, remembered, signed

# --- what it takes ------------------------------------------------------------------------------------


def test_a_log_that_was_never_signed_begins(memory: Memory) -> None:
    with witness_hold(expects_state=False) as witness:
        assert (witness.last, witness.remembered) == (None, ())
        witness.advance(FIVE)
        assert witness.last == FIVE
    assert memory.file == memory.copy == FIVE


def test_a_longer_log_follows_and_the_same_again_may_too(memory: Memory) -> None:
    advance(FIVE, expects_state=False)
    for checkpoint in (FIVE, SEVEN, SEVEN, NINE):
        advance(checkpoint)
    assert memory.file == memory.copy == NINE
    assert remembered() == (NINE,)


def test_the_file_is_its_owners_alone_and_nothing_lies_around(memory: Memory) -> None:
    os.umask(0)
    try:
        advance(FIVE, expects_state=False)
    finally:
        os.umask(0o022)
    assert memory.path.stat().st_mode & 0o777 == 0o600
    assert memory.path.parent.stat().st_mode & 0o777 == 0o700
    assert {path.name for path in memory.path.parent.iterdir()} == {"witness.json", "witness.json.lock"}


def test_without_redis_the_file_is_enough(alone: Memory) -> None:
    advance(FIVE, expects_state=False)
    advance(SEVEN)
    assert (alone.file, alone.copy) == (SEVEN, None)


def test_a_redis_that_dies_holds_nothing_up(memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    advance(FIVE, expects_state=False)

    class Dead:
        def get(self, *_: Any) -> Any:
            raise RedisConnectionError

    monkeypatch.setattr(witness_stores, "redis_client", Dead)
    advance(SEVEN)
    assert (memory.file, memory.copy) == (SEVEN, FIVE)


def test_a_redis_that_dies_in_between_leaves_the_file(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    advance(FIVE, expects_state=False)

    class Dying:
        def get(self, key: str) -> Any:
            return memory.client.get(key)

        def eval(self, *_: Any) -> Any:
            raise RedisConnectionError

    monkeypatch.setattr(witness_stores, "redis_client", Dying)
    advance(SEVEN)
    assert (memory.file, memory.copy) == (SEVEN, FIVE)


# --- both, and one without the other ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "copy", "both"),
    [
        pytest.param(SEVEN, SEVEN, (SEVEN,), id="in step"),
        pytest.param(SEVEN, None, (SEVEN,), id="Redis lost it"),
        pytest.param(None, SEVEN, (SEVEN,), id="the file is gone, or the host is new"),
        pytest.param(SEVEN, FIVE, (FIVE, SEVEN), id="signed while Redis was away"),
        pytest.param(FIVE, SEVEN, (FIVE, SEVEN), id="another host signed"),
    ],
)
def test_what_is_signed_next_has_to_contain_what_either_remembers(
    file: Checkpoint | None, copy: Checkpoint | None, both: tuple[Checkpoint, ...], memory: Memory
) -> None:
    memory.put(file=file, copy=copy)
    with witness_hold(expects_state=True) as witness:
        assert witness.remembered == both
        assert witness.last == SEVEN
        assert memory.file is not None
        assert memory.copy is not None
        witness.advance(NINE)
    assert memory.file == memory.copy == NINE


def test_who_can_write_to_redis_alone_cannot_make_the_file_forget(memory: Memory) -> None:
    """A forged tree, a little longer than the true one, is in Redis; the true one is asked for as well."""
    forged = signed(9, fork=1)
    memory.put(file=SEVEN, copy=forged)
    assert remembered() == (SEVEN, forged)


@pytest.mark.parametrize(
    ("file", "copy", "words"),
    [
        pytest.param(SEVEN, signed(7, fork=1), "Another log of 7 entries", id="one size, two roots"),
        pytest.param(SEVEN, signed(9, origin="elsewhere"), "was signed last", id="of another log"),
        pytest.param(SEVEN, signed(9, origin=f"{ORIGIN}#2"), "was signed last", id="restarted elsewhere"),
        pytest.param(
            signed(9, origin="a#2"), signed(7, origin="b"), "was signed last", id="another's restart"
        ),
        pytest.param(None, None, "neither file nor Redis", id="both gone"),
    ],
)
def test_a_memory_that_contradicts_itself_signs_nothing(
    file: Checkpoint | None, copy: Checkpoint | None, words: str, memory: Memory
) -> None:
    memory.put(file=file, copy=copy)
    before = memory.both()
    refused(words)
    assert memory.both() == before, "the evidence stays"


def test_deleting_the_file_while_redis_is_down_begins_nothing(alone: Memory) -> None:
    advance(FIVE, expects_state=False)
    alone.path.unlink()
    refused("neither file nor Redis")


@pytest.mark.parametrize(
    ("after", "words"),
    [
        pytest.param(FIVE, "a log of 5 is older", id="shorter"),
        pytest.param(signed(7, fork=1), "Another log of 7", id="of the same size"),
        pytest.param(signed(9, origin="elsewhere"), "can't follow", id="of another log"),
        pytest.param(signed(9, origin=f"{ORIGIN}#2"), "can't follow", id="of another epoch"),
    ],
)
def test_what_cannot_follow_is_not_remembered(after: Checkpoint, words: str, memory: Memory) -> None:
    advance(SEVEN, expects_state=False)
    with pytest.raises(WitnessError, match=words):
        advance(after)
    assert memory.file == memory.copy == SEVEN


# --- what can't be read -------------------------------------------------------------------------------

GOOD = {"origin": ORIGIN, "root": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "size": 7}


def text(**changed: Any) -> bytes:
    members = {name: value for name, value in (GOOD | changed).items() if value is not ...}
    return json.dumps(members, sort_keys=True, separators=(",", ":")).encode() + b"\n"


UNREADABLE = [
    pytest.param(b"", id="empty"),
    pytest.param(text()[:20], id="cut off"),
    pytest.param(text() + b" ", id="longer"),
    pytest.param(text() + b" " * 4000, id="much longer"),
    pytest.param(text().replace(b":", b": "), id="spelled otherwise"),
    pytest.param(b"[" * 2000, id="deep"),
    pytest.param(b"[]", id="a list"),
    pytest.param(b"7", id="a number"),
    pytest.param(b"\xff", id="no text"),
    pytest.param(text(size=...), id="no size"),
    pytest.param(text(size=-1), id="negative"),
    pytest.param(text(size="7"), id="a size in words"),
    pytest.param(text(size=7.0), id="a float"),
    pytest.param(text(size=True), id="a truth"),
    pytest.param(text(size=0), id="nothing with a root"),
    pytest.param(text(root="AAAA"), id="a short root"),
    pytest.param(text(root=7), id="no root"),
    pytest.param(text(origin=""), id="no name"),
    pytest.param(text(origin="a b"), id="a name with a space"),
    pytest.param(text(origin=7), id="a number for a name"),
    pytest.param(text(more=1), id="one member more"),
]


def test_what_is_written_is_what_the_table_spoils(memory: Memory) -> None:
    memory.path.parent.mkdir(mode=0o700)
    memory.path.write_bytes(text())
    memory.path.chmod(0o600)
    assert remembered() == (Checkpoint(ORIGIN, 7, bytes(32)),)


@pytest.mark.parametrize("expects_state", [True, False])
@pytest.mark.parametrize("data", UNREADABLE)
def test_a_file_that_cannot_be_read_is_never_begun_anew(
    data: bytes, memory: Memory, *, expects_state: bool
) -> None:
    memory.path.parent.mkdir(mode=0o700)
    memory.path.write_bytes(data)
    memory.path.chmod(0o600)
    refused("What the witness remembers", expects_state=expects_state)
    assert memory.path.read_bytes() == data


@pytest.mark.parametrize("data", UNREADABLE)
def test_nor_is_a_copy(data: bytes, memory: Memory) -> None:
    memory.client.set(REDIS_KEY, data)
    refused("What the witness remembers", expects_state=False)
    assert memory.both() == (None, data)


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_file_that_others_may_write_to_counts_for_nothing(mode: int, memory: Memory) -> None:
    advance(FIVE, expects_state=False)
    memory.path.chmod(mode)
    refused("Others may write")


def test_a_file_that_leads_elsewhere_is_not_followed(memory: Memory, tmp_path: Path) -> None:
    advance(FIVE, expects_state=False)
    memory.path.rename(tmp_path / "elsewhere")
    memory.path.symlink_to(tmp_path / "elsewhere")
    refused("can't be read")


def test_a_folder_in_its_place_is_no_file(memory: Memory) -> None:
    memory.path.mkdir(parents=True)
    refused("can't be read", expects_state=False)


def test_where_no_lock_can_be_made_nothing_is_signed(memory: Memory) -> None:
    memory.path.parent.write_text("in the way")
    refused("can't be locked", expects_state=False)


def test_what_cannot_be_written_down_is_not_signed(memory: Memory) -> None:
    (memory.path.parent / "witness.json.new").mkdir(parents=True)
    with pytest.raises(WitnessError, match="can't be written"):
        advance(FIVE, expects_state=False)


def test_a_death_before_the_file_is_in_place_leaves_the_one_before(
    alone: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    advance(FIVE, expects_state=False)

    class Crash(BaseException):
        pass

    def crash(*_: Any) -> None:
        raise Crash

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", crash)
        with pytest.raises(Crash):
            advance(SEVEN)
    assert alone.file == FIVE
    advance(SEVEN)
    assert alone.file == SEVEN


# --- taking turns -------------------------------------------------------------------------------------


def test_processes_of_a_host_take_turns(memory: Memory) -> None:
    with witness_hold(expects_state=False):
        handle = os.open(memory.path.with_name("witness.json.lock"), os.O_RDWR)
        with pytest.raises(BlockingIOError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(handle)


def test_of_two_hosts_that_sign_at_once_one_starts_again(memory: Memory, settings: LazySettings) -> None:
    advance(FIVE, expects_state=False)
    here = settings.LEDGER_WITNESS_FILE
    with witness_hold(expects_state=True) as slow:
        settings.LEDGER_WITNESS_FILE = here.with_name("of-another-host.json")
        advance(SEVEN)
        with pytest.raises(WitnessMovedError) as moved:
            slow.advance(NINE)
    assert moved.value.code == "witness_moved"
    assert memory.file == FIVE, "what wasn't allowed isn't remembered"
    settings.LEDGER_WITNESS_FILE = here
    advance(NINE)
    assert memory.copy == NINE


def test_of_two_hosts_that_restore_at_once_one_starts_again(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory.put(file=FIVE)
    monkeypatch.setattr(witness_stores.RedisCopy, "replace", lambda *_: False)
    with pytest.raises(WitnessMovedError), witness_hold(expects_state=True):
        pass


def test_a_lock_is_let_go_whatever_happens(tmp_path: Path) -> None:
    file = WitnessFile(tmp_path / "witness.json")
    with pytest.raises(ZeroDivisionError), file.locked():
        raise ZeroDivisionError
    with file.locked():
        pass
