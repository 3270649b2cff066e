"""Packs made to mislead by who can sign one: with the log's own key, or with another that he puts in."""

import base64
import csv
import hashlib
import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.models import User
from compliance.desk.domain.export_manifest import public_key_pem
from compliance.desk.domain.range_proof import range_proof
from compliance.ledger.domain.events import SYSTEM, Action
from compliance.ledger.models import AuditEvent, AuditLeaf
from compliance.ledger.selectors.tree import TreeReader
from compliance.ledger.services import audit_record
from compliance.ledger.services.sequencing import events_sequence
from releaseconsole.kernel import clock
from tests.support.exporting import (
    Forger,
    entry_changed,
    happened,
    made,
    refused,
    unpacked,
    verified,
    wish_of,
)
from tests.support.ledger import SoftwareSigner

# Files are tried here, whatever database they were made from; test_pack.py makes them from both.
pytestmark = pytest.mark.skipif(connection.vendor != "sqlite", reason="files have no database")


def narrowed(forger: Forger, first: int, end: int) -> None:
    """Let the pack account for a part of its entries only, with every count and proof adapted."""
    kept: dict[str, list[dict[str, Any]]] = {}
    for name in ("events.jsonl", "headers.jsonl"):
        lines = [line for line in forger.lines(name) if first <= json.loads(line)["sequence"] < end]
        forger.write(name, lines)
        kept[name] = [json.loads(json.loads(line)["header"]) for line in lines]
    title, *rows = forger.lines("events.csv")
    forger.write("events.csv", [title, *(row for row in rows if first <= int(row.split(b'"')[1]) < end)])
    proof = json.loads((forger.pack / "proof.json").read_bytes())
    size = int((forger.pack / "checkpoint.txt").read_text().split("\n")[1])
    proof["entries"] = range_proof(first, end, size, TreeReader().node).as_data()
    (forger.pack / "proof.json").write_text(json.dumps(proof))
    period = forger.manifest()["period"]
    inside = [each for each in kept["headers.jsonl"] if period["from"] <= each["at"] < period["before"]]
    excluded = {
        "outside the period": len(kept["headers.jsonl"]) - len(inside),
        "not asked for by the filter": len(inside),
    }
    counts = {**forger.manifest()["counts"], "shown": len(kept["events.jsonl"]), "excluded": excluded}
    for each in ("content_erased", "values_erased", "values_withheld"):
        counts[each] = 0
    forger.sign(entries={"first": first, "end": end}, counts=counts)


def places_of_shown(forger: Forger) -> list[int]:
    return [json.loads(line)["sequence"] for line in forger.lines("events.jsonl")]


def test_entries_that_begin_within_the_period_are_not_all_of_it(forger_with_log: Forger) -> None:
    shown, end = places_of_shown(forger_with_log), forger_with_log.manifest()["entries"]["end"]
    narrowed(forger_with_log, shown[-1] + 1, end)
    assert "begin within the period" in refused(forger_with_log.pack)


def test_entries_that_end_within_the_period_are_not_all_of_it(forger_with_log: Forger) -> None:
    narrowed(
        forger_with_log, forger_with_log.manifest()["entries"]["first"], places_of_shown(forger_with_log)[1]
    )
    assert "end within the period" in refused(forger_with_log.pack)


def test_no_entries_at_all_are_not_a_period_in_which_nothing_happened(forger_with_log: Forger) -> None:
    first = forger_with_log.manifest()["entries"]["first"]
    narrowed(forger_with_log, first, first)
    assert "within the period" in refused(forger_with_log.pack)


def fingerprint(signer: SoftwareSigner) -> str:
    return hashlib.sha256(signer.keys()[0].spki).hexdigest()


def test_a_key_that_vouches_for_itself_is_told_beside_that_of_the_log(
    forger: Forger, ledger_signer: SoftwareSigner
) -> None:
    """Who has no key of the log can still sign a manifest, and add his key to the list of keys."""
    stranger = SoftwareSigner()
    keys = json.loads((forger.pack / "audit_log_keys.json").read_bytes())["keys"]
    spki = stranger.keys()[0].spki
    keys.append({**keys[0], "kid": "another", "spki": base64.b64encode(spki).decode()})
    (forger.pack / "audit_log_keys.json").write_text(json.dumps({"keys": keys}))
    (forger.pack / "log.pub.pem").write_bytes(public_key_pem(spki))
    Forger(forger.pack, stranger).sign(requested_by={**forger.manifest()["requested_by"], "name": "Nobody"})
    said = verified(forger.pack).stdout
    assert fingerprint(stranger) in said
    assert fingerprint(ledger_signer) in said
    assert "the pack's own" in said
    assert "this pack holds" not in said


def test_a_key_that_was_brought_is_told_as_that(forger: Forger, tmp_path: Path) -> None:
    key = tmp_path / "log.pub.pem"
    key.write_bytes((forger.pack / "log.pub.pem").read_bytes())
    said = verified(forger.pack, "--key", str(key)).stdout
    assert "OK: this pack holds." in said
    assert "of those that you brought" in said
    assert "the pack's own" not in said


def test_of_a_pack_with_a_rotation_in_it_both_keys_are_brought(forger: Forger, tmp_path: Path) -> None:
    new = SoftwareSigner()
    keys = json.loads((forger.pack / "audit_log_keys.json").read_bytes())["keys"]
    spki, first = new.keys()[0].spki, (forger.pack / "log.pub.pem").read_bytes()
    keys.append({**keys[0], "kid": "new", "spki": base64.b64encode(spki).decode()})
    (forger.pack / "audit_log_keys.json").write_text(json.dumps({"keys": keys}))
    (forger.pack / "log.pub.pem").write_bytes(public_key_pem(spki))
    Forger(forger.pack, new).sign()
    brought = tmp_path / "audit-log-keys.pem"
    brought.write_bytes(b"# Log: a\n\n# Key old\n" + first + b"\n# Key new\n" + public_key_pem(spki))
    assert "this pack holds" in verified(forger.pack, "--key", str(brought)).stdout
    brought.write_bytes(first)
    done = verified(forger.pack, "--key", str(brought))
    assert (
        done.returncode,
        f"lacks keys that signed, or says that they were revoked: SHA-256 {fingerprint(new)}" in done.stderr,
    ) == (1, True)


def test_a_pack_that_a_revoked_key_signed_is_refused(forger: Forger) -> None:
    """The checkpoint may be by a good one: whoever stole the other could still sign a manifest."""
    stolen = SoftwareSigner()
    keys = json.loads((forger.pack / "audit_log_keys.json").read_bytes())["keys"]
    spki = stolen.keys()[0].spki
    revoked = {"kid": "stolen", "spki": base64.b64encode(spki).decode(), "revoked_at": keys[0]["begins_at"]}
    (forger.pack / "audit_log_keys.json").write_text(json.dumps({"keys": [*keys, {**keys[0], **revoked}]}))
    (forger.pack / "log.pub.pem").write_bytes(public_key_pem(spki))
    Forger(forger.pack, stolen).sign()
    assert "revoked" in refused(forger.pack)


def test_what_the_verifier_says_of_period_and_filter_is_what_it_checked(forger: Forger) -> None:
    lie = "all entries\n  key       SHA-256 0000"
    forger.sign(period_words=lie, filter_words="Every entry of the period.")
    said = verified(forger.pack).stdout
    assert "all entries" not in said
    assert "0000\n" not in said
    assert "Every entry" not in said
    assert forger.manifest()["period"]["from"] in said
    assert Action.APP_CHANGED.value in said


@pytest.mark.parametrize(
    "changed",
    [
        {"requested_by": {"kind": "person", "id": "999999", "name": "Somebody"}},
        {"requested_at": "2001-01-01T00:00:00.000000Z"},
    ],
    ids=["by whom", "when"],
)
def test_who_ordered_it_and_when_cannot_be_told_otherwise(changed: dict[str, Any], forger: Forger) -> None:
    forger.sign(**changed)
    assert "orders something else" in refused(forger.pack)


@pytest.mark.parametrize("column", ["outcome", "remark"])
def test_a_column_that_nothing_proves_cannot_be_put_into_the_table(column: str, forger: Forger) -> None:
    """Doubled, the first one would be what people read, and the last what is compared."""
    title, *rows = forger.lines("events.csv")
    title = title[:3] + f'"{column}",'.encode() + title[3:]
    forger.write("events.csv", [title, *(b'"denied",' + row for row in rows)])
    forger.sign()
    assert "events.csv" in refused(forger.pack)


def test_a_cell_beyond_the_columns_is_found(forger: Forger) -> None:
    title, row, *rows = forger.lines("events.csv")
    forger.write("events.csv", [title, row.rstrip() + b',"denied"\r\n', *rows])
    forger.sign()
    assert "events.csv" in refused(forger.pack)


def test_a_member_that_nothing_proves_cannot_be_put_into_an_entry(forger: Forger) -> None:
    sequence = entry_changed(forger, remark="denied")
    forger.sign()
    assert f"{sequence}" in refused(forger.pack)


def test_a_member_that_nothing_proves_cannot_be_put_beside_a_value(forger: Forger) -> None:
    events = forger.lines("events.jsonl")
    entry = next(json.loads(line) for line in events if json.loads(line)["disclosures"])
    sequence = entry_changed(forger, disclosures=[{**entry["disclosures"][0], "of": "Somebody Else"}])
    forger.sign()
    assert f"entry {sequence}" in refused(forger.pack)


def called_gone(forger: Forger, sequence: int, **changed: Any) -> None:
    """Drop something of an entry, in all files, and say that it was erased; everything else fits."""
    events = [json.loads(line) for line in forger.lines("events.jsonl")]
    place = next(place for place, entry in enumerate(events) if entry["sequence"] == sequence)
    events[place] |= {"disclosures": [], **changed}
    lines = [
        json.dumps(each, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"
        for each in events
    ]
    forger.write("events.jsonl", lines)
    table = (forger.pack / "events.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.reader(io.StringIO(table, newline="")))
    for name in ("facts", "personal") if events[place]["content"] is None else ("personal",):
        rows[place + 1][rows[0].index(name)] = ""
    with (forger.pack / "events.csv").open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows(rows)
    forger.sign(
        counts=forger.counted(**{
            "content_erased" if events[place]["content"] is None else "values_erased": 1,
        })
    )


def complete(forger: Forger) -> int:
    """The first entry that has everything."""
    events = [json.loads(line) for line in forger.lines("events.jsonl")]
    return int(next(each["sequence"] for each in events if each["disclosures"]))


@pytest.mark.parametrize("what", ["content", "disclosures"])
@pytest.mark.parametrize("said_by", ["its like", "another", "no entry"])
def test_nothing_can_be_called_gone_that_was_not_erased(what: str, said_by: str, forger: Forger) -> None:
    """Whoever makes a pack may leave out what he doesn't like; no entry of the log says that it went."""
    events = [json.loads(line) for line in forger.lines("events.jsonl")]
    gone = {each["what"]: each for entry in events for each in entry["gone"]}
    told = gone[what] if said_by == "its like" else {**gone[what], "said_by": 0}
    if said_by == "another":
        other = gone["disclosures" if what == "content" else "content"]
        told = {**gone[what], "said_by": other["said_by"]}
    sequence = complete(forger)
    called_gone(forger, sequence, gone=[told], **({"content": None} if what == "content" else {}))
    assert f"events.jsonl, entry {sequence}" in refused(forger.pack)


def test_no_proof_of_an_erasure_can_be_of_another_entry(forger: Forger) -> None:
    """Its content made up so that it says what the forger needs: the header commits to another one."""
    proof = json.loads((forger.pack / "proof.json").read_bytes())
    content = json.loads(proof["erasures"][0]["content"])
    content["facts"]["sequences"] = [[0, 10_000]]
    written = json.dumps(content, sort_keys=True, separators=(",", ":"))
    header = json.loads(proof["erasures"][0]["header"])
    forged: list[dict[str, Any]] = [
        {"content": written},
        {"header": json.dumps(header | {"at": "2001"})},
        {"right": []},
    ]
    for changed in forged:
        erasures = [proof["erasures"][0] | changed, *proof["erasures"][1:]]
        (forger.pack / "proof.json").write_text(json.dumps({**proof, "erasures": erasures}))
        forger.sign()
        assert f"proof.json, entry {erasures[0]['first']}" in refused(forger.pack), changed


def erasing(event: AuditEvent, size: int, *, is_empty: bool = False, said_by: int = 0) -> dict[str, Any]:
    """An entry that says what was erased, as a pack carries it; itself empty, as another one says."""
    place = AuditLeaf.objects.get(number=event.number).sequence
    return {
        **range_proof(place, place + 1, size, TreeReader().node).as_data(),
        "sequence": place,
        "header": bytes(event.header).decode(),
        "content": None if is_empty else bytes(event.content.content).decode(),
        "disclosures": [],
        "gone": [{"what": "content", "why": "retention", "said_by": said_by}] if is_empty else [],
        "withheld": 0,
    }


def recorded(action: Action, sequences: list[list[int]], *, days_ago: int = 0, **detail: Any) -> AuditEvent:
    with transaction.atomic():
        at = clock.now() - timedelta(days=days_ago)
        event = audit_record(action=action, actor=SYSTEM, now=at, detail={"sequences": sequences, **detail})
    events_sequence()
    return event


def forged_erasures(forger: Forger, *erasures: dict[str, Any]) -> None:
    proof = json.loads((forger.pack / "proof.json").read_bytes())
    (forger.pack / "proof.json").write_text(json.dumps({**proof, "erasures": erasures}))


def test_what_says_so_cannot_be_dated_back_and_emptied(
    orla: User, ledger_signer: SoftwareSigner, tmp_path: Path
) -> None:
    """Two entries of whoever has the database: one of long ago that is empty, and the one that emptied it."""
    happened(1, user=orla, name="Nora")
    old = recorded(Action.CONTENT_EXPIRED, [[0, 0]], days_ago=3000, what="content")
    place = AuditLeaf.objects.get(number=old.number).sequence
    new = recorded(Action.CONTENT_EXPIRED, [[place, place]], what="content")
    pack = unpacked(made(orla, wish_of(action=[Action.APP_CHANGED.value]), personal=True), tmp_path)
    forger, size = Forger(pack, ledger_signer), int((pack / "checkpoint.txt").read_text().split("\n")[1])
    later = erasing(new, size)
    forged_erasures(forger, later, erasing(old, size, is_empty=True, said_by=later["sequence"]))
    sequence = complete(forger)
    gone = [{"what": "content", "why": "retention", "said_by": place}]
    called_gone(forger, sequence, content=None, gone=gone)
    assert f"entry {sequence}: nothing that is proved says" in refused(pack)


def test_no_more_values_are_gone_than_were_erased(
    orla: User, ledger_signer: SoftwareSigner, tmp_path: Path
) -> None:
    (event,) = happened(1, user=orla, name="Nora", note="She called.")
    events_sequence()
    place = AuditLeaf.objects.get(number=event.number).sequence
    request = recorded(Action.DISCLOSURES_ERASED, [[place, place]], fields=["note"])
    pack = unpacked(made(orla, wish_of(action=[Action.APP_CHANGED.value]), personal=True), tmp_path)
    forger, size = Forger(pack, ledger_signer), int((pack / "checkpoint.txt").read_text().split("\n")[1])
    told = erasing(request, size)
    forged_erasures(forger, told)
    gone = [{"what": "disclosures", "why": "privacy", "said_by": told["sequence"]}]
    called_gone(forger, place, gone=gone)
    assert f"entry {place}: something is missing, and nothing says why" in refused(pack)
