"""The page of modules as a process shows it whose libraries run a FIPS provider: `make fips` builds one.

Such a process is another one than the test's; it works on the database of the test.
"""

from html import unescape
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from accounts.models import User
from compliance.desk.models import ModuleEvidence
from tests.support.fips import PROVIDER, claimed, needs_provider, run_set_up

pytestmark = [
    needs_provider,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="psycopg's wheel runs without a provider"),
    pytest.mark.django_db(transaction=True),
]
LOOK = """
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
settings.ALLOWED_HOSTS = ["testserver"]
settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
from accounts.models import User
from compliance.desk.domain.modules.history import ProcessRole
from compliance.desk.services.modules.keeping import evidence_keep
from compliance.desk.services.modules.starting import serving_check
from compliance.ledger.backends.signer import signer_register
from releaseconsole.kernel import clock
from tests.support.ledger import SoftwareSigner
from tests.support.people import signed_in
signer_register(SoftwareSigner())
officer, page = signed_in(User.objects.get(email="orla@example.com")), "/console/compliance/modules/"
def record(library, version, number="4985"):
    typed = {"number": number, "module": "OpenSSL FIPS Provider", "version": version, "standard": "140-3",
        "level": "1", "status": "active", "sunset_on": "2030-03-10", "environment": "", "note": "",
        "checked_on": f"{clock.now():%Y-%m-%d}"}
    answer = officer.post(f"{page}certificates/{library}/", typed, follow=True)
    assert "is on record" in answer.content.decode(), answer.content.decode()
def serve():
    try:
        serving_check()
    except ImproperlyConfigured as exc:
        print(exc)
    else:
        print("it serves")
def show():
    print(" ".join(officer.get(page).content.decode().split()))
"""


@pytest.fixture(scope="module")
def configurations(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("fips")
    return claimed(folder, module=PROVIDER, name="python"), claimed(folder, module=PROVIDER, name="package")


def look(configurations: tuple[Path, Path], code: str) -> str:
    url = f"sqlite:///{connection.settings_dict['NAME']}"
    variables = {"DATABASE_URL": url, "REQUIRE_FIPS": "1", "KEK": settings.KEK or ""}
    answer = run_set_up(*configurations, LOOK + code, **{k: v for k, v in variables.items() if v})
    assert answer.code == 0, answer.said
    return unescape(answer.said)


def test_it_shows_the_provider_its_self_test_and_what_it_refused(
    configurations: tuple[Path, Path], orla: User
) -> None:
    page = look(configurations, "serve()\nevidence_keep(role=ProcessRole.WEB, now=clock.now())\nshow()")
    assert page.startswith("it serves")
    assert "FIPS provider active, validation not asserted" in page
    assert "No certificate without a doubt is on record for: OpenSSL of the package cryptography." in page
    assert "OpenSSL FIPS Provider 3." in page
    assert "<dt>Its own self-test</dt><dd>passed just now</dd>" in page
    assert page.count("python/fips.so") == page.count("package/fips.so") == 1
    for forbidden in ("MD5", "HMAC-MD5, by OpenSSL", "Signing with RSA of 1,024 bits", "A key for X25519"):
        row = page.partition(f">{forbidden}</td>")[2].partition("</tr>")[0]
        assert "refuses it" in row
        assert ">refused it</span>" in row
    assert "A token, signed and verified: works" in page
    assert "fails" not in page
    assert ModuleEvidence.objects.get().standing == "active"


def test_certificates_that_fit_are_asserted_and_one_that_does_not_stops_it(
    configurations: tuple[Path, Path], orla: User
) -> None:
    page = look(
        configurations,
        """
from compliance.desk.backends.modules.measuring import libraries_measure
version = libraries_measure()[0].module_version
record("python", version, number="99001")
record("cryptography", version, number="99001")
show(); serve()
record("cryptography", "3.1.2")
show(); serve()
""",
    )
    fits, serves, other = page.partition("it serves")
    assert serves
    assert "Validated module asserted by the operator" in fits
    assert "byte for byte the file that Python's OpenSSL runs" in fits
    assert "Inconsistent" in other
    assert "Certificate 4985 is for version 3.1.2; the module that runs is version" in other
    assert "REQUIRE_FIPS is set, and a certificate on record contradicts what was measured" in other
    assert "it serves" not in other
