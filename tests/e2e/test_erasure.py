"""One person is erased from a console at work and from its restored backup: a small `make erasure-large`."""

from pathlib import Path

from tests.support.console import console_started
from tests.support.erasure_proof import Proof
from tests.support.operator import Operator


def test_nothing_of_one_person_is_left_in_a_console_at_work(tmp_path: Path) -> None:
    with (
        console_started() as console,
        Operator(console.base_url) as officer,
        Proof(console, officer, tmp_path) as proof,
    ):
        proof.run(devices=50, crowds=1)
