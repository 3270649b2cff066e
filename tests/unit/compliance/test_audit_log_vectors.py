"""docs/audit-log-vectors.json: as the code makes it, and as a verifier that has only the file takes it."""

import base64
import hashlib
import json
from typing import Any

import pytest

from compliance.ledger.domain.checkpoints import NoteKey, note_verify
from compliance.ledger.domain.merkle import consistency_check, inclusion_check, leaf_hash
from compliance.ledger.domain.proofs import proof_check, proof_parse
from compliance.ledger.errors import LedgerError
from tests.support.audit_tree import textbook_root
from tools.audit_log_vectors import FILE, text

TEXT = FILE.read_text(encoding="utf-8")
VECTORS: dict[str, Any] = json.loads(TEXT)
LARGE = [str(number).encode() for number in range(600)]
KEY = NoteKey(VECTORS["checkpoint"]["origin"], base64.b64decode(VECTORS["checkpoint"]["spki_base64"]))
PROOF_LEAF = bytes.fromhex(VECTORS["proof"]["leaf_hash"])


def unhex(texts: list[str]) -> list[bytes]:
    return [bytes.fromhex(each) for each in texts]


def test_the_file_is_what_the_code_makes() -> None:
    assert text() == TEXT


def test_the_page_shows_its_checkpoint() -> None:
    page = FILE.with_name("audit-log-format.md").read_text(encoding="utf-8")
    assert f"```\n{VECTORS['checkpoint']['note']}```\n" in page


def test_its_roots_are_those_of_the_rfc() -> None:
    tree, tile = VECTORS["tree"], VECTORS["tile"]
    entries = unhex(tree["entries_hex"])
    assert [leaf_hash(entry).hex() for entry in entries] == tree["leaf_hashes"]
    assert [textbook_root(entries[:size]).hex() for size in range(9)] == tree["roots_by_size"]
    assert {size: textbook_root(LARGE[: int(size)]).hex() for size in tile["roots_by_size"]} == tile[
        "roots_by_size"
    ]
    assert tile["first_tile_root"] == textbook_root(LARGE[:256]).hex()


@pytest.mark.parametrize("each", [*VECTORS["inclusion"], VECTORS["tile"]["inclusion"]])
def test_its_proofs_of_inclusion_hold(each: dict[str, Any]) -> None:
    leaf, root = unhex([each["leaf_hash"], each["root"]])
    inclusion_check(leaf=leaf, index=each["index"], size=each["size"], proof=unhex(each["path"]), root=root)


@pytest.mark.parametrize("each", [*VECTORS["consistency"], *VECTORS["tile"]["consistency"]])
def test_its_proofs_of_consistency_hold(each: dict[str, Any]) -> None:
    first_root, second_root = unhex([each["first_root"], each["second_root"]])
    consistency_check(
        first=each["first"],
        second=each["second"],
        proof=unhex(each["path"]),
        first_root=first_root,
        second_root=second_root,
    )


def test_its_canonical_bytes_say_what_it_says() -> None:
    canonical, disclosures = VECTORS["canonical"], VECTORS["disclosures"]
    assert json.loads(bytes.fromhex(canonical["bytes_hex"])) == canonical["value"]
    for each in disclosures["values"]:
        data = bytes.fromhex(each["bytes_hex"])
        assert json.loads(data) == [each["salt"], each["name"], each["value"]]
        assert base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=") == each["digest"]
    assert sorted(each["digest"] for each in disclosures["values"]) == disclosures["_sd"]


@pytest.mark.parametrize("note", ["note", "note_with_unknown_witness"])
def test_its_checkpoint_holds(note: str) -> None:
    expected = VECTORS["checkpoint"]
    checkpoint = note_verify(expected[note], [KEY])
    assert (checkpoint.size, checkpoint.root.hex()) == (expected["size"], expected["root"])
    assert checkpoint.body() == expected["body"]
    assert (KEY.key_id.hex(), KEY.verifier_key) == (expected["key_id"], expected["verifier_key"])


def test_its_proof_holds() -> None:
    proof = VECTORS["proof"]["text"]
    assert leaf_hash(proof_parse(proof).extra) == PROOF_LEAF
    assert proof_check(proof, PROOF_LEAF, [KEY]).size == len(LARGE)


@pytest.mark.parametrize("each", VECTORS["refused"]["notes"], ids=lambda each: each["why"])
def test_its_bad_checkpoints_are_refused(each: dict[str, str]) -> None:
    assert each["note"] != VECTORS["checkpoint"]["note"]
    with pytest.raises(LedgerError):
        note_verify(each["note"], [KEY])


@pytest.mark.parametrize("each", VECTORS["refused"]["proofs"], ids=lambda each: each["why"])
def test_its_bad_proofs_are_refused(each: dict[str, str]) -> None:
    assert each["text"] != VECTORS["proof"]["text"]
    with pytest.raises(LedgerError):
        proof_check(each["text"], PROOF_LEAF, [KEY])
