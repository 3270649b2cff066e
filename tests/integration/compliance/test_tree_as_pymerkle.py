"""The tree that services build, batch by batch, against pymerkle, which knows nothing of ours."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pymerkle import InmemoryTree, verify_consistency, verify_inclusion

from compliance.ledger.domain.merkle import inclusion_check, inclusion_proof
from compliance.ledger.models import AuditEvent, AuditLeaf
from compliance.ledger.selectors.proofs import consistency_between
from compliance.ledger.selectors.tree import TreeReader
from compliance.ledger.services.checkpoints import checkpoint_take
from compliance.ledger.services.verification import log_verify
from releaseconsole.kernel import clock
from tests.support.tampering import record


@pytest.fixture
def independent(db: None) -> InmemoryTree:
    return InmemoryTree(algorithm="sha256")


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(batches=st.lists(st.integers(min_value=1, max_value=130), min_size=1, max_size=4), seed=st.integers(0))
def test_any_batches_make_the_tree_that_pymerkle_makes(
    independent: InmemoryTree, batches: list[int], seed: int
) -> None:
    """One log, which each example goes on with."""
    for batch in batches:
        before = AuditLeaf.objects.count()
        earlier = checkpoint_take(now=clock.now())
        record(batch)
        checkpoint = checkpoint_take(now=clock.now())
        assert checkpoint is not None
        numbers = AuditLeaf.objects.filter(sequence__gte=before).order_by("sequence")
        for number in numbers.values_list("number", flat=True):
            independent.append_entry(bytes(AuditEvent.objects.get(pk=number).header))
        assert (checkpoint.size, bytes(checkpoint.root)) == (before + batch, independent.get_root())
        if earlier is not None:
            proof = independent.prove_consistency(before, checkpoint.size)
            verify_consistency(bytes(earlier.root), bytes(checkpoint.root), proof)
            assert consistency_between(earlier, checkpoint)
        index = seed % checkpoint.size
        leaf = bytes(AuditLeaf.objects.get(sequence=index).leaf_hash)
        path = inclusion_proof(index, checkpoint.size, TreeReader().node)
        inclusion_check(leaf=leaf, index=index, size=checkpoint.size, proof=path, root=bytes(checkpoint.root))
        verify_inclusion(leaf, bytes(checkpoint.root), independent.prove_inclusion(index + 1))
    report = log_verify(now=clock.now())
    assert (report.verdict, report.findings) == ("holds", [])
