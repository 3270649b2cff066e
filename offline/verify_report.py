#!/usr/bin/env python3
"""Checks the rows of a report in an export pack of a Release Console, offline; first run verify.py.

One file: Python 3.9 or later with its standard library. verify.py shows that the files are those that were
signed, and that the entries of the log hold. This shows that the rows are counted rightly, that both tables
say the same, that the report is the one that was ordered, and that nobody chose the sample. It ends with
0: it holds, 1: it doesn't, and where, 2: it couldn't be checked.

    python3 -I verify_report.py [PACK]
"""

from __future__ import annotations

import argparse
import base64
import csv
import hashlib
import heapq
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

BEGINS = b"release-console report sample v1\n"
ROWS, ROWS_CSV = "report_rows.jsonl", "report_rows.csv"


class Refused(Exception):  # noqa: N818 (what this is about, in one word)
    """The report doesn't hold; the text says where."""


def need(holds: object, otherwise: str) -> None:
    if not holds:
        raise Refused(otherwise)


def root_of(pack: Path) -> bytes:
    """Read the root of the checkpoint; verify.py has checked who signed it."""
    return base64.b64decode((pack / "checkpoint.txt").read_text("utf-8").split("\n")[2], validate=True)


def order_check(pack: Path, manifest: Any) -> None:
    """Check that this is the report that was ordered; verify.py has checked that the order is on the log."""
    order = json.loads((pack / "proof.json").read_bytes())["order"]
    told = json.loads(order["content"])["facts"].get("report")
    need(told == manifest["report"], "manifest.json: another report was ordered than this")


def rows_of(pack: Path, columns: list[str]) -> Iterator[int]:
    """Go through both tables at once: the same cells, numbered from 1 without a gap."""
    lines = (pack / ROWS).open("rb")
    table = (pack / ROWS_CSV).open(encoding="utf-8-sig", newline="")
    with lines, table:
        rows = csv.reader(table)
        need(next(rows, None) == ["row", *columns], f"{ROWS_CSV}: its columns aren't those of the report")
        place = 0
        for place, line in enumerate(lines, 1):
            row, cells = json.loads(line), next(rows, [])
            where = f"{ROWS}, row {place}"
            need(row.get("row") == place and set(row) == {"row", *columns}, f"{where}: it isn't a row of it")
            told = ["" if row[name] is None else str(row[name]) for name in ("row", *columns)]
            # A leading apostrophe keeps a cell from being a formula, and is no part of it.
            pairs = zip(cells, told)  # noqa: B905 (Python 3.9 has no "strict")
            same = len(cells) == len(told) and all(cell in {value, f"'{value}"} for cell, value in pairs)
            need(same, f"{ROWS_CSV}: row {place} says something else than {ROWS}")
            yield place
        need(next(rows, None) is None, f"{ROWS_CSV}: it has more rows than {ROWS}")


def verify(pack: Path) -> str:
    manifest = json.loads((pack / "manifest.json").read_bytes())
    need("report_made" in manifest, "manifest.json: this pack has no report, only entries of the log")
    for name in (ROWS, ROWS_CSV):
        digest = hashlib.sha256((pack / name).read_bytes()).hexdigest()
        need(digest == manifest["files"][name]["sha256"], f"{name}: it isn't the file that was signed")
    order_check(pack, manifest)
    report, made, root = manifest["report"], manifest["report_made"], root_of(pack)
    begins, size = BEGINS + root + f"{report['id']}\n".encode(), report["sample"]
    count = 0
    kept: list[tuple[int, int]] = []  # rank, negated, and place: the greatest rank is the first to go
    for count in rows_of(pack, made["columns"]):
        rank = int.from_bytes(hashlib.sha256(begins + str(count).encode()).digest(), "big")
        heapq.heappush(kept, (-rank, count))
        if len(kept) > size:
            heapq.heappop(kept)
    counts, sample = made["counts"], sorted(place for _, place in kept)
    adds_up = counts["found"] == counts["shown"] + sum(counts["excluded"].values())
    need(counts["shown"] == count and adds_up, "manifest.json: its counts aren't those of the rows")
    need(sample == made["sample"]["rows"], "manifest.json: its sample isn't the one that the root chooses")
    earlier = made["sample"]["earlier"]
    need(made["sample"]["draw"] == (len(earlier) + 1 if size else 0), "manifest.json: it miscounts its draws")
    before = ", ".join(each["export"] for each in earlier)
    if made["basis"] == "entries":
        need(
            count == manifest["counts"]["shown"],
            f"{ROWS}: it hasn't one row for each entry of the filter",
        )
    return f"""OK: the rows of report {json.dumps(report["id"])} are counted and sampled rightly.
  filters   {json.dumps(report["filters"])}
  rows      {count}; left out: {json.dumps(counts["excluded"])}
  sample    {sample}
  draw      {made["sample"]["draw"]} of these rows; earlier packs: {before or "none"}
  withheld  {json.dumps(made["withheld"])}
Whether rows of a state are true, nothing here shows: whoever signed the pack answers for it."""


def main() -> None:
    parser = argparse.ArgumentParser(description="Check the rows of a report in an export pack, offline.")
    parser.add_argument("pack", nargs="?", type=Path, default=Path(__file__).resolve().parent)
    asked = parser.parse_args()
    csv.field_size_limit(1 << 30)
    try:
        print(verify(asked.pack))
    except Refused as error:
        sys.exit(f"FAILED: {error}.")
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, csv.Error) as error:
        sys.exit(f"FAILED: it's malformed ({type(error).__name__}: {error}).")
    except OSError as error:
        print(f"NOT CHECKED: {error}. Is the pack readable?", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
