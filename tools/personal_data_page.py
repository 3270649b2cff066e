"""Writes docs/personal-data.md from the declarations: `python -m tools.personal_data_page`."""

import os
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import Final

PAGE: Final = Path(__file__).resolve().parent.parent / "docs" / "personal-data.md"
_HEAD: Final = """# Personal data

What the console holds of people, where, and for how long. This page is written from the declarations beside
the code that holds it (`python -m tools.personal_data_page`); a test holds it equal, and another fails for
a field of a model that nobody declared. How an erasure goes: [erasure.md](erasure.md).

The audit log names people and testers by a number. What the number stands for is in the tables below, and
goes with the person; personal values and free texts rest beside the events, where they can be erased without
touching any proof.
"""


def page_write() -> str:
    """Write the page."""
    from releaseconsole.personal_data import holders  # noqa: PLC0415 (models load first)

    parts = [_HEAD]
    for holder in sorted(holders(), key=lambda each: (each.data_class.value, each.name)):
        parts.append(f"## {holder.name[0].upper()}{holder.name[1:]}\n")
        parts.append(f"{holder.holds}\n")
        parts.append(f"- Kind: {holder.data_class.value}\n- Kept: {holder.retention}")
        parts += [f"- `{model}`: {', '.join(names)}" for model, names in _by_model(holder.fields)]
        parts.append("")
    return "\n".join(parts)


def _by_model(fields: Iterable[str]) -> list[tuple[str, list[str]]]:
    split = [tuple(field.rsplit(".", 1)) for field in fields]
    return [(model, [name for _, name in each]) for model, each in groupby(split, key=lambda pair: pair[0])]


def main() -> None:
    """Write it to its place."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "releaseconsole.settings")
    import django  # noqa: PLC0415 (settings first)

    django.setup()
    PAGE.write_text(page_write())


if __name__ == "__main__":
    main()
