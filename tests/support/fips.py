"""Processes whose two OpenSSLs run a FIPS provider, or claim to: each with a configuration of its own."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tests.support.console import ROOT
from tools.fips_provider import provider_find

PROVIDER: Final = provider_find()
needs_provider: Final = pytest.mark.skipif(
    PROVIDER is None, reason="there's no FIPS provider here: `make fips` builds one, and runs this"
)
_CONFIGURATION: Final = """
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
_START: Final = """
import os, sys
os.environ["OPENSSL_CONF"] = sys.argv[1]
import hashlib, ssl
os.environ["OPENSSL_CONF"] = sys.argv[2]
os.environ["DJANGO_SETTINGS_MODULE"] = "releaseconsole.settings"
import django
django.setup()
"""


@dataclass(frozen=True)
class Answer:
    """How such a process ended."""

    code: int
    said: str


def run_set_up(python: Path | str, package: Path | str, code: str, **variables: str) -> Answer:
    """Run Python code in a process with Django set up.

    Args:
        python: The configuration of Python's OpenSSL; empty: none.
        package: That of the OpenSSL of the package cryptography.
        code: To run then.
        variables: Of the environment.
    """
    ran = subprocess.run(
        [sys.executable, "-c", _START + code, str(python), str(package)],
        cwd=ROOT,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    return Answer(ran.returncode, ran.stdout + ran.stderr)


def claimed(folder: Path, *, module: Path | None = None, name: str = "claimed", setup: str = "") -> Path:
    """A configuration that asks for FIPS; with a copy of its own of the provider, if it's given one.

    One file can't be loaded by two OpenSSLs of one process: the second finds it in use.

    Args:
        folder: To write it into.
        module: The provider.
        name: Of the configuration.
        setup: What to change in the provider's own section, as `name = value`.
    """
    include, file = "", folder / f"{name}.cnf"
    if module:
        copy, installed = folder / name / "fips.so", folder / name / "fips.cnf"
        copy.parent.mkdir()
        shutil.copy(module, copy)
        subprocess.run(
            ["openssl", "fipsinstall", "-quiet", "-module", copy, "-out", installed], check=True, env={}
        )
        text = installed.read_text().replace("activate", f"module = {copy}\nactivate", 1)
        changed = setup.partition(" ")[0]
        kept = [line for line in text.splitlines() if line.partition(" ")[0] != changed]
        installed.write_text("\n".join([*kept, setup, ""]))
        include = f".include {installed}"
    file.write_text(_CONFIGURATION.format(include=include, fips="fips = fips_sect" if module else ""))
    return file
