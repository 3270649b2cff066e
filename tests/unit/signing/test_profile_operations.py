"""Which changes of a claim lower what is protected: the matrix of who has to agree."""

import pytest

from accounts.domain.policy import PHI_CLAIM_LOWER
from signing.domain.profile_operations import claim_operation

DEFINE, REMOVE = "signing:claim:define", "signing:claim:remove"
GONE = None


@pytest.mark.parametrize(
    ("before", "after", "in_phi_app", "elsewhere"),
    [
        pytest.param("phi", "phi", DEFINE, DEFINE, id="stays health data"),
        pytest.param("phi", "public", PHI_CLAIM_LOWER, PHI_CLAIM_LOWER, id="health data to public"),
        pytest.param("phi", "", PHI_CLAIM_LOWER, PHI_CLAIM_LOWER, id="health data to unclassified"),
        pytest.param("phi", GONE, PHI_CLAIM_LOWER, PHI_CLAIM_LOWER, id="health data removed"),
        pytest.param("", "public", PHI_CLAIM_LOWER, DEFINE, id="unclassified to public"),
        pytest.param("", "internal", PHI_CLAIM_LOWER, DEFINE, id="unclassified to internal"),
        pytest.param("", "personal", PHI_CLAIM_LOWER, DEFINE, id="unclassified to personal"),
        pytest.param("", GONE, PHI_CLAIM_LOWER, REMOVE, id="unclassified removed"),
        pytest.param("", "", DEFINE, DEFINE, id="stays unclassified"),
        pytest.param("", "phi", DEFINE, DEFINE, id="raised"),
        pytest.param("public", "internal", DEFINE, DEFINE, id="never was"),
        pytest.param("public", GONE, REMOVE, REMOVE, id="never was, removed"),
        pytest.param(GONE, "public", DEFINE, DEFINE, id="new"),
    ],
)
def test_what_counts_as_health_data_is_lowered_by_two(
    before: str | None, after: str | None, in_phi_app: str, elsewhere: str
) -> None:
    def named(*, handles_phi: bool) -> str:
        told = [None if each is None else {"class": each} for each in (before, after)]
        return claim_operation(
            app_id="a", name="ward", before=told[0], after=told[1], handles_phi=handles_phi
        ).name

    assert (named(handles_phi=True), named(handles_phi=False)) == (in_phi_app, elsewhere)
