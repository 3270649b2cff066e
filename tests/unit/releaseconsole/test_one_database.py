"""What is tried on one database alone asks nothing that the other could answer otherwise."""

import re

import pytest

from tests.support.one_database import FOLDER, TRIED_ONCE

_A_DATABASES_MATTER = re.compile(
    r"transaction=True|transactional_db|IntegrityError|DatabaseError|ProtectedError|connection\.vendor"
    r"|at_once\(|num_queries|CaptureQueries|cursor\(\)|\\x00"
)


@pytest.mark.parametrize("name", TRIED_ONCE)
def test_nothing_of_the_database_is_asked_there(name: str) -> None:
    assert not _A_DATABASES_MATTER.findall((FOLDER / name).read_text())


@pytest.mark.parametrize("name", sorted(set(TRIED_ONCE.values())))
def test_what_it_rests_on_is_tried_on_both(name: str) -> None:
    assert (FOLDER / name).exists()
    assert name not in TRIED_ONCE
