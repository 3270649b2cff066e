"""The cryptographic inventory and the watch list: pages, documents, and what officers bring to them."""

import json
from datetime import timedelta
from importlib import metadata
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import User
from compliance.desk.backends.modules.packages import version_of
from compliance.desk.domain.modules.components import COMPONENTS
from compliance.desk.domain.modules.inventory import PATHS
from compliance.desk.domain.modules.libraries import Library
from compliance.desk.domain.modules.upkeep import PACKAGED
from compliance.desk.models import AdvisoryImport, WatchReview
from compliance.ledger.domain.events import Action
from releaseconsole.kernel import clock
from tests.support.log import last
from tests.support.people import signed_in

MODULES = "/console/compliance/modules/"
INVENTORY, WATCH = f"{MODULES}inventory/", f"{MODULES}watch/"
WITHOUT_PACKAGE = {Library.SYSTEM, Library.PROXY, Library.OFFLINE}
FOUND = {
    "dependencies": [
        {
            "name": "cryptography",
            "version": "50.0.2",
            "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["50.0.3"], "aliases": ["CVE-2026-1"]}],
        },
        {"name": "tablib", "version": "1", "vulns": [{"id": "PYSEC-2026-2", "fix_versions": []}]},
    ]
}


@pytest.fixture
def officer(orla: User) -> Client:
    return signed_in(orla)


def said(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def imported(client: Client, document: object, *, days_ago: int = 0) -> Any:
    ran_on = clock.now() - timedelta(days=days_ago)
    typed = {"ran_on": f"{ran_on:%Y-%m-%d}", "result": json.dumps(document)}
    return client.post(f"{INVENTORY}advisories/", typed, follow=True)


def reviewed(client: Client, address: str, keeper: User, **instead: str) -> Any:
    today = clock.now().date()
    typed = {
        "version": "Text of 1 January 2026",
        "reviewed_on": today.isoformat(),
        "next_on": (today + timedelta(days=90)).isoformat(),
        "owner": str(keeper.pk),
        "note": "7022 was renumbered",
    }
    return client.post(f"{WATCH}{address}/", typed | instead, follow=True)


def properties(component: dict[str, Any]) -> dict[str, str]:
    return {each["name"]: each["value"] for each in component.get("properties", ())}


def test_the_document_holds_to_cyclonedxs_own_schema_and_tells_all(officer: Client, orla: User) -> None:
    imported(officer, FOUND)
    reviewed(officer, "library/cryptography", orla)
    answer = officer.get(f"{INVENTORY}cbom/")
    text = answer.content.decode()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    assert answer["Content-Disposition"].endswith('.cdx.json"')
    bom = json.loads(text)
    components = {each["bom-ref"]: each for each in bom["components"]}
    package = components["pkg:cryptography"]
    assert package["version"] == metadata.version("cryptography")
    assert package["components"][0]["version"].startswith("OpenSSL ")
    assert components["pkg:python"]["components"][0]["name"] == "openssl"
    assert "release-console:review:next" in properties(package)
    signature = components["crypto:ES256"]["cryptoProperties"]["algorithmProperties"]
    assert (signature["primitive"], signature["curve"]) == ("signature", "secg/secp256r1")
    (vulnerability,) = bom["vulnerabilities"]
    assert (vulnerability["id"], vulnerability["affects"][0]["ref"]) == ("PYSEC-2026-1", "pkg:cryptography")
    console = properties(bom["metadata"]["component"])
    assert {f"release-console:path:{path.key}" for path in PATHS} <= console.keys()
    assert console["release-console:fips:standing"] == "plain"
    assert last(Action.INVENTORY_TAKEN).detail["sha256"]


def test_what_a_reviewer_finds_takes_the_place_of_what_came_with_the_release(
    officer: Client, orla: User
) -> None:
    page = said(officer.get(INVENTORY))
    assert "Rank 11 of PyPI by downloads" in page
    assert "5.2 gets security fixes until 30 April 2028." in page
    found = {"maintenance": "slow", "audits": "Cure53, 2025, version 1.3", "last_release_on": "2026-11-02"}
    assert "The review is on record." in said(reviewed(officer, "library/joserfc", orla, **found))
    bom = json.loads(officer.get(f"{INVENTORY}cbom/").content)
    package = next(each for each in bom["components"] if each["bom-ref"] == "pkg:joserfc")
    told = properties(package)
    assert told["release-console:upkeep:audits"] == "Cure53, 2025, version 1.3"
    assert told["release-console:upkeep:maintenance"] == "few releases, or few people"
    assert told["release-console:upkeep:adoption"] == "Rank 308 of PyPI by downloads"
    assert told["release-console:upkeep:source"].startswith("recorded here; the rest: a list of PyPI's")
    late = {"last_release_on": (clock.now().date() + timedelta(days=1)).isoformat()}
    assert "after somebody looked" in said(reviewed(officer, "library/joserfc", orla, **late))


def test_every_package_of_the_inventory_is_installed() -> None:
    assert all(version_of(each.name) for each in COMPONENTS)
    keys = {key for each in COMPONENTS for key in each.path_keys}
    assert keys == {path.key for path in PATHS if path.library not in WITHOUT_PACKAGE}
    assert PACKAGED.keys() == {each.name for each in COMPONENTS}


def test_advisories_are_shown_by_package_and_the_newest_result_counts(officer: Client) -> None:
    assert "Nothing was imported yet" in said(officer.get(INVENTORY))
    page = said(imported(officer, FOUND))
    assert "pip-audit looked at 2 packages and found 2 advisories." in page
    assert "PYSEC-2026-1" in page
    assert "About packages that do no cryptography here" in page
    event = last(Action.ADVISORIES_IMPORTED)
    assert (event.object_id, event.detail["packages"], event.detail["advisories"]) == ("pip-audit", 2, 2)
    page = said(imported(officer, {"dependencies": []}, days_ago=1))
    assert "PYSEC-2026-1" in page  # an older result hides nothing
    page = said(imported(officer, {"dependencies": []}))
    assert "found 0 advisories" in page
    assert "PYSEC-2026-1" not in page


def test_what_no_tool_printed_is_refused(officer: Client) -> None:
    assert "This is neither the JSON of pip-audit" in said(imported(officer, {"results": []}))
    assert not AdvisoryImport.objects.exists()


def test_an_auditor_reads_and_changes_nothing(audra: User) -> None:
    auditor = signed_in(audra)
    assert "never reviewed" in said(auditor.get(INVENTORY))
    assert "Import advisories" not in said(auditor.get(INVENTORY))
    assert auditor.get(f"{INVENTORY}advisories/").status_code == 403
    assert auditor.get(f"{WATCH}text/fips-140-3/").status_code == 403


def test_a_review_takes_the_place_of_what_came_with_the_release(officer: Client, orla: User) -> None:
    page = said(officer.get(WATCH))
    assert "As described by vendors; CMVP itself" in page
    page = said(reviewed(officer, "text/fips-140-3", orla))
    assert "The review is on record." in page
    assert "Text of 1 January 2026" in page
    assert "As described by vendors" not in page
    event = last(Action.WATCH_REVIEWED)
    assert (event.object_id, event.detail["note"]) == ("fips-140-3", "7022 was renumbered")


def test_a_review_that_is_due_is_shown(officer: Client, orla: User) -> None:
    then = clock.now().date() - timedelta(days=30)
    past = {"reviewed_on": then.isoformat(), "next_on": (then + timedelta(days=29)).isoformat()}
    reviewed(officer, "text/sp-800-57", orla, **past)
    reviewed(officer, "library/joserfc", orla, **past)
    assert "review is due" in said(officer.get(WATCH)) or "reviews are due" in said(officer.get(WATCH))
    assert '<span class="rc-pill rc-pill-bad">due</span>' in said(officer.get(INVENTORY))


@pytest.mark.parametrize(
    ("instead", "words"),
    [
        pytest.param({"next_on": "2020-01-01"}, "The next review comes after this one.", id="backwards"),
        pytest.param({"reviewed_on": "2099-01-01", "next_on": "2099-02-01"}, "still to come", id="tomorrow"),
        pytest.param({"owner": "0"}, "Select a valid choice", id="nobody"),
    ],
)
def test_a_review_that_cannot_be_is_refused(
    officer: Client, orla: User, instead: dict[str, str], words: str
) -> None:
    assert words in said(reviewed(officer, "text/sp-800-57", orla, **instead))
    assert not WatchReview.objects.exists()


def test_the_database_too_wants_one_review_at_a_time(officer: Client, orla: User) -> None:
    reviewed(officer, "text/sp-800-57", orla)
    row = WatchReview.objects.get()
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


@pytest.mark.parametrize("address", ["text/nothing", "library/nothing", "person/1"])
def test_what_is_not_watched_has_no_form(officer: Client, address: str) -> None:
    assert officer.get(f"{WATCH}{address}/").status_code == 404
