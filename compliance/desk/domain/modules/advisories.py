"""Reading what pip-audit and npm audit say. Pure; their output is untrusted and read strictly.

pip-audit: `--format json`, an object with `dependencies`. npm: `npm audit --json`, report version 2.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from compliance.desk.errors import AdvisoriesUnreadableError

MAX_CHARACTERS: Final = 2_000_000
_NPM_VERSION: Final = 2
_LONGEST: Final = 200
_MOST: Final = 5_000


class AuditTool(StrEnum):
    """Who looked for advisories."""

    PIP = "pip-audit"
    NPM = "npm audit"


@dataclass(frozen=True, slots=True)
class Advisory:
    """One advisory about one package that is used here.

    Attributes:
        package: As its registry has it.
        version: That is used; npm's report doesn't say, and names a range.
        id: Of the advisory.
        aliases: Its other ids.
        severity: In the tool's words; pip-audit has none.
        fixed_in: Versions that mend it, in the tool's words.
        title: What it is about.
    """

    package: str
    version: str
    id: str
    aliases: tuple[str, ...]
    severity: str
    fixed_in: str
    title: str


@dataclass(frozen=True, slots=True)
class AuditResult:
    """What a tool found; `packages` is how many it looked at."""

    tool: AuditTool
    packages: int
    skipped: int
    advisories: tuple[Advisory, ...]


def audit_parse(text: str) -> AuditResult:
    """Read the output of either tool; which it is says its form.

    Raises:
        AdvisoriesUnreadableError: It's neither's, or too long.
    """
    if len(text) > MAX_CHARACTERS:
        raise AdvisoriesUnreadableError("This is longer than any result of either tool should be.")
    try:
        document = json.loads(text)
        if isinstance(document, Mapping) and "auditReportVersion" in document:
            return _npm(document)
        return _pip(document)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as exc:
        raise AdvisoriesUnreadableError(
            "This is neither the JSON of pip-audit (--format json) nor that of npm audit (--json)."
        ) from exc


def _pip(document: Any) -> AuditResult:
    packages: Sequence[Mapping[str, Any]] = document["dependencies"]
    found = tuple(
        Advisory(
            package=_text(package["name"]).lower().replace("_", "-"),
            version=_text(package["version"]),
            id=_text(each["id"]),
            aliases=tuple(map(_text, each.get("aliases", ())))[:20],
            severity="",
            fixed_in=", ".join(map(_text, each.get("fix_versions", ())))[:_LONGEST],
            title=_text(each.get("description", "")),
        )
        for package in packages
        for each in package.get("vulns", ())
    )
    names = {_text(package["name"]) for package in packages}
    skipped = sum("skip_reason" in package for package in packages)
    return _result(AuditTool.PIP, len(names), skipped, found)


def _npm(document: Mapping[str, Any]) -> AuditResult:
    if document["auditReportVersion"] != _NPM_VERSION:
        raise ValueError("another version of npm's report")
    total = int(document["metadata"]["dependencies"]["total"])
    packages: Mapping[str, Mapping[str, Any]] = document["vulnerabilities"]
    found = tuple(each for name, package in packages.items() for each in _npm_package(name, package))
    return _result(AuditTool.NPM, total, 0, found)


def _npm_package(name: str, package: Mapping[str, Any]) -> Iterator[Advisory]:
    fix = package.get("fixAvailable")
    fixed_in = (
        f"{fix['name']} {fix['version']}" if isinstance(fix, Mapping) else ("a fix is there" if fix else "")
    )
    for via in package["via"]:
        if isinstance(
            via, Mapping
        ):  # a text names the package through which it comes, which has its own entry
            yield Advisory(
                package=_text(name),
                version=_text(via.get("range", "")),
                id=_text(str(via["url"]).rpartition("/")[2] or via["source"]),
                aliases=(),
                severity=_text(via.get("severity", "")),
                fixed_in=_text(fixed_in),
                title=_text(via.get("title", "")),
            )


def _result(tool: AuditTool, packages: int, skipped: int, found: tuple[Advisory, ...]) -> AuditResult:
    if len(found) > _MOST:
        raise ValueError("more than anybody could look at")
    once = {(each.package, each.version, each.id): each for each in found}
    return AuditResult(tool, packages, skipped, tuple(once.values()))


def _text(value: Any) -> str:
    """One line, no longer than a column; control characters are dropped."""
    printable = "".join(char if char.isprintable() else " " for char in str(value))
    return " ".join(printable.split())[:_LONGEST]
