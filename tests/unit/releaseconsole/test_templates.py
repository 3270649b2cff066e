"""What templates say of times."""

import re

from tests.support.console import ROOT

# A time with "UTC" behind it, rendered in whatever zone is active: that of whoever looks.
LOCAL = re.compile(r"\{\{[^}|]*\|date:[^}]*\}\}(?:</\w+>)? UTC")


def test_what_is_called_utc_is_utc() -> None:
    said = {
        str(path.relative_to(ROOT)): LOCAL.findall(path.read_text(encoding="utf-8"))
        for path in (ROOT / "templates").rglob("*")
        if path.suffix in {".html", ".txt"}
    }
    assert {path: found for path, found in said.items() if found} == {}
