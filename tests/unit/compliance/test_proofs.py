"""Proofs to keep: what a file that travels alone shows, and each way of bending it."""

import pytest

from compliance.ledger.domain.merkle import inclusion_proof, leaf_hash, nodes_of, tree_root
from compliance.ledger.domain.proofs import LogProof, proof_check, proof_compose, proof_parse
from compliance.ledger.errors import CheckpointError, LedgerError, ProofError
from tests.support.audit_notes import checkpoint, note_key, signed

ENTRIES = [f"entry {number}".encode() for number in range(9)]
LEAVES = [leaf_hash(entry) for entry in ENTRIES]
NODE = nodes_of(LEAVES)
PLACE = 5
PATH = inclusion_proof(PLACE, len(LEAVES), NODE)
CHECKPOINT = checkpoint(len(LEAVES), tree_root(len(LEAVES), NODE))
NOTE = signed(CHECKPOINT.body())
PROOF = proof_compose(index=PLACE, path=PATH, note=NOTE, extra=ENTRIES[PLACE])
FIRST, EXTRA, INDEX, LOWEST = PROOF.split("\n")[:4]


def test_a_proof_shows_its_entry_in_the_log() -> None:
    assert proof_check(PROOF, LEAVES[PLACE], [note_key()]) == CHECKPOINT
    assert proof_parse(PROOF) == LogProof(PLACE, tuple(PATH), NOTE, ENTRIES[PLACE])


def test_the_only_entry_of_a_log_is_proved_by_its_checkpoint() -> None:
    note = signed(checkpoint(1, LEAVES[0]).body())
    proof = proof_compose(index=0, path=[], note=note)
    assert proof == f"c2sp.org/tlog-proof@v1\nindex 0\n\n{note}"
    assert proof_check(proof, LEAVES[0], [note_key()]).size == 1
    assert proof_parse(proof).extra == b""


def test_a_proof_shows_no_other_entry() -> None:
    for place, leaf in enumerate(LEAVES):
        if place != PLACE:
            with pytest.raises(ProofError):
                proof_check(PROOF, leaf, [note_key()])


def test_a_proof_under_a_checkpoint_of_somebody_else_is_refused() -> None:
    with pytest.raises(CheckpointError):
        proof_check(PROOF, LEAVES[PLACE], [note_key(2)])


def test_a_flipped_bit_anywhere_but_in_the_extra_is_noticed() -> None:
    data, believed = PROOF.encode(), set()
    extra = range(len(FIRST) + 1 + len("extra "), len(FIRST) + 1 + len(EXTRA))
    for bit in range(len(data) * 8):
        bent = bytearray(data)
        bent[bit // 8] ^= 1 << bit % 8
        try:
            proof_check(bent.decode(errors="surrogateescape"), LEAVES[PLACE], [note_key()])
        except LedgerError:
            continue
        believed.add(bit // 8)
    assert believed <= set(extra)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param(NOTE, id="a checkpoint"),
        pytest.param(PROOF.replace("@v1", "@v2"), id="another version"),
        pytest.param(f"\n{PROOF}", id="an empty line before"),
        pytest.param(f" {PROOF}", id="a space before"),
        pytest.param(PROOF.replace("\n", "\r\n"), id="CRLF"),
        pytest.param(PROOF.replace("\n\n", "\n", 1), id="no empty line"),
        pytest.param(PROOF.replace("\n\n", " more\n\n", 1), id="something after the last hash"),
        pytest.param(PROOF.replace("\n\n", "\n\n\n", 1), id="two empty lines"),
        pytest.param(PROOF.replace(f"{INDEX}\n", ""), id="no index"),
        pytest.param(PROOF.replace(INDEX, "5"), id="an index without its name"),
        pytest.param(PROOF.replace(INDEX, "index 05"), id="a leading zero"),
        pytest.param(PROOF.replace(INDEX, "index +5"), id="a sign"),
        pytest.param(PROOF.replace(INDEX, "index -4"), id="from the end"),
        pytest.param(PROOF.replace(INDEX, "index 4"), id="the neighbour"),
        pytest.param(PROOF.replace(INDEX, "index 9"), id="beyond the end"),
        pytest.param(PROOF.replace(INDEX, f"{INDEX}\n{INDEX}"), id="two indexes"),
        pytest.param(PROOF.replace(INDEX, f"{INDEX}\n{EXTRA}"), id="the extra after the index"),
        pytest.param(PROOF.replace(EXTRA, f"{EXTRA}\n{EXTRA}"), id="two extras"),
        pytest.param(PROOF.replace(EXTRA, "extra "), id="an empty extra"),
        pytest.param(PROOF.replace(EXTRA, "extra A"), id="an extra that isn't base64"),
        pytest.param(PROOF.replace(EXTRA, "extra ZW50cnkgNZ=="), id="an extra with other trailing bits"),
        pytest.param(PROOF.replace(f"{LOWEST}\n", ""), id="a hash less"),
        pytest.param(PROOF.replace(LOWEST, f"{LOWEST}\n{LOWEST}"), id="a hash more"),
        pytest.param(PROOF.replace(LOWEST, LOWEST.rstrip("=")), id="a hash without padding"),
        pytest.param(PROOF.replace(LOWEST, f"{LOWEST} "), id="a space after a hash"),
        pytest.param(PROOF.replace(LOWEST, "AAEC"), id="a short hash"),
        pytest.param(PROOF.replace(EXTRA, f"extra {'A' * 4 * 1024 * 1024}"), id="too long"),
    ],
)
def test_a_malformed_proof_is_refused(text: str) -> None:
    with pytest.raises(LedgerError):
        proof_check(text, LEAVES[PLACE], [note_key()])
