"""The examples of docs/trust-chain.md are documents that clients would accept."""

import re
from pathlib import Path

import pytest

from releaseconsole.kernel.jose.documents import DocumentKind
from releaseconsole.kernel.jose.strict_json import object_parse
from signing.domain.trust_documents import DELEGATION, MOST_REVOKED, ROOT_ROTATION, TRUST

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "trust-chain.md").read_text(encoding="utf-8")
KINDS = {kind.typ: kind for kind in (DELEGATION, TRUST, ROOT_ROTATION)}
EXAMPLES = re.findall(r"```json (\S+)\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize(("typ", "example"), EXAMPLES)
def test_an_example_has_exactly_the_claims_of_its_kind(typ: str, example: str) -> None:
    KINDS[typ].claims_check(object_parse(example.encode(), what="example"))


def test_there_is_an_example_of_every_kind() -> None:
    assert {typ for typ, _ in EXAMPLES} == KINDS.keys()


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.typ)
def test_every_claim_is_explained(kind: DocumentKind) -> None:
    explained = set(re.findall(r"`([a-z0-9_]+)`", PAGE))
    assert kind.required.keys() <= explained
    assert {"purpose", "state", "not_before", "not_after", "jwk"} <= explained


def test_its_numbers_are_the_code_s() -> None:
    assert f"the latest {MOST_REVOKED}" in PAGE
    assert f"At most {DELEGATION.max_life // 86400} days" in PAGE
    assert f"{TRUST.max_life // 3600} hours" in PAGE
