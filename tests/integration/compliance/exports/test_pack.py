"""A pack says what the log says, and an auditor's own machine agrees."""

import csv
import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from accounts.models import User
from compliance.desk.domain.report_content import Report
from compliance.desk.models.exports import ExportState
from compliance.desk.services import export_closing
from compliance.ledger.domain.checkpoints import Checkpoint, NoteKey, note_compose
from compliance.ledger.domain.events import Action
from compliance.ledger.services.checkpoints import checkpoint_take
from compliance.ledger.services.retention import content_expire
from releaseconsole.kernel import clock
from releaseconsole.kernel.spreadsheets import cell_restore
from tests.support.exporting import (
    REASON,
    Forger,
    erased,
    happened,
    made,
    refused,
    unpacked,
    verified,
    wish_of,
)
from tests.support.ledger import SoftwareSigner
from tests.support.people import signed_in

NOON = datetime(2031, 6, 15, 12, tzinfo=UTC)  # after everybody was made
LATER = NOON + timedelta(days=30)
HOSTILE = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\ttab",
    "'quoted",
    "＝wide",  # noqa: RUF001 (meant)
    'a "quote",\r\nline',
    "{{7*7}}",
    "\u202egnp",
]


def lines(pack: Path, name: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in (pack / name).read_bytes().splitlines()]


def test_a_pack_of_the_whole_log_holds(orla: User, tmp_path: Path) -> None:
    happened(20, user=orla, reason="because")
    export = made(orla, wish_of(), personal=True)
    assert (export.state, export.failure) == (ExportState.READY, "")
    done = verified(unpacked(export, tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    assert f"shown     {export.counts['shown']};" in done.stdout
    assert export.counts["shown"] == export.entries_total


def test_the_program_in_the_pack_is_the_one_of_the_repository_and_runs_there(
    orla: User, tmp_path: Path
) -> None:
    pack = unpacked(made(orla, wish_of()), tmp_path)
    assert verified(pack, script=pack / "verify.py").returncode == 0


def test_a_filtered_pack_accounts_for_every_entry(orla: User, rita: User, tmp_path: Path) -> None:
    happened(5, user=orla)
    happened(7, user=rita, action=Action.CHANNEL_CHANGED)
    export = made(orla, wish_of(action=[Action.CHANNEL_CHANGED.value]))
    pack = unpacked(export, tmp_path)
    events, headers = lines(pack, "events.jsonl"), lines(pack, "headers.jsonl")
    assert len(events) == 7
    assert sorted(int(str(each["sequence"])) for each in events + headers) == list(
        range(export.entries_total)
    )
    assert all(each.keys() == {"sequence", "header"} for each in headers)
    assert verified(pack).returncode == 0


def test_a_period_comes_with_a_neighbour_on_each_side(orla: User, tmp_path: Path) -> None:
    for hour in range(6):
        with time_machine.travel(NOON + timedelta(hours=hour), tick=False):
            happened(3, user=orla)
    wish = wish_of(begins_at=NOON + timedelta(hours=2), ends_at=NOON + timedelta(hours=4))
    with time_machine.travel(LATER, tick=False):
        export = made(orla, wish)
    pack = unpacked(export, tmp_path)
    assert export.counts["shown"] == 6
    assert export.counts["excluded"]["outside the period"] == 2
    assert [each["sequence"] for each in lines(pack, "headers.jsonl")] == [
        export.first,
        (export.end or 0) - 1,
    ]
    assert verified(pack).returncode == 0


def test_a_period_without_entries_is_a_result_that_is_proved(orla: User, tmp_path: Path) -> None:
    with time_machine.travel(NOON, tick=False):
        happened(3, user=orla)
    with time_machine.travel(NOON + timedelta(days=9), tick=False):
        happened(3, user=orla)
    wish = wish_of(begins_at=NOON + timedelta(days=2), ends_at=NOON + timedelta(days=3))
    with time_machine.travel(LATER, tick=False):
        export = made(orla, wish)
    pack = unpacked(export, tmp_path)
    assert (export.counts["shown"], export.entries_total) == (0, 2)
    assert verified(pack).returncode == 0


def test_erased_entries_stay_proved(orla: User, tmp_path: Path) -> None:
    erased(happened(4, user=orla, name="Paula Person"), user=orla, disclosures_only=True)
    erased(happened(3, user=orla, name="Paula Person"), user=orla, disclosures_only=False)
    export = made(orla, wish_of(), personal=True)
    assert (export.state, export.failure) == (ExportState.READY, "")
    pack = unpacked(export, tmp_path)
    assert (export.counts["content_erased"], export.counts["values_erased"]) == (3, 4)
    assert verified(pack).returncode == 0
    assert not [path.name for path in pack.iterdir() if b"Paula" in path.read_bytes()]
    gone = [each["gone"] for each in lines(pack, "events.jsonl") if each["gone"]]
    assert {(each[0]["what"], each[0]["why"]) for each in gone} == {  # type: ignore[index]  # parsed JSON
        ("disclosures", "privacy"),
        ("content", "retention"),
    }


def test_after_six_years_what_says_so_is_erased_as_well_and_the_pack_holds(
    orla: User, tmp_path: Path
) -> None:
    erased(happened(2, user=orla, name="Paula Person"), user=orla, disclosures_only=False)
    checkpoint_take(now=clock.now())
    with time_machine.travel(clock.now() + timedelta(days=2193), tick=False):
        while content_expire(now=clock.now()):
            pass
        export = made(orla, wish_of(), personal=True)
    assert (export.state, export.failure) == (ExportState.READY, "")
    done = verified(unpacked(export, tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    assert "content of 6 and" in done.stdout


def test_without_being_asked_for_nothing_personal_is_in_the_entries(orla: User, tmp_path: Path) -> None:
    happened(2, user=orla, name="Paula Person")
    pack = unpacked(made(orla, wish_of()), tmp_path)
    told = b"".join((pack / name).read_bytes() for name in ("events.jsonl", "headers.jsonl", "events.csv"))
    assert b"Paula" not in told
    assert b"Orla" not in told
    assert verified(pack).returncode == 0


def test_the_table_comes_back_as_what_was_written(orla: User, tmp_path: Path) -> None:
    for name in HOSTILE:
        happened(1, user=orla, name=name)
    orla.name = '=HYPERLINK("http://evil")'
    orla.save()
    pack = unpacked(made(orla, wish_of(action=[Action.APP_CHANGED.value]), personal=True), tmp_path)
    assert verified(pack).returncode == 0
    with (pack / "events.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [json.loads(cell_restore(row["personal"]))["name"] for row in rows] == HOSTILE
    assert {row["who"] for row in rows} == {"'" + orla.name}


def test_the_next_pack_of_the_same_person_continues_the_last(orla: User, audra: User, tmp_path: Path) -> None:
    first = made(orla, wish_of())
    others = made(audra, wish_of())
    happened(9, user=orla)
    second = made(orla, wish_of())
    assert (first.previous, others.previous, second.previous) == (None, None, first.checkpoint)
    pack, kept = unpacked(second, tmp_path), unpacked(first, tmp_path) / "checkpoint.txt"
    assert verified(pack).returncode == 0
    assert verified(pack, "--checkpoint", str(kept)).returncode == 0
    strange = tmp_path / "strange.txt"
    strange.write_text(kept.read_text().replace(f"\n{kept.read_text().split()[1]}\n", "\n1\n", 1))
    refused = verified(pack, "--checkpoint", str(strange))
    assert (refused.returncode, "strange.txt" in refused.stderr) == (1, True)


def test_a_kept_checkpoint_is_proved_contradicted_or_not_checked(
    orla: User, audra: User, ledger_signer: SoftwareSigner, tmp_path: Path
) -> None:
    happened(3, user=orla)
    early = checkpoint_take(now=clock.now())
    happened(3, user=orla)
    whole, part = made(orla, wish_of()), made(audra, wish_of(begins_at=clock.now()))
    late = checkpoint_take(now=clock.now())
    assert early
    assert late
    assert whole.checkpoint
    key = NoteKey(early.origin, ledger_signer.keys()[0].spki)

    def forged(size: int, origin: str = early.origin) -> str:
        lie, by = Checkpoint(origin, size, bytes(32)), NoteKey(origin, key.spki)
        return note_compose(lie, [(by, ledger_signer.sign(lie.body().encode())[1])])

    ask = "ask the console for /api/v1/audit/consistency"
    for export, note, code, words in (
        (whole, early.note, 0, ""),  # among its entries
        (whole, late.note, 2, f"{ask}?from={whole.checkpoint.size}&to={late.size}"),
        (part, early.note, 2, f"{ask}?from={early.size}&to={part.checkpoint.size if part.checkpoint else 0}"),
        (whole, forged(early.size), 1, "its root is another"),
        (whole, forged(whole.checkpoint.size), 1, "its root is another"),
        (part, forged(early.size, "updates.example.org/log"), 1, "another log"),
    ):
        kept, pack = tmp_path / "kept.txt", tmp_path / str(export.pk)
        kept.write_text(note)
        done = verified(pack if pack.exists() else unpacked(export, tmp_path), "--checkpoint", str(kept))
        assert (done.returncode, words in done.stderr) == (code, True), (words, done)


def test_the_file_of_keys_that_the_console_gives_is_taken(orla: User, tmp_path: Path) -> None:
    pack, keys = unpacked(made(orla, wish_of()), tmp_path), tmp_path / "audit-log-keys.pem"
    keys.write_bytes(signed_in(orla).get("/console/compliance/log/keys/").content)
    assert verified(pack, "--key", str(keys)).returncode == 0
    keys.write_bytes(keys.read_bytes().replace(b"\n-----BEGIN", b"\n# REVOKED 2026-11-30\n-----BEGIN"))
    done = verified(pack, "--key", str(keys))
    assert (done.returncode, "says that they were revoked" in done.stderr) == (1, True)


def test_what_was_erased_is_not_called_withheld(
    orla: User, ledger_signer: SoftwareSigner, tmp_path: Path
) -> None:
    happened(3, user=orla, name="Nora")
    erased(happened(2, user=orla, name="Paula"), user=orla, disclosures_only=True)
    export = made(orla, wish_of(action=[Action.APP_CHANGED.value]))
    assert (export.counts["values_erased"], export.counts["values_withheld"]) == (2, 3)
    pack = unpacked(export, tmp_path)
    said = verified(pack).stdout
    assert "content of 0 and 2 values" in said
    assert "withheld  3 personal values beside those" in said
    forger = Forger(pack, ledger_signer)
    whole = forger.lines("events.jsonl")
    for place, true, claimed, words in (
        (0, b"1", b"0", "nothing says why"),
        (0, b"1", b"2", "withhold that much"),
        (-1, b"0", b"1", "nothing says why"),
    ):
        lines = [*whole]
        lines[place] = lines[place].replace(b'"withheld":' + true, b'"withheld":' + claimed)
        forger.write("events.jsonl", lines)
        forger.sign()
        assert words in refused(pack)


def test_the_readers_own_key_is_what_counts(orla: User, tmp_path: Path) -> None:
    pack = unpacked(made(orla, wish_of()), tmp_path)
    mine, other = tmp_path / "mine.pem", tmp_path / "other.pem"
    mine.write_bytes((pack / "log.pub.pem").read_bytes())
    other.write_bytes(mine.read_bytes()[:-40] + b"A" * 10 + mine.read_bytes()[-30:])
    assert verified(pack, "--key", str(mine)).returncode == 0
    assert verified(pack, "--key", str(other)).returncode == 1


def test_where_openssl_is_missing_nothing_is_said_to_hold(orla: User, tmp_path: Path) -> None:
    pack = unpacked(made(orla, wish_of()), tmp_path)
    done = verified(pack, path="/nowhere")
    assert (done.returncode, "NOT CHECKED" in done.stderr) == (2, True)


def test_the_manifest_says_what_was_asked_by_whom_and_why(orla: User, tmp_path: Path) -> None:
    export = made(orla, wish_of(outcome=["denied", "failed"]))
    manifest = json.loads((unpacked(export, tmp_path) / "manifest.json").read_bytes())
    assert manifest["reason"] == REASON
    assert manifest["requested_by"]["id"] == str(orla.pk)
    assert manifest["filter"] == {"outcome": ["denied", "failed"]}
    assert manifest["filter_words"] == "Entries of which how it ended is “denied” or “failed”."
    assert manifest["truncated"] is False


def test_the_pack_is_opened_only_once_its_making_is_under_a_checkpoint(orla: User) -> None:
    export = made(orla, wish_of())
    assert export.receipt.startswith("c2sp.org/tlog-proof@v1")
    latest = checkpoint_take(now=clock.now())
    assert latest is not None
    assert export.checkpoint is not None
    assert latest.size > export.checkpoint.size


def test_the_report_tells_like_entries_apart_and_times_to_the_second(
    orla: User, ledger_signer: SoftwareSigner, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_: list[Report] = []

    def report_pdf(report: Report) -> bytes:
        set_.append(report)
        return b"%PDF"

    monkeypatch.setattr(export_closing, "report_pdf", report_pdf)
    spki = ledger_signer.keys()[0].spki
    with time_machine.travel(NOON, tick=False):
        happened(1, user=orla, version="1.4.0", channel="production", name="Nora")
        made(orla, wish_of(actor__id=[str(orla.pk)], action=[Action.APP_CHANGED.value]))
    assert set_[0].log.key == hashlib.sha256(spki).hexdigest()
    assert any("1 that were not erased are withheld" in each for each in set_[0].limits)
    [row] = set_[0].tables[0].rows
    assert row[1:5] == [
        "2031-06-15 12:00:00",
        f"person {orla.pk}",
        "changed an app's settings: 1.4.0 on production",
        "done",
    ]
