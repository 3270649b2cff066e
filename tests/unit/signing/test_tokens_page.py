"""The examples of docs/tokens.md are tokens that the console would accept."""

import re
from pathlib import Path

import pytest

from releaseconsole.kernel.jose.kinds import TokenKind
from releaseconsole.kernel.jose.strict_json import object_parse
from signing.domain.backend_token import BACKEND_TOKEN
from signing.domain.download_token import DOWNLOAD_TOKEN
from signing.domain.phi_tokens import PHI_BACKEND_TOKEN, PHI_RELEASE_TOKEN
from signing.domain.release_token import RELEASE_TOKEN

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "tokens.md").read_text(encoding="utf-8")
KINDS = {
    kind.typ: kind
    for kind in (RELEASE_TOKEN, PHI_RELEASE_TOKEN, BACKEND_TOKEN, PHI_BACKEND_TOKEN, DOWNLOAD_TOKEN)
}
EXAMPLES = re.findall(r"```json (\S+)\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize(("typ", "example"), EXAMPLES)
def test_an_example_has_exactly_the_claims_of_its_kind(typ: str, example: str) -> None:
    KINDS[typ].claims_check(object_parse(example.encode(), what="example"))


def test_there_is_an_example_of_every_decision_and_kind() -> None:
    shown = {object_parse(example.encode(), what="example").get("decision", typ) for typ, example in EXAMPLES}
    decisions = {"install", "current", "builtin", "hold"}
    assert shown == {*decisions, "backend+jwt", "phi-backend+jwt", "download+jwt"}
    assert {typ for typ, _ in EXAMPLES} == KINDS.keys()


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.typ)
def test_every_claim_is_explained(kind: TokenKind) -> None:
    explained = set(re.findall(r"`([a-z0-9_]+)`", PAGE))
    assert kind.required.keys() | kind.optional.keys() <= explained
