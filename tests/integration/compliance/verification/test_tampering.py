"""Whatever somebody changes in the database with its triggers off, `audit_verify` says so and where."""

import hashlib
import json
from collections.abc import Callable
from io import StringIO
from typing import Any, Final

import pytest
from django.core.management import call_command
from django.db import connection

from compliance.ledger.backends.signer import CheckpointKey
from compliance.ledger.domain.checkpoints import Checkpoint, NoteKey, note_compose
from compliance.ledger.domain.merkle import leaf_hash
from compliance.ledger.errors import WitnessError
from compliance.ledger.models import (
    AuditCheckpoint,
    AuditContent,
    AuditDisclosure,
    AuditEpoch,
    AuditErasure,
    AuditEvent,
    AuditLeaf,
    AuditTile,
)
from compliance.ledger.services.checkpoints import checkpoint_take
from releaseconsole.kernel import clock
from tests.support.ledger import SoftwareSigner
from tests.support.tampering import changed, record, signed_log, tampered

COUNT: Final = 300
BAD: Final = 7
LATER: Final = "2031-01-01 00:00:00+00:00"

Change = tuple[str, Any, int | None]


def verified(*arguments: str) -> tuple[int, dict[str, Any]]:
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("audit_verify", "--json", *arguments, stdout=out, stderr=out)
    assert isinstance(ended.value.code, int)
    return ended.value.code, json.loads(out.getvalue())


@pytest.fixture
def numbers(db: None) -> list[int]:
    numbers = signed_log(COUNT)
    code, report = verified()
    assert (code, report["findings"], report["unchecked"]) == (0, [], [])
    return numbers


# Column, what is put there, and the entry that has to be named.
EVENT: Final[list[Change]] = [
    ("number", 900_000, BAD),
    ("header", b'{"v":1}', BAD),
    ("leaf_hash", b"\x00" * 32, BAD),
    ("at", LATER, BAD),
    ("action", "accounts:role:grant", BAD),
    ("outcome", "failed", BAD),
    ("actor_kind", "person", BAD),
    ("actor_id", "12", BAD),
    ("app_id", "com.example.b", BAD),
    ("object_type", "channel", BAD),
    ("object_id", "b", BAD),
]
CONTENT: Final[list[Change]] = [("event_id", 900_000, BAD), ("content", b'{"facts":{"n":8}}', BAD)]
DISCLOSURE: Final[list[Change]] = [
    ("event_id", 900_000, BAD),
    ("name", "reason", BAD),
    ("salt", "another", BAD),
    ("value", '"else"', BAD),
]
LEAF: Final[list[Change]] = [
    ("sequence", 900_000, BAD),
    ("number", 900_000, BAD),
    ("leaf_hash", b"\x00" * 32, BAD),
]
TILE: Final[list[Change]] = [
    ("level", 3, 0),
    ("index", 9, 0),
    ("data", b"\x00" * 8192, 0),
    ("root", b"\x00" * 32, 0),
]
CHECKPOINT: Final[list[Change]] = [
    ("origin", "another.example", 149),
    ("size", 151, 150),
    ("root", b"\x00" * 32, 149),
    ("note", "nonsense", 149),
    ("signed_at", LATER, 299),
    ("kid", "another", 149),
]
EPOCH: Final[list[Change]] = [
    ("origin", "another.example", 149),
    ("began_at", LATER, 149),
    ("began_size", 200, 149),
]
ERASURE: Final[list[Change]] = [
    ("first", -1, None),
    ("last", 900_000, None),
    ("disclosures_only", False, None),
    ("name", "ip", None),
    ("kind", "retention", None),
    ("tombstone_id", 2, None),
]


def each_is_noticed(table: str, changes: list[Change], where: str, *params: Any) -> None:
    for column, value, place in changes:
        with tampered(changed(table, column, value, where, *params)):
            code, report = verified()
        said = f"{table}.{column}: {report['findings']}"
        assert code == 1, said
        assert report["findings_total"] >= 1, said
        if place is not None:
            assert report["first_bad_sequence"] == place, said
            assert any(finding["sequence"] == place for finding in report["findings"]), said


def test_a_change_of_any_column_is_noticed_and_named_where_it_has_a_place(numbers: list[int]) -> None:
    """In one test, since each change is taken back and the log takes its time to be made."""
    each_is_noticed("auditevent", EVENT, "number = %s", numbers[BAD])
    each_is_noticed("auditcontent", CONTENT, "event_id = %s", numbers[BAD])
    each_is_noticed("auditdisclosure", DISCLOSURE, "event_id = %s", numbers[BAD])
    each_is_noticed("auditleaf", LEAF, "sequence = %s", BAD)
    each_is_noticed("audittile", TILE, "level = 0")
    each_is_noticed("auditcheckpoint", CHECKPOINT, "size = 150")
    each_is_noticed("auditepoch", EPOCH, "began_size = 0")
    each_is_noticed("auditerasure", ERASURE, "first = %s", numbers[3])


@pytest.mark.parametrize(
    ("model", "tried"),
    [
        (AuditEvent, EVENT),
        (AuditContent, CONTENT),
        (AuditDisclosure, [*DISCLOSURE, ("id", 0, 0)]),
        (AuditLeaf, LEAF),
        (AuditTile, [*TILE, ("id", 0, 0)]),
        (AuditCheckpoint, [*CHECKPOINT, ("id", 0, 0)]),
        (AuditEpoch, [*EPOCH, ("id", 0, 0)]),
        (AuditErasure, [*ERASURE, ("id", 0, 0)]),
    ],
)
def test_every_column_is_tried(model: Any, tried: list[Change]) -> None:
    """Surrogate ids are only ever compared with each other: nothing refers to them, they say nothing."""
    assert {field.column for field in model._meta.concrete_fields} == {column for column, _, _ in tried}


def test_each_bit_of_a_header_counts(numbers: list[int]) -> None:
    header = bytes(AuditEvent.objects.get(pk=numbers[BAD]).header)
    for place in range(0, len(header), 37):
        flipped = header[:place] + bytes([header[place] ^ 1]) + header[place + 1 :]
        with tampered(changed("auditevent", "header", flipped, "number = %s", numbers[BAD])):
            code, report = verified()
        assert (code, report["first_bad_sequence"]) == (1, BAD)


def test_a_row_that_is_gone_is_named(numbers: list[int]) -> None:
    columns = {"event": "number", "content": "event_id", "disclosure": "event_id", "leaf": "number"}
    for table, column in columns.items():
        with tampered((f"DELETE FROM ledger_audit{table} WHERE {column} = %s", [numbers[BAD]])):  # noqa: S608 (our own names)
            code, report = verified()
        assert (table, code, report["first_bad_sequence"]) == (table, 1, BAD)


def test_a_table_that_is_emptied_is_noticed(numbers: list[int]) -> None:
    for table in ("audittile", "auditepoch", "auditerasure"):
        with tampered((f"DELETE FROM ledger_{table}", [])):  # noqa: S608 (our own names)
            assert (table, verified()[0]) == (table, 1)


def test_checkpoints_that_were_taken_away_leave_something_unchecked(numbers: list[int]) -> None:
    with tampered(("DELETE FROM ledger_auditcheckpoint WHERE size > 150", [])):
        code, report = verified()
    assert code == 2
    assert (
        "The signer remembers 300 entries, but no checkpoint of so many is stored" in report["unchecked"][0]
    )


def test_two_leaves_that_were_swapped_are_named(numbers: list[int]) -> None:
    with tampered(
        changed("auditleaf", "number", -1, "sequence = 8"),
        changed("auditleaf", "number", numbers[8], "sequence = 7"),
        changed("auditleaf", "number", numbers[7], "sequence = 8"),
    ):
        code, report = verified()
    assert (code, report["first_bad_sequence"]) == (1, 7)


def rewritten(number: int, header: bytes) -> list[tuple[str, list[Any]]]:
    """Everything that belongs to an event changed so that it fits together again, but what is signed."""
    leaf = leaf_hash(header)
    told = json.loads(header)
    return [
        changed("auditevent", "header", header, "number = %s", number),
        changed("auditevent", "leaf_hash", leaf, "number = %s", number),
        changed("auditevent", "actor_id", told["actor"]["id"], "number = %s", number),
        changed("auditleaf", "leaf_hash", leaf, "number = %s", number),
    ]


def test_an_event_rewritten_in_every_table_is_named_by_its_tile(numbers: list[int]) -> None:
    header = bytes(AuditEvent.objects.get(pk=numbers[BAD]).header).replace(b'"id":""', b'"id":"9"', 1)
    with tampered(*rewritten(numbers[BAD], header)):
        code, report = verified()
    assert (code, report["first_bad_sequence"]) == (1, BAD)
    assert "Tile 0/0 differs from the entries below." in [each["said"] for each in report["findings"]]


def test_the_end_of_the_log_rewritten_with_its_tree_is_noticed_by_what_was_signed(numbers: list[int]) -> None:
    place = COUNT - 2  # in no full tile
    header = bytes(AuditEvent.objects.get(pk=numbers[place]).header).replace(b'"id":""', b'"id":"9"', 1)
    with tampered(*rewritten(numbers[place], header)):
        code, report = verified()
    assert (code, report["first_bad_sequence"]) == (1, 150)
    assert "what differs is among entries 150 to 299" in report["findings"][0]["said"]


def test_an_event_put_in_with_an_edited_tree_is_noticed(numbers: list[int]) -> None:
    with tampered():
        forged = record()[0]
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM ledger_auditpending")
            cursor.execute(
                "DELETE FROM ledger_auditleaf WHERE number IN (%s, %s)", [forged.number, numbers[-1]]
            )
            last = AuditEvent.objects.get(pk=numbers[-1])
            for place, event in enumerate((forged, last), start=COUNT - 1):
                cursor.execute(
                    "INSERT INTO ledger_auditleaf (sequence, number, leaf_hash) VALUES (%s, %s, %s)",
                    [place, event.number, bytes(event.leaf_hash)],
                )
        code, report = verified()
    assert (code, report["first_bad_sequence"]) == (1, 150)


def test_an_event_that_nobody_gave_a_place_is_noticed(numbers: list[int]) -> None:
    with tampered():
        forged = record()[0]
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM ledger_auditpending")
            cursor.execute("DELETE FROM ledger_auditleaf WHERE number = %s", [forged.number])
        code, report = verified()
    assert code == 1
    assert report["findings"][0]["said"] == f"Event {forged.number} has no place in the log."


def test_an_outbox_that_keeps_an_event_is_noticed(numbers: list[int]) -> None:
    with tampered(("INSERT INTO ledger_auditpending (number) VALUES (%s)", [numbers[BAD]])):
        code, report = verified()
    assert (code, report["first_bad_sequence"]) == (1, BAD)


def test_a_checkpoint_replaced_by_one_of_another_key_is_noticed(numbers: list[int]) -> None:
    forged = SoftwareSigner()
    row = AuditCheckpoint.objects.get(size=150)
    checkpoint = Checkpoint(row.origin, 150, hashlib.sha256(b"another log").digest())
    note = note_of(forged, checkpoint)
    with tampered(
        changed("auditcheckpoint", "note", note, "size = 150"),
        changed("auditcheckpoint", "root", checkpoint.root, "size = 150"),
    ):
        code, report = verified()
    assert code == 1
    assert "isn't signed as it has to be" in report["findings"][0]["said"]


def note_of(signer: SoftwareSigner, checkpoint: Checkpoint) -> str:
    key, signature = signer.sign(checkpoint.body().encode())
    assert isinstance(key, CheckpointKey)
    return note_compose(checkpoint, [(NoteKey(checkpoint.origin, key.spki), signature)])


def test_a_checkpoint_of_another_log_by_our_own_key_is_noticed(
    numbers: list[int], ledger_signer: SoftwareSigner
) -> None:
    row = AuditCheckpoint.objects.get(size=150)
    checkpoint = Checkpoint(row.origin, 150, hashlib.sha256(b"another log").digest())
    with tampered(
        changed("auditcheckpoint", "note", note_of(ledger_signer, checkpoint), "size = 150"),
        changed("auditcheckpoint", "root", checkpoint.root, "size = 150"),
    ):
        code, report = verified()
    assert code == 1
    assert report["findings"][0]["said"].startswith("The checkpoint of 150 entries isn't of this log")


def cut_to(size: int, numbers: list[int]) -> list[tuple[str, list[Any]]]:
    first = [numbers[size]]
    return [
        ("DELETE FROM ledger_auditerasure", []),
        ("DELETE FROM ledger_auditdisclosure WHERE event_id >= %s", first),
        ("DELETE FROM ledger_auditcontent WHERE event_id >= %s", first),
        ("DELETE FROM ledger_auditleaf WHERE number >= %s", first),
        ("DELETE FROM ledger_auditevent WHERE number >= %s", first),
        ("DELETE FROM ledger_audittile", []),
        ("DELETE FROM ledger_auditcheckpoint WHERE size > %s", [size]),
    ]


@pytest.mark.parametrize("grown", [0, 400], ids=["as it was", "and gone on with"])
def test_an_older_database_isn_t_signed_and_audit_verify_says_so(numbers: list[int], grown: int) -> None:
    """What a restore of a backup leaves, or somebody who cuts the end off."""
    with tampered(*cut_to(150, numbers)):
        # Entry 3 lost its value after that backup: it's back in a real one.
        code, report = verified()
        record(grown)
        with pytest.raises(WitnessError):
            checkpoint_take(now=clock.now())
        _, later = verified()
    said = [finding["said"] for finding in report["findings"]]
    assert code == 1
    assert "What the signer remembers is of 300 entries, and the log has 150: the rest is gone." in said
    by_witness = [finding for finding in later["findings"] if finding["check"] == "witness"]
    assert by_witness


@pytest.fixture
def kept(numbers: list[int], tmp_path: Any) -> Callable[[], str]:
    """An officer's copy of the first checkpoint."""
    file = tmp_path / "kept.note"
    file.write_text(AuditCheckpoint.objects.get(size=150).note)
    return lambda: str(file)


def test_a_kept_checkpoint_is_in_the_log(kept: Callable[[], str]) -> None:
    assert verified("--notes", kept())[0] == 0
    assert verified("--notes", kept(), "--since", "300")[0] == 0


def test_a_kept_checkpoint_of_another_log_is_told(
    kept: Callable[[], str], ledger_signer: SoftwareSigner, tmp_path: Any
) -> None:
    row = AuditCheckpoint.objects.get(size=150)
    other = tmp_path / "other.note"
    other.write_text(note_of(ledger_signer, Checkpoint(row.origin, 150, b"\x07" * 32)))
    for since in ((), ("--since", "300")):
        code, report = verified("--notes", kept(), str(other), *since)
        assert (code, report["findings_total"]) == (1, 1)
        assert str(other) in report["findings"][0]["said"]


def test_a_kept_checkpoint_that_is_not_signed_by_us_is_told(kept: Callable[[], str], tmp_path: Any) -> None:
    row = AuditCheckpoint.objects.get(size=150)
    forged = tmp_path / "forged.note"
    forged.write_text(note_of(SoftwareSigner(), Checkpoint(row.origin, 150, bytes(row.root))))
    code, report = verified("--notes", str(forged))
    assert code == 1
    assert "isn't signed by a key of this log" in report["findings"][0]["said"]


def test_since_trusts_what_was_before_and_finds_what_came_after(numbers: list[int]) -> None:
    with tampered(changed("auditevent", "app_id", "x", "number = %s", numbers[BAD])):
        assert verified("--since", "150")[0] == 0
    with tampered(changed("auditevent", "app_id", "x", "number = %s", numbers[200])):
        code, report = verified("--since", "150")
    assert (code, report["first_bad_sequence"], report["entries"]) == (1, 200, 150)


def test_since_notices_that_the_log_does_not_begin_as_it_was_trusted_to(numbers: list[int]) -> None:
    with tampered(changed("audittile", "data", b"\x00" * 8192, "level = 0")):
        code, report = verified("--since", "150")
    assert code == 1
    said = [finding["said"] for finding in report["findings"]]
    assert "The log doesn't begin with the 150 entries that were trusted." in said
