"""Sets a report as PDF: PDF/A-3a for archives and PDF/UA-1 for screen readers in one file, by typst.

Data reaches the template as JSON, never as markup, so no name can be an instruction. The same report with the
same attachments has the same bytes on every machine: its fonts are bundled, its clock is `report.run_at`.
"""

import json
import logging
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from compliance.desk.backends.report_fonts import FONT_FOLDER, plain_glyphs, report_glyphs
from compliance.desk.backends.typst_process import TYPST_REFUSED
from compliance.desk.domain.printable import Glyphs
from compliance.desk.domain.report_content import Report
from compliance.desk.domain.report_layout import report_layout
from compliance.desk.errors import ReportUnprintableError

_PROGRAM: Final = Path(__file__).with_name("typst_process.py")
_TEMPLATE: Final = FONT_FOLDER.parent / "report.typ"
_SECONDS_AT_MOST: Final = 120  # 2,000 rows take 3
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file inside the PDF, in UTF-8.

    Attributes:
        name: Of the file; plain ASCII.
        media_type: What it is.
        about: One sentence for whoever opens the list of attachments.
        content: Its text.
    """

    name: str
    media_type: str
    about: str
    content: str


class _RefusedError(Exception):
    """The template refused the data."""


def report_pdf(report: Report, *, attachments: Sequence[Attachment] = ()) -> bytes:
    """Set a report.

    Args:
        report: What it says.
        attachments: Files that travel inside: the same rows for machines.

    Returns:
        The PDF.

    Raises:
        ReportUnprintableError: It can't be set, or not in time.
    """
    try:
        return _set(report, attachments, report_glyphs())
    except _RefusedError as error:
        # Letters that a font has one by one, and can't join as they stand: no name may stop a report.
        _log.warning("A report is set with unusual letters escaped: %s", error)
    try:
        return _set(report, attachments, plain_glyphs())
    except _RefusedError as error:
        raise ReportUnprintableError from error


def _set(report: Report, attachments: Sequence[Attachment], glyphs: Glyphs) -> bytes:
    request = {
        "template": str(_TEMPLATE),
        "root": str(_TEMPLATE.parent),
        "fonts": str(FONT_FOLDER),
        "inputs": {
            "report": json.dumps(report_layout(report, glyphs=glyphs), ensure_ascii=False),
            "attachments": json.dumps([asdict(file) for file in attachments], ensure_ascii=False),
        },
        "timestamp": int(report.run_at.timestamp()),
    }
    try:
        done = subprocess.run(  # noqa: S603 (our own interpreter and file; the data goes to its standard input)
            [sys.executable, "-I", str(_PROGRAM)],
            input=json.dumps(request).encode(),
            capture_output=True,
            check=False,
            timeout=_SECONDS_AT_MOST,
        )
    except subprocess.TimeoutExpired as error:
        raise ReportUnprintableError from error
    if done.returncode == TYPST_REFUSED:
        raise _RefusedError(done.stderr.decode(errors="replace"))
    if done.returncode:
        _log.error("The process that sets reports ended with %d: %s", done.returncode, done.stderr[-500:])
        raise ReportUnprintableError
    return done.stdout
