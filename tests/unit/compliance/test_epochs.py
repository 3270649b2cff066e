import pytest

from compliance.ledger.domain.checkpoints import Checkpoint
from compliance.ledger.domain.epochs import is_later_epoch, origin_next


@pytest.mark.parametrize(
    ("origin", "following"),
    [
        ("updates.example.com/log", "updates.example.com/log#2"),
        ("updates.example.com/log#2", "updates.example.com/log#3"),
        ("log#9", "log#10"),
        ("log#10", "log#11"),
        ("log#1", "log#1#2"),
        ("log#02", "log#02#2"),
        ("log#two", "log#two#2"),
        ("log#2#3", "log#2#4"),
    ],
)
def test_each_epoch_has_a_name_of_its_own(origin: str, following: str) -> None:
    assert origin_next(origin) == following
    assert Checkpoint(following, 1, bytes(32)).origin == following
    assert is_later_epoch(following, than=origin)
    assert not is_later_epoch(origin, than=following)
    assert not is_later_epoch(origin, than=origin)


def test_another_log_is_no_later_epoch() -> None:
    assert not is_later_epoch("other#2", than="log")
    assert not is_later_epoch("log#2x", than="log")
