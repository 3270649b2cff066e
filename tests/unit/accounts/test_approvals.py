"""Sentences that are kept, and the operations by which requests are decided."""

from datetime import UTC, datetime

from accounts.domain.approvals import give_operation, review_operation, sentences_pack, sentences_unpack

AT = datetime(2026, 11, 29, 21, 0, tzinfo=UTC)


def test_sentences_come_back_as_they_were_told() -> None:
    told = [("It takes over at ", AT, "."), ("It can't be undone.",)]
    assert sentences_unpack(sentences_pack(told)) == told


def test_an_approval_is_of_one_request_with_its_digest() -> None:
    given = {"request_id": "r1", "name": "signing:key:revoke", "digest": "d1"}
    digests = {
        give_operation(**(given | changed)).digest()
        for changed in ({}, {"request_id": "r2"}, {"name": "signing:key:destroy"}, {"digest": "d2"})
    }
    assert len(digests) == 4


def test_closing_a_review_approves_nothing() -> None:
    reviewed = review_operation(review_id="r1", name="signing:key:revoke", digest="d1")
    given = give_operation(request_id="r1", name="signing:key:revoke", digest="d1")
    assert reviewed.digest() != given.digest()
