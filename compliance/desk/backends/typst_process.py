"""The process that sets one document and ends: `python -I typst_process.py`, a request in, a PDF out.

typst keeps what it has set for as long as its process lives (100 MB for 600 rows, measured): no worker could
have it inside. It can't take long without being ended either.
"""

import json
import sys
from typing import Final

TYPST_REFUSED: Final = 3


def main() -> int:
    """Read a request as JSON, write the PDF; what typst refuses goes to standard error."""
    import typst  # noqa: PLC0415 (80 MB, which only this process needs)

    request = json.load(sys.stdin.buffer)
    try:
        pdf = typst.compile(
            request["template"],
            root=request["root"],
            font_paths=typst.Fonts(
                include_system_fonts=False, include_embedded_fonts=False, font_paths=[request["fonts"]]
            ),
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs=request["inputs"],
            pdf_standards=["a-3a", "ua-1"],  # for archives, and for screen readers
            timestamp=request["timestamp"],
        )
    except typst.TypstError as error:
        sys.stderr.write(error.message)
        return TYPST_REFUSED
    sys.stdout.buffer.write(pdf)
    return 0


if __name__ == "__main__":
    sys.exit(main())
