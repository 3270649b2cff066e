"""An entry as it's recorded has nothing wrong with it, whatever it says."""

import json
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from compliance.ledger.domain.canonical import EventFacts, content_compose, header_compose, time_written
from compliance.ledger.domain.entry_check import DisclosureRow, EntryRow, disclosures_check, entry_check
from compliance.ledger.domain.events import Actor, ActorKind
from compliance.ledger.domain.merkle import HASH_BYTES, leaf_hash
from compliance.ledger.domain.tile_stream import FullTile, TileStream
from compliance.ledger.domain.tiles import tile_root, tiles_filled
from compliance.ledger.domain.verification import Check, Findings

AT = datetime(2026, 11, 30, 4, 5, 6, 700, tzinfo=UTC)
TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]))


def row(said: EventFacts, content: bytes | None, header: bytes) -> EntryRow:
    leaf = leaf_hash(header)
    columns = (said.action, said.outcome, said.actor.kind.value, said.actor.id, said.app_id, *said.subject)
    return EntryRow(0, 1, leaf, header, leaf, time_written(said.at), *columns, content)


@given(id_=TEXT, app=TEXT, kind=TEXT, subject=TEXT, note=st.one_of(TEXT, st.integers(), st.lists(TEXT)))
def test_whatever_is_recorded_is_spelled_as_the_check_spells_it(
    id_: str, app: str, kind: str, subject: str, note: object
) -> None:
    content, disclosed = content_compose({"note": note, "n": 1}, salt=lambda: "s" * 22)
    said = EventFacts(AT, "a:b:c", "done", Actor(ActorKind.PERSON, id_), app, (kind, subject))
    found = entry_check(row(said, content, header_compose(said, content, event_id="e")))
    assert found.faults == ()
    rows = [DisclosureRow(1, each.name, each.salt, json.dumps(each.value)) for each in disclosed]
    assert disclosures_check(found.digests, rows, is_content_missing=False) == ([], 0)


def test_a_header_with_a_member_twice_is_told() -> None:
    content, _ = content_compose({}, salt=str)
    said = EventFacts(AT, "a:b:c", "done", Actor(ActorKind.SYSTEM), "", ("", ""))
    header = header_compose(said, content, event_id="e").replace(b'{"action"', b'{"action":"x","action"')
    (fault,) = entry_check(row(said, content, header)).faults
    assert fault.said == "its header isn't spelled as headers are"


def test_what_cannot_be_read_is_told() -> None:
    said = EventFacts(AT, "a:b:c", "done", Actor(ActorKind.SYSTEM), "", ("", ""))
    for header in (b"", b"{}", b"\xff", b"[]"):
        (fault,) = entry_check(row(said, None, header)).faults
        assert fault.said.startswith("it can't be read")


def test_a_value_that_outlives_its_content_is_told() -> None:
    (fault,), missing = disclosures_check((), [DisclosureRow(1, "note", "s", '"x"')], is_content_missing=True)
    assert (fault.check, missing) == (Check.DISCLOSURE, 0)


@given(st.lists(st.integers(min_value=0, max_value=700), max_size=4), st.integers(0, 1000))
def test_tiles_come_out_as_they_become_full_however_the_leaves_come_in(batches: list[int], size: int) -> None:
    leaves = [leaf_hash(str(n).encode()) for n in range(size + sum(batches))]

    def hashes(level: int, index: int) -> bytes:
        if level == 0:
            return b"".join(leaves[index * 256 : (index + 1) * 256])
        full = [tile_root(hashes(level - 1, each)) for each in range(size // 256**level)]
        return b"".join(full[index * 256 : (index + 1) * 256])

    stream, at = TileStream.resume(size, hashes), size
    tiles: list[FullTile] = []
    for batch in batches:
        tiles += stream.extend(leaves[at : at + batch])
        at += batch
    assert sorted((tile.level, tile.index) for tile in tiles) == sorted(tiles_filled(size, at))
    assert all(
        tile.data == b"".join(leaves[tile.first : tile.first + 256]) for tile in tiles if not tile.level
    )
    assert all(len(tile.data) == 256 * HASH_BYTES for tile in tiles)


def test_the_first_bad_entry_is_named_even_where_only_a_few_findings_are_kept() -> None:
    findings = Findings(2)
    for sequence in (9, 8, 7, 3):
        findings.add(Check.ENTRY, f"entry {sequence}", sequence)
    assert (findings.total, findings.first_bad) == (4, 3)
    assert [finding.sequence for finding in findings.listed()] == [3, 9]


def test_an_entry_that_is_named_outweighs_the_range_it_is_in() -> None:
    findings = Findings(9)
    findings.add(Check.CHECKPOINT, "somewhere", 0, 99)
    assert findings.first_bad == 0
    findings.add(Check.TILE, "here", 70)
    assert findings.first_bad == 70
    findings.add(Check.TILE, "and there", 200)
    assert findings.first_bad == 70


def test_a_range_before_every_entry_that_is_named_counts() -> None:
    findings = Findings(9)
    findings.add(Check.CHECKPOINT, "somewhere", 0, 99)
    findings.add(Check.TILE, "there", 200)
    assert findings.first_bad == 0
