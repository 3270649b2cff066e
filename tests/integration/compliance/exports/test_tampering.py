"""Whatever is changed in a pack: it doesn't verify, and the answer says where."""

import base64
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from compliance.ledger.domain.events import Action
from tests.support.exporting import Forger, entry_changed, made, refused, unpacked, verified, wish_of
from tests.support.ledger import SoftwareSigner

# Files are tried here, whatever database they were made from; test_pack.py makes them from both.
pytestmark = pytest.mark.skipif(connection.vendor != "sqlite", reason="files have no database")

FILES = [
    "VERIFY.md",
    "audit_log_keys.json",
    "checkpoint.txt",
    "events.csv",
    "events.jsonl",
    "headers.jsonl",
    "log.pub.pem",
    "manifest.json",
    "manifest.sig",
    "previous.txt",
    "proof.json",
    "report.pdf",
    "verify.py",
]


def test_the_list_of_files_is_complete(pack: Path) -> None:
    assert sorted(path.name for path in pack.iterdir()) == FILES


@pytest.mark.parametrize("name", FILES)
def test_a_changed_byte_is_found_in_its_file(name: str, pack: Path) -> None:
    data = (pack / name).read_bytes()
    for place in (0, len(data) // 2, len(data) - 1):
        (pack / name).write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        assert name in refused(pack), place


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(name: str, pack: Path) -> None:
    (pack / name).unlink()
    assert name in refused(pack)


def test_an_added_file_is_named(pack: Path) -> None:
    (pack / "events2.jsonl").write_bytes(b"")
    assert "events2.jsonl" in refused(pack)


def test_any_bit_of_any_file_counts(pack: Path) -> None:
    @settings(max_examples=60, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def changed(data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(FILES))
        before = (pack / name).read_bytes()
        place = data.draw(st.integers(0, len(before) - 1))
        bit = data.draw(st.integers(0, 7))
        (pack / name).write_bytes(before[:place] + bytes([before[place] ^ 1 << bit]) + before[place + 1 :])
        try:
            assert name in refused(pack)
        finally:
            (pack / name).write_bytes(before)

    changed()


def without(lines: list[bytes], place: int) -> list[bytes]:
    return lines[:place] + lines[place + 1 :]


def twice(lines: list[bytes], place: int) -> list[bytes]:
    return [*lines[: place + 1], *lines[place:]]


def swapped(lines: list[bytes], place: int) -> list[bytes]:
    return [*lines[:place], lines[place + 1], lines[place], *lines[place + 2 :]]


@pytest.mark.parametrize("name", ["events.jsonl", "headers.jsonl", "events.csv"])
@pytest.mark.parametrize("change", [without, twice, swapped])
def test_a_line_taken_doubled_or_moved_is_found_though_all_is_signed_again(
    name: str, change: Any, forger: Forger
) -> None:
    forger.write(name, change(forger.lines(name), 1))
    forger.sign()
    assert name in refused(forger.pack)


def test_a_matching_entry_cannot_be_left_out(forger: Forger) -> None:
    """With counts, places and rows adapted as well: the tree has one entry too few."""
    events, rows = forger.lines("events.jsonl"), forger.lines("events.csv")
    forger.write("events.jsonl", events[:-1])
    forger.write("events.csv", rows[:-1])
    forger.sign(counts=forger.counted(shown=-1))
    assert "should be there" in refused(forger.pack) or "counts" in refused(forger.pack)


def test_a_matching_entry_cannot_be_moved_to_those_left_out(forger: Forger) -> None:
    events, rows, headers = (forger.lines(name) for name in ("events.jsonl", "events.csv", "headers.jsonl"))
    hidden = json.loads(events[0])
    line = json.dumps(
        {"header": hidden["header"], "sequence": hidden["sequence"]},
        separators=(",", ":"),
        ensure_ascii=False,
    )
    moved = sorted([*headers, f"{line}\n".encode()], key=lambda each: json.loads(each)["sequence"])
    forger.write("events.jsonl", events[1:])
    forger.write("events.csv", without(rows, 1))
    forger.write("headers.jsonl", moved)
    forger.sign(counts=forger.counted(shown=-1, filtered=1))
    said = refused(forger.pack)
    assert f"headers.jsonl, entry {hidden['sequence']}: the filter asks for it" in said


def test_a_moved_entry_whose_header_is_adapted_is_not_in_the_tree(forger: Forger) -> None:
    """So that the filter leaves it out, its header would have to say another action."""
    headers = forger.lines("headers.jsonl")
    forged = headers[0].replace(b"done", b"none")
    assert forged != headers[0]
    forger.write("headers.jsonl", [forged, *headers[1:]])
    forger.sign()
    assert "isn't in the log that was signed" in refused(forger.pack)


def test_a_narrower_filter_than_was_ordered_is_found(forger: Forger) -> None:
    forger.sign(filter={"action": [Action.APP_CHANGED.value, Action.CHANNEL_CHANGED.value]})
    assert verified(forger.pack).returncode == 1


@pytest.mark.parametrize(
    "changed",
    [{"reason": "another one"}, {"personal": False}, {"id": "8f0f2f4e-0000-4000-8000-000000000001"}],
)
def test_what_was_ordered_cannot_be_told_otherwise(changed: dict[str, Any], forger: Forger) -> None:
    forger.sign(**changed)
    assert verified(forger.pack).returncode == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"content": '{"facts":{"number":9}}'},
        {"content": None, "disclosures": []},
        {"disclosures": []},
        {"disclosures": [{"name": "name", "salt": "AAAA", "value": "Rudi"}]},
        {"sequence": 9999},
    ],
    ids=["another content", "content gone", "value gone", "another salt", "another place"],
)
def test_an_entry_that_tells_something_else_is_named(changed: dict[str, Any], forger: Forger) -> None:
    sequence = entry_changed(forger, **changed)
    forger.sign()
    said = refused(forger.pack)
    assert f"entry {sequence}" in said or "should be there" in said


def test_a_value_that_somebody_else_is_said_to_have_given_is_named(forger: Forger) -> None:
    events = forger.lines("events.jsonl")
    entry = next(json.loads(line) for line in events if json.loads(line)["disclosures"])
    disclosed = [{**entry["disclosures"][0], "value": "Somebody Else"}]
    sequence = entry_changed(forger, disclosures=disclosed)
    rows = [row.replace(b"Rudi", b"Somebody Else", 1) for row in forger.lines("events.csv")]
    forger.write("events.csv", rows)
    forger.sign()
    assert f"entry {sequence}" in refused(forger.pack)


@pytest.mark.parametrize("which", ["entries", "previous", "order"])
@pytest.mark.parametrize("side", ["left", "right"])
def test_no_hash_of_a_proof_can_be_another(which: str, side: str, forger: Forger) -> None:
    proof = json.loads((forger.pack / "proof.json").read_bytes())
    proof[which][side][0] = "A" * 43 + "="
    (forger.pack / "proof.json").write_text(json.dumps(proof))
    forger.sign()
    refused(forger.pack)


def test_a_past_that_is_left_out_though_the_manifest_has_it_is_missed(forger: Forger) -> None:
    proof = json.loads((forger.pack / "proof.json").read_bytes())
    (forger.pack / "proof.json").write_text(json.dumps({**proof, "previous": None}))
    forger.sign()
    assert "previous" in refused(forger.pack)


def test_a_checkpoint_of_another_key_is_refused(forger: Forger) -> None:
    stranger = SoftwareSigner()
    body = (forger.pack / "checkpoint.txt").read_text().split("\n\n")[0] + "\n"
    note = (forger.pack / "checkpoint.txt").read_text()
    signature = stranger.sign(body.encode())[1]
    head, _, encoded = note.rstrip("\n").rpartition(" ")
    key_id = base64.b64decode(encoded)[:4]
    (forger.pack / "checkpoint.txt").write_text(f"{head} {base64.b64encode(key_id + signature).decode()}\n")
    forger.sign()
    assert "checkpoint.txt: the signature doesn't hold" in refused(forger.pack)


def test_a_pack_signed_by_a_key_of_its_own_is_refused(forger: Forger) -> None:
    stranger = Forger(forger.pack, SoftwareSigner())
    stranger.sign()
    assert "manifest.json" in refused(stranger.pack)


def test_two_packs_cannot_be_mixed(orla: User, pack: Path, tmp_path: Path) -> None:
    other = unpacked(made(orla, wish_of()), tmp_path)
    shutil.copy(other / "events.jsonl", pack / "events.jsonl")
    assert "events.jsonl" in refused(pack)
