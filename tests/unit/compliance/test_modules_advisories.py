"""What pip-audit and npm audit print is read strictly: both forms, and nothing that only looks like one."""

import json
from typing import Any

import pytest

from compliance.desk.domain.modules.advisories import MAX_CHARACTERS, AuditTool, audit_parse
from compliance.desk.errors import AdvisoriesUnreadableError

PIP: dict[str, Any] = {
    "dependencies": [
        {
            "name": "Cryptography",
            "version": "41.0.0",
            "vulns": [
                {
                    "id": "PYSEC-2023-254",
                    "fix_versions": ["41.0.6"],
                    "aliases": ["CVE-2023-49083"],
                    "description": "A NULL pointer\n  dereference\x07",
                }
            ],
        },
        {"name": "joserfc", "version": "1.8.0", "vulns": []},
        {"name": "release-console", "skip_reason": "it isn't on PyPI"},
    ],
    "fixes": [],
}
NPM: dict[str, Any] = {
    "auditReportVersion": 2,
    "vulnerabilities": {
        "crypto-js": {
            "severity": "critical",
            "via": [
                {
                    "source": 1095126,
                    "name": "crypto-js",
                    "title": "PBKDF2 is too weak",
                    "url": "https://github.com/advisories/GHSA-xwcq-pm8m-c4vf",
                    "severity": "critical",
                    "range": "<4.2.0",
                }
            ],
            "fixAvailable": {"name": "crypto-js", "version": "4.2.0"},
        },
        "wrapper": {"severity": "critical", "via": ["crypto-js"], "fixAvailable": True},
    },
    "metadata": {"dependencies": {"prod": 1, "dev": 93, "total": 93}},
}


def test_pip_audits_result_is_read() -> None:
    result = audit_parse(json.dumps(PIP))
    assert (result.tool, result.packages, result.skipped) == (AuditTool.PIP, 3, 1)
    (found,) = result.advisories
    assert (found.package, found.id, found.aliases) == ("cryptography", "PYSEC-2023-254", ("CVE-2023-49083",))
    assert (found.fixed_in, found.title) == ("41.0.6", "A NULL pointer dereference")


def test_npm_audits_result_is_read_and_names_each_advisory_once() -> None:
    result = audit_parse(json.dumps(NPM))
    assert (result.tool, result.packages, result.skipped) == (AuditTool.NPM, 93, 0)
    (found,) = result.advisories
    assert (found.package, found.version, found.id) == ("crypto-js", "<4.2.0", "GHSA-xwcq-pm8m-c4vf")
    assert (found.severity, found.fixed_in) == ("critical", "crypto-js 4.2.0")


def test_nothing_found_is_a_result() -> None:
    assert audit_parse('{"dependencies": [], "fixes": []}').advisories == ()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("No known vulnerabilities found", id="words"),
        pytest.param("[]", id="another form"),
        pytest.param('{"dependencies": [{"version": "1"}], "fixes": []}', id="no name"),
        pytest.param('{"dependencies": [{"name": "a", "vulns": [{"id": "x"}]}]}', id="no version"),
        pytest.param(json.dumps(NPM | {"auditReportVersion": 1}), id="another version of npm"),
        pytest.param(json.dumps({key: NPM[key] for key in NPM if key != "metadata"}), id="no counts"),
        pytest.param("[" * 100_000, id="deep"),
        pytest.param(" " * (MAX_CHARACTERS + 1), id="long"),
    ],
)
def test_what_is_neither_is_refused(text: str) -> None:
    with pytest.raises(AdvisoriesUnreadableError):
        audit_parse(text)
