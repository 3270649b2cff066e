"""What a process says on its way out where OpenSSL isn't what it is set up to be, in each set-up there is.

The last one needs a FIPS provider, which no package brings: FIPS_PROVIDER names one that somebody built
(docs/modules.md says how), and without it that test isn't there.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.support.console import ROOT

CONFIGURATION = """
openssl_conf = begin
{include}
[begin]
providers = providers
alg_section = algorithms
[providers]
{fips}
base = base
[base]
activate = 1
[algorithms]
default_properties = fips=yes
"""
# Each OpenSSL reads its configuration as it's loaded: Python's here, the package's with cryptography.
START = """
import os, sys
os.environ["OPENSSL_CONF"] = sys.argv[1]
import hashlib, ssl
os.environ["OPENSSL_CONF"] = sys.argv[2]
os.environ["DJANGO_SETTINGS_MODULE"] = "releaseconsole.settings"
import django
django.setup()
print("started")
"""
PROVIDER = os.environ.get("FIPS_PROVIDER", "")


def start(python: Path | str, package: Path | str, **variables: str) -> str:
    ran = subprocess.run(
        [sys.executable, "-c", START, str(python), str(package)],
        cwd=ROOT,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    return ran.stdout + ran.stderr


def claimed(folder: Path, *, module: str = "", name: str = "claimed") -> Path:
    """A configuration that asks for FIPS; with a copy of its own of the provider, if it's given one.

    One file can't be loaded by two OpenSSLs of one process: the second finds it in use.
    """
    include, file = "", folder / f"{name}.cnf"
    if module:
        copy, installed = folder / name / "fips.so", folder / name / "fips.cnf"
        copy.parent.mkdir()
        shutil.copy(module, copy)
        subprocess.run(
            ["openssl", "fipsinstall", "-quiet", "-module", copy, "-out", installed], check=True, env={}
        )
        installed.write_text(installed.read_text().replace("activate", f"module = {copy}\nactivate", 1))
        include = f".include {installed}"
    file.write_text(CONFIGURATION.format(include=include, fips="fips = fips_sect" if module else ""))
    return file


def test_a_wheel_as_it_comes_is_refused_where_fips_is_required() -> None:
    said = start("", "", REQUIRE_FIPS="1")
    assert "REQUIRE_FIPS is set, and what was measured contradicts it" in said
    assert "OpenSSL of Python (hashlib, hmac, ssl): It isn't in FIPS mode" in said
    assert "OpenSSL of the package cryptography: It isn't in FIPS mode" in said
    assert "See docs/modules.md" in said
    assert "started" not in said


def test_a_configuration_that_claims_fips_without_a_provider_is_refused_in_any_case(tmp_path: Path) -> None:
    said = start(claimed(tmp_path), claimed(tmp_path), REQUIRE_FIPS="0")
    assert "OpenSSL is set up for FIPS, and what was measured contradicts it" in said
    assert "Python fell back on its own code, which is no module of anything" in said
    assert "no FIPS provider is loaded" in said
    assert "OpenSSL of the package cryptography: SHA-256 with a known answer should work, and doesn't" in said
    assert "started" not in said


if PROVIDER:

    def test_a_process_starts_where_both_libraries_run_a_provider(tmp_path: Path) -> None:
        python = claimed(tmp_path, module=PROVIDER, name="python")
        package = claimed(tmp_path, module=PROVIDER, name="package")
        assert start(python, package, REQUIRE_FIPS="1").strip() == "started"

    def test_a_provider_for_only_one_of_them_is_refused(tmp_path: Path) -> None:
        said = start(claimed(tmp_path, module=PROVIDER), "", REQUIRE_FIPS="1")
        assert "OpenSSL of the package cryptography: It isn't in FIPS mode" in said
        assert "OpenSSL of Python" not in said
