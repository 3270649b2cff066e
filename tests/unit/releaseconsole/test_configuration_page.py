"""docs/configuration.md says of every variable what the code says."""

import re

from django.conf import settings

from releaseconsole.environment import DECLARED

_ROW = re.compile(
    r"^\| `(?P<name>[A-Z0-9_]+)` \| (?:`(?P<default>[^`]+)`|\(empty\)) \| (?P<meaning>.+) \|$", re.MULTILINE
)


def _as_shown(default: str) -> str:
    return default.replace(str(settings.VAR_DIR), "var").replace(f"{settings.BASE_DIR}/", "")


def test_the_page_has_every_variable_with_its_default_and_meaning() -> None:
    page = (settings.BASE_DIR / "docs" / "configuration.md").read_text()
    documented = {row["name"]: (row["default"] or "", row["meaning"]) for row in _ROW.finditer(page)}
    assert documented == {
        variable.name: (_as_shown(variable.default), variable.meaning) for variable in DECLARED.values()
    }
