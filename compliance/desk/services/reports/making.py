"""Writing the rows of a report into its pack, row by row; memory doesn't grow with their number.

`report_rows.jsonl` is the record, `report_rows.csv` the same for spreadsheets. Both are files of the pack, so
the signed manifest has their hashes. What came out (columns, counts, sample, policy) is in the manifest too.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from compliance.desk.domain.csv_format import csv_stream
from compliance.desk.domain.export_filter import EXCLUSIONS
from compliance.desk.domain.report_content import Counts, Exclusion
from compliance.desk.domain.report_layout import ROWS_PRINTED_AT_MOST
from compliance.desk.domain.reports.declaration import Basis, Row, cell_text
from compliance.desk.domain.reports.order import NOT_ASKED_FOR
from compliance.desk.domain.reports.sampling import SAMPLE_RULE, Sample
from compliance.desk.models import Export, ReportRun
from compliance.desk.selectors.draws import report_draw_data, report_draws_before
from compliance.desk.selectors.reports.policy import PolicyTold, policy_told
from compliance.desk.selectors.reports.rows import Scope, report_rows
from compliance.desk.services.export_pack import PackFolder, Written
from releaseconsole.kernel import clock
from releaseconsole.kernel.encoding import canonical_json

ROWS, ROWS_CSV = "report_rows.jsonl", "report_rows.csv"
_TICK_EVERY: Final = 200


@dataclass(slots=True, kw_only=True)
class ReportMade:
    """What is known once the rows are in their files.

    Attributes:
        run: Whose rows.
        policy: In force when they were read.
        counts: Found, shown, excluded.
        sample: What was chosen: place and whole row.
        earlier: Orders of a sample of the same rows, before this one.
        printed: The first rows, for paper.
        sha256: Of `report_rows.jsonl`.
    """

    run: ReportRun
    policy: PolicyTold
    counts: Counts = field(default_factory=lambda: Counts(found=0, shown=0))
    sample: list[tuple[int, Row]] = field(default_factory=list)
    earlier: list[ReportRun] = field(default_factory=list)
    printed: list[Row] = field(default_factory=list)
    sha256: str = ""

    @property
    def title(self) -> str:
        """What the pack is."""
        return f"Report {self.run.declared.id}: {self.run.declared.title}"

    @property
    def draw(self) -> int:
        """The how manieth draw of these rows it is; 0: none was asked for."""
        return len(self.earlier) + 1 if self.run.sample else 0

    def as_data(self) -> dict[str, Any]:
        """Write it for the manifest and the register."""
        kind, personal = self.run.declared, self.run.export.personal
        return {
            "question": kind.question,
            "serves": list(kind.serves),
            "limits": list(kind.limits),
            "basis": kind.basis.value,
            "columns": [column.name for column in kind.columns_shown(personal=personal)],
            "withheld": [] if personal else list(kind.withheld),
            "counts": {
                "found": self.counts.found,
                "shown": self.counts.shown,
                "excluded": {each.reason: each.count for each in self.counts.excluded},
            },
            "policy": self.policy.statement,
            "policy_exceptions": list(self.policy.exceptions),
            "sample": {
                "rule": SAMPLE_RULE,
                "rows": [place for place, _ in self.sample],
                "draw": self.draw,
                "earlier": [report_draw_data(each) for each in self.earlier],
            },
        }


def report_write(
    export: Export, folder: PackFolder, written: Written, *, tick: Callable[[], None]
) -> ReportMade | None:
    """Write the rows of the report that an export is the pack of.

    Args:
        export: With its checkpoint and the entries that it covers.
        folder: Where to.
        written: What is known of the entries.
        tick: Called again and again; what it raises ends this.

    Returns:
        What came out; None: the export is of entries alone.

    Raises:
        ExportUnsoundError: The log isn't what was signed.
        ValueError: Nobody said which entries.
    """
    run = ReportRun.objects.select_related("export").filter(export=export).first()
    if run is None:
        return None
    if export.checkpoint is None or export.first is None or export.end is None:
        raise ValueError("an export is scoped before its report is written")
    scope = Scope(
        wish=export.wish,
        first=export.first,
        end=export.end,
        filters=run.filters,
        personal=export.personal,
        now=clock.now(),
    )
    made = ReportMade(run=run, policy=policy_told(), earlier=report_draws_before(run))
    sample = Sample(root=bytes(export.checkpoint.root), report=run.kind, size=run.sample)
    left_out = _rows_write(made, report_rows(run.declared, scope), folder, sample, tick)
    made.sample, made.counts = sample.chosen(), _counts(made, left_out, written, export.end - export.first)
    made.sha256 = str(folder.files[ROWS]["sha256"])
    ReportRun.objects.filter(pk=run.pk).update(made=made.as_data())
    return made


def _rows_write(
    made: ReportMade,
    rows: Iterator[Row | None],
    folder: PackFolder,
    sample: Sample,
    tick: Callable[[], None],
) -> int:
    """Write what is asked for; returns how many rows aren't."""
    kind, personal = made.run.declared, made.run.export.personal
    names = [column.name for column in kind.columns_shown(personal=personal)]
    lines, table = folder.begin(ROWS), folder.begin(ROWS_CSV)
    for text in csv_stream(["row", *names], ()):
        table.write(text.encode())
    place = left_out = 0
    for row in rows:
        if row is None:
            left_out += 1
            continue
        place += 1
        cells = kind.cells_shown(row.cells, personal=personal)
        lines.write(canonical_json({"row": place, **dict(zip(names, cells, strict=True))}) + b"\n")
        for text in _csv_row([str(place), *map(cell_text, cells)]):
            table.write(text.encode())
        sample.offer(place, row)
        if place <= ROWS_PRINTED_AT_MOST:
            made.printed.append(row)
        if place % _TICK_EVERY == 0:
            tick()
    folder.files |= {ROWS: lines.close(), ROWS_CSV: table.close()}
    made.counts = Counts(found=place, shown=place)
    return left_out


def _csv_row(cells: Sequence[str]) -> list[str]:
    # After the byte order mark and the line of names that every table begins with.
    return list(csv_stream([""] * len(cells), [cells]))[2:]


def _counts(made: ReportMade, left_out: int, written: Written, covered: int) -> Counts:
    """Count what was looked at: rows of a state, or entries of the log as the pack proves them."""
    shown = made.counts.shown
    if made.run.declared.basis is Basis.STATE:
        excluded = (Exclusion(count=left_out, reason=NOT_ASKED_FOR),) if left_out else ()
        return Counts(found=shown + left_out, shown=shown, excluded=excluded)
    tally = written.tally
    gone = tuple(
        Exclusion(count=tally.excluded[why], reason=why) for why in EXCLUSIONS if tally.excluded[why]
    )
    return Counts(found=covered, shown=shown, excluded=gone)
