"""What a process says on its way out where OpenSSL isn't what it is set up to be, in each set-up there is.

Some need a FIPS provider, which no package brings: `make fips` builds one, and later runs find it.
"""

from pathlib import Path

import pytest
from django.db import connection

from tests.support.fips import PROVIDER, claimed, needs_provider, run_set_up

START = 'print("started")'
# There, psycopg's wheel has an OpenSSL of its own, for which there's no provider: nothing starts.
on_sqlite = pytest.mark.skipif(
    connection.vendor != "sqlite", reason="psycopg's wheel runs without a provider"
)


def start(python: Path | str, package: Path | str, **variables: str) -> str:
    return run_set_up(python, package, START, **variables).said


def test_a_wheel_as_it_comes_is_refused_where_fips_is_required() -> None:
    # Variables that only sound like it change nothing.
    said = start("", "", REQUIRE_FIPS="1", OPENSSL_FIPS="1", OPENSSL_FORCE_FIPS_MODE="1")
    assert "REQUIRE_FIPS is set, and what was measured contradicts it" in said
    assert "OpenSSL of Python (hashlib, hmac, ssl): It isn't in FIPS mode" in said
    assert "OpenSSL of the package cryptography: It isn't in FIPS mode" in said
    assert "See docs/modules.md" in said
    assert "started" not in said


@pytest.mark.parametrize("is_required", ["0", "1"])
def test_a_configuration_that_claims_fips_without_a_provider_is_refused_in_any_case(
    tmp_path: Path, is_required: str
) -> None:
    said = start(claimed(tmp_path), claimed(tmp_path), REQUIRE_FIPS=is_required)
    asked = "REQUIRE_FIPS is set" if is_required == "1" else "OpenSSL is set up for FIPS"
    assert f"{asked}, and what was measured contradicts it" in said
    assert "Python fell back on its own code, which is no module of anything" in said
    assert "no FIPS provider is loaded" in said
    assert "OpenSSL of the package cryptography: SHA-256 with a known answer should work, and doesn't" in said
    assert "started" not in said


@needs_provider
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite's driver has no OpenSSL")
def test_a_provider_for_both_is_not_enough_beside_the_wheel_of_psycopg(tmp_path: Path) -> None:
    both = (claimed(tmp_path, module=PROVIDER), claimed(tmp_path, module=PROVIDER, name="package"))
    said = start(*both, REQUIRE_FIPS="1")
    assert "OpenSSL of psycopg (libpq): It isn't in FIPS mode" in said
    assert "started" not in said


@needs_provider
@on_sqlite
def test_a_process_starts_where_both_libraries_run_a_provider(tmp_path: Path) -> None:
    python = claimed(tmp_path, module=PROVIDER, name="python")
    package = claimed(tmp_path, module=PROVIDER, name="package")
    assert start(python, package, REQUIRE_FIPS="1").strip() == "started"


@needs_provider
def test_a_provider_for_only_one_of_them_is_refused(tmp_path: Path) -> None:
    said = start(claimed(tmp_path, module=PROVIDER), "", REQUIRE_FIPS="1")
    assert "OpenSSL of the package cryptography: It isn't in FIPS mode" in said
    assert "OpenSSL of Python" not in said


@needs_provider
def test_a_provider_that_is_not_what_it_was_as_it_was_installed_is_refused(tmp_path: Path) -> None:
    python = claimed(tmp_path, module=PROVIDER, name="python")
    module = tmp_path / "python" / "fips.so"
    changed = bytearray(module.read_bytes())
    changed[-1] ^= 1  # its integrity check is about every byte
    module.write_bytes(changed)
    said = start(python, claimed(tmp_path, module=PROVIDER, name="package"), REQUIRE_FIPS="1")
    assert "OpenSSL of Python (hashlib, hmac, ssl): SHA-256 with a known answer" in said
    assert "no FIPS provider is loaded" in said
    assert "started" not in said


@needs_provider
def test_one_that_is_set_up_to_let_weak_keys_through_is_refused(tmp_path: Path) -> None:
    python = claimed(tmp_path, module=PROVIDER, name="python", setup="security-checks = 0")
    package = claimed(tmp_path, module=PROVIDER, name="package", setup="security-checks = 0")
    said = start(python, package, REQUIRE_FIPS="1")
    assert "set up not to refuse weak keys (security-checks)" in said
    assert "package cryptography: Signing with RSA of 1,024 bits goes through" in said
    assert "started" not in said


@needs_provider
def test_a_file_that_was_replaced_since_makes_what_runs_inconsistent(tmp_path: Path) -> None:
    python = claimed(tmp_path, module=PROVIDER, name="python")
    package = claimed(tmp_path, module=PROVIDER, name="package")
    said = run_set_up(
        python,
        package,
        f"""
import shutil
from compliance.desk.backends.modules.measuring import libraries_measure
from compliance.desk.domain.modules.libraries import library_judge
module = {str(tmp_path / "package" / "fips.so")!r}
shutil.copy(module, module + ".new")
shutil.move(module + ".new", module)
for facts in libraries_measure():
    print(facts.library, library_judge(facts), facts.module_version or "none")
""",
    ).said
    assert "python Judgement(mode=<Mode.FIPS: 'fips'>, reasons=()) 3." in said
    assert "package/fips.so was replaced on the disk since this process loaded it" in said
    assert said.rstrip().endswith("none")
