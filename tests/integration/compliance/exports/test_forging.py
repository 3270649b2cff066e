"""Packs made to mislead by who can sign one: with the log's own key, or with another that he puts in."""

import json
from typing import Any

from compliance.desk.domain.range_proof import range_proof
from compliance.ledger.selectors.tree import TreeReader
from tests.support.exporting import Forger, refused


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


def test_entries_that_begin_within_the_period_are_not_all_of_it(forger: Forger) -> None:
    shown, end = places_of_shown(forger), forger.manifest()["entries"]["end"]
    narrowed(forger, shown[-1] + 1, end)
    assert "begin within the period" in refused(forger.pack)


def test_entries_that_end_within_the_period_are_not_all_of_it(forger: Forger) -> None:
    narrowed(forger, forger.manifest()["entries"]["first"], places_of_shown(forger)[1])
    assert "end within the period" in refused(forger.pack)


def test_no_entries_at_all_are_not_a_period_in_which_nothing_happened(forger: Forger) -> None:
    first = forger.manifest()["entries"]["first"]
    narrowed(forger, first, first)
    assert "within the period" in refused(forger.pack)
