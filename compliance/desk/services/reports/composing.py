"""The report on paper: what its declaration promises, what was found, and the first of it."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings

from compliance.desk.domain.export_manifest import VERIFY_COMMAND
from compliance.desk.domain.report_content import (
    Column,
    ColumnKind,
    DataFile,
    Figure,
    LogPosition,
    Report,
    SignOff,
    Table,
)
from compliance.desk.domain.reports.declaration import Basis, FilterKind, Row, cell_text
from compliance.desk.domain.reports.order import filters_words
from compliance.desk.domain.reports.sampling import SAMPLE_RULE
from compliance.desk.models import Export
from compliance.desk.selectors.draws import report_draw_data
from compliance.desk.selectors.reports.signing_off import is_only_signer, is_orderer
from compliance.desk.selectors.reports.times import time_cell
from compliance.desk.services.export_pack import Written
from compliance.desk.services.export_report import report_period
from compliance.desk.services.reports.making import ROWS, ReportMade
from compliance.ledger.domain.phrases import phrase
from compliance.ledger.models import AuditCheckpoint
from updates.models import App

_COUNSEL: Final = "Laws are named as pointers. Whether this is enough for one of them, confirm with counsel."
_EARLIER: Final = (
    Column(header="Pack", kind=ColumnKind.CODE),
    Column(header="Ordered", kind=ColumnKind.TIME),
    Column(header="Period"),
    Column(header="Filter"),
    Column(header="State"),
    Column(header="Rows drawn"),
)
_SAME_PERSON: Final = (
    "When this was made, nobody but who ordered it could sign reports off on this console: once it's signed"
    " off, it's ordered and signed by the same person."
)


def report_compose(export: Export, *, written: Written, made: ReportMade, key_sha256: str) -> Report:
    """Compose the report of which the rows are written.

    Args:
        export: In whose pack it is.
        written: What is known of the entries.
        made: What is known of the rows.
        key_sha256: Of the key that signed the checkpoint.

    Raises:
        ValueError: They aren't.
    """
    checkpoint, kind = export.checkpoint, made.run.declared
    if checkpoint is None or export.end is None or export.first is None:
        raise ValueError("a report is of an export that is written")
    return Report(
        id=str(export.pk),
        kind=kind.id,
        title=kind.title,
        about=f"{kind.question} Evidence for {'; '.join(kind.serves)}. Ordered for: {export.reason}",
        system=settings.PUBLIC_URL,
        tenant=urlsplit(settings.PUBLIC_URL).hostname or "",
        version=f"Release Console {settings.VERSION}",
        scope=_scope(made),
        period=report_period(export, checkpoint),
        filter=_filter(made),
        run_by=export.ordered_by.name,
        run_at=export.alive_at or export.ordered_at,
        policy=made.policy.words(),
        counts=made.counts,
        log=_position(export, checkpoint, key_sha256),
        data=DataFile(name=ROWS, sha256=made.sha256),
        verify=f"{VERIFY_COMMAND} && python3 -I verify_report.py",
        limits=_limits(export, made),
        figures=_figures(written, made),
        tables=_tables(export, made),
        sign_offs=(_prepared(export, made), SignOff(act="Reviewed"), SignOff(act="Approved")),
    )


def _position(export: Export, checkpoint: AuditCheckpoint, key_sha256: str) -> LogPosition:
    """Say where in the log it stands; without an entry it has neither a first nor a last one."""
    return LogPosition(
        first=None if export.last is None else export.first,
        last=export.last,
        size=checkpoint.size,
        root=bytes(checkpoint.root).hex(),
        key=key_sha256,
        checkpoint=checkpoint.note,
    )


def _figures(written: Written, made: ReportMade) -> tuple[Figure, ...]:
    return (
        Figure(value=f"{made.counts.shown:,}", label="rows"),
        Figure(value=f"{written.tally.shown:,}", label="entries of the log beside them"),
        Figure(value=f"{len(made.sample):,}", label="rows in the sample"),
    )


def _prepared(export: Export, made: ReportMade) -> SignOff:
    orderer = export.ordered_by
    name, roles = orderer.name, ", ".join(sorted(role.words for role in orderer.roles))
    if made.run.schedule_id is not None:
        name, roles = "By itself, as scheduled", ""
    return SignOff(act="Prepared", name=name, role=roles, at=export.ordered_at, proof=_order(export))


def _order(export: Export) -> str:
    return f"event {export.order_id} of the audit log, of which proof.json has the proof"


def _limits(export: Export, made: ReportMade) -> tuple[str, ...]:
    kind = made.run.declared
    own: tuple[str, ...] = (*kind.limits, _COUNSEL)
    if is_orderer(made.run, export.ordered_by) and is_only_signer(export.ordered_by):
        own = (*own, _SAME_PERSON)
    if export.personal or not kind.withheld:
        return own
    return (*own, f"Personal values were not asked for and are left out: {', '.join(kind.withheld)}.")


def _filter(made: ReportMade) -> str:
    rows, actions = filters_words(made.run.filters), made.run.declared.actions
    said = ", ".join(dict.fromkeys(phrase(action.value, "") for action in actions))
    what = "Rows are" if made.run.declared.basis is Basis.ENTRIES else "Beside them in the pack are"
    exact = "Their exact names are in manifest.json."
    return f"{rows} {what} entries of the log of these {len(actions)} kinds: {said}. {exact}"


def _scope(made: ReportMade) -> str:
    apps = App.objects.count()
    if FilterKind.APP in made.run.filters:
        return f"1 of {apps} apps"
    return f"{apps} of {apps} apps, and the console itself"


def _tables(export: Export, made: ReportMade) -> tuple[Table, ...]:
    shown = made.counts.shown
    rows = Table(
        title="Rows",
        columns=_columns(export, made),
        rows=[_printed(export, made, row) for row in made.printed],
        total=shown,
        empty=f"0 rows; {made.counts.found:,} looked at, sequence {export.first} to before {export.end}"
        " checked. That is the result.",
        about=f"All of them, with every column, are in {ROWS}.",
    )
    if not made.run.sample:
        return (rows,)
    places = ", ".join(str(place) for place, _ in made.sample)
    sample = Table(
        title="Sample",
        columns=_columns(export, made),
        rows=[_printed(export, made, row) for _, row in made.sample],
        empty="There are no rows to choose from.",
        about=f"Rows {places} of {shown:,}. {_drawn(made)} {SAMPLE_RULE}" if made.sample else _drawn(made),
    )
    return (sample, *_earlier(made), rows)


def _drawn(made: ReportMade) -> str:
    if not made.earlier:
        return "It is the first draw of these rows."
    return f"It is draw {made.draw} of these rows: {len(made.earlier)} were ordered before, listed below."


def _earlier(made: ReportMade) -> tuple[Table, ...]:
    if not made.earlier:
        return ()
    rows = [
        (
            str(each.pk),
            time_cell(each.export.ordered_at) or "",
            each.export.wish.period.words(),
            filters_words(each.filters),
            each.export.get_state_display(),
            ", ".join(map(str, report_draw_data(each)["rows"])),
        )
        for each in made.earlier
    ]
    return (
        Table(
            title="Earlier draws of these rows",
            columns=_EARLIER,
            rows=rows,
            about="All orders of this report with a sample, whose period overlaps and whose filter lets the"
            " same rows pass. Each order is on the audit log.",
        ),
    )


def _columns(export: Export, made: ReportMade) -> tuple[Column, ...]:
    shown = made.run.declared.columns_shown(personal=export.personal)
    return tuple(Column(header=each.header, kind=each.kind) for each in shown if each.is_printed)


def _printed(export: Export, made: ReportMade, row: Row) -> Sequence[str]:
    kind = made.run.declared
    columns = kind.columns_shown(personal=export.personal)
    cells = kind.cells_shown(row.cells, personal=export.personal)
    return [cell_text(cell) for column, cell in zip(columns, cells, strict=True) if column.is_printed]
