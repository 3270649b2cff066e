"""What a report on paper has to be for archives and for screen readers, looked up in the file itself."""

import io
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, Final

import pikepdf

_TRUE: Final = pikepdf.Object.parse(b"true")
_XMP: Final = (
    "<pdfaid:part>3</pdfaid:part>",
    "<pdfaid:conformance>A</pdfaid:conformance>",
    "<pdfuaid:part>1</pdfuaid:part>",
)


def paper_opened(data: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(data))


def elements(node: Any) -> Iterator[Any]:
    """Every element of a structure tree, in reading order."""
    if isinstance(node, pikepdf.Array):
        for kid in node:
            yield from elements(kid)
    elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
        yield node
        yield from elements(node.get("/K"))


def paper_faults(data: bytes, *, title: str) -> list[str]:
    """What is missing of PDF/A-3a and PDF/UA-1, as far as the structure tells it."""
    document = paper_opened(data)
    root = document.Root
    xmp = root.Metadata.read_bytes().decode()
    tree = list(elements(root.StructTreeRoot.K)) if "/StructTreeRoot" in root else []
    checks = {
        "claims": all(claim in xmp for claim in _XMP),
        "marked": root.MarkInfo.get("/Marked") == _TRUE,
        "language": str(root.get("/Lang", "")) == "en",
        "title": str(document.docinfo.get("/Title", "")) == title,
        "title shown": root.ViewerPreferences.get("/DisplayDocTitle") == _TRUE,
        "colours": any(str(each.S) == "/GTS_PDFA1" for each in root.get("/OutputIntents", [])),
        "tab order": all(str(page.get("/Tabs", "")) == "/S" for page in document.pages),
        "no scripts": "/JavaScript" not in root.get("/Names", {}) and "/OpenAction" not in root,
    }
    faults = [name for name, is_right in checks.items() if not is_right]
    return [*faults, *_headings(tree), *_tables(tree), *_fonts(document)]


def _headings(tree: list[Any]) -> Iterator[str]:
    levels = [int(str(each.S)[2:]) for each in tree if str(each.S)[:2] == "/H" and str(each.S)[2:].isdigit()]
    if levels[:1] != [1] or levels.count(1) != 1:
        yield "headings: there is one title, and it's first"
    if any(after > before + 1 for before, after in pairwise(levels)):
        yield "headings: a level is skipped"


def _tables(tree: list[Any]) -> Iterator[str]:
    for table in (each for each in tree if str(each.S) == "/Table"):
        rows = [row for row in elements(table.K) if str(row.S) == "/TR"]
        cells = [[each for each in elements(row.K) if str(each.S) in {"/TH", "/TD"}] for row in rows]
        if len({len(row) for row in cells}) != 1:
            yield "table: rows of another length"
        if not cells or any(str(cell.S) != "/TH" for cell in cells[0]):
            yield "table: the first row is no header"
        if any(not _is_scoped(cell) for row in cells for cell in row if str(cell.S) == "/TH"):
            yield "table: a header without scope"


def _is_scoped(cell: Any) -> bool:
    attributes = cell.get("/A", [])
    said = attributes if isinstance(attributes, pikepdf.Array) else [attributes]
    return any(str(each.get("/Scope", "")) == "/Column" for each in said)


def _fonts(document: pikepdf.Pdf) -> Iterator[str]:
    fonts = [
        item
        for item in document.objects
        if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == pikepdf.Name.FontDescriptor
    ]
    if not fonts or not all("/FontFile2" in font or "/FontFile3" in font for font in fonts):
        yield "fonts: one isn't inside"
