"""The declared inventory of cryptography is whole: what imports some is in it, and what it names exists."""

import ast
from collections.abc import Iterator
from pathlib import Path

from compliance.desk.domain.modules.inventory import PATHS

ROOT = Path(__file__).parents[3]
FLOORS = ("accounts", "compliance", "offline", "releaseconsole", "signing", "updates")
CRYPTO = {"_hashlib", "argon2", "authlib", "boto3", "cryptography", "hashlib", "hmac", "joserfc", "pkcs11"}
CRYPTO |= {"secrets", "ssl"}
# The inventory's own: it measures, and protects nothing. The console's packs bring their verifiers along.
MEASURES = ("compliance.desk.backends.modules", "compliance.desk.services.modules", "offline.verify_")
CLAIMED = {code for path in PATHS for code in path.code}


def name_of(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imported(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.add(node.module.partition(".")[0])
            if node.module == "django.utils.crypto" and {"salted_hmac"} & {
                alias.name for alias in node.names
            }:
                found.add("hmac")
    return found


def files() -> Iterator[Path]:
    for floor in FLOORS:
        yield from (file for file in (ROOT / floor).rglob("*.py") if "migrations" not in file.parts)


def test_whatever_uses_cryptography_is_on_a_path() -> None:
    users = {name_of(file) for file in files() if imported(file) & CRYPTO}
    unclaimed = {
        name
        for name in users
        if not name.startswith(MEASURES)
        and not any(name == code or name.startswith(f"{code}.") for code in CLAIMED)
    }
    assert unclaimed == set(), "Put it on a path of compliance/desk/domain/modules/inventory.py"


def test_every_path_names_code_that_exists() -> None:
    there = {name_of(file) for file in files()}
    assert {code for code in CLAIMED if code not in there} == set()
    assert len({path.key for path in PATHS}) == len(PATHS)
