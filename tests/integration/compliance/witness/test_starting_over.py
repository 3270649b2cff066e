"""Beginning another log: what is forgotten then, what stays as evidence, and what is refused."""

from pathlib import Path
from typing import Any

import pytest

from compliance.ledger.backends import witness_stores
from compliance.ledger.backends.witness import witness_start_over
from compliance.ledger.errors import WitnessError, WitnessMovedError
from tests.support.witnessing import NINE, ORIGIN, Memory, advance, refused, remembered, signed

SECOND = signed(5, fork=2, origin=f"{ORIGIN}#2")


def test_starting_over_forgets_and_keeps_the_evidence(memory: Memory) -> None:
    advance(NINE, expects_state=False)
    said = memory.path.read_bytes()
    witness_start_over(SECOND)
    witness_start_over(signed(4, origin=f"{ORIGIN}#3"))
    assert remembered() == (signed(4, origin=f"{ORIGIN}#3"),)
    assert memory.path.with_name("witness.json.before-1").read_bytes() == said
    assert memory.path.with_name("witness.json.before-2").exists()


def test_what_cannot_be_read_can_be_started_over(memory: Memory) -> None:
    memory.path.parent.mkdir(mode=0o700)
    memory.path.write_bytes(b"broken")
    witness_start_over(SECOND)
    assert memory.file == memory.copy == SECOND


def test_a_redis_that_was_away_then_gives_way_to_the_log_that_began(memory: Memory) -> None:
    memory.put(file=SECOND, copy=NINE)
    assert remembered() == (SECOND,)
    advance(signed(6, origin=f"{ORIGIN}#2"))
    assert memory.file == memory.copy


def test_another_host_does_not_take_a_restart_on_redis_word(memory: Memory) -> None:
    memory.put(file=NINE, copy=SECOND)
    refused("was signed last")


def test_starting_over_at_once_with_another_host_is_refused(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    advance(NINE, expects_state=False)
    monkeypatch.setattr(witness_stores.RedisCopy, "replace", lambda *_: False)
    with pytest.raises(WitnessMovedError):
        witness_start_over(SECOND)
    assert memory.file == NINE


def test_what_cannot_be_set_aside_is_not_overwritten(memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    advance(NINE, expects_state=False)

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "rename", full)
    with pytest.raises(WitnessError, match="No space left"):
        witness_start_over(SECOND)
    assert memory.file == NINE
