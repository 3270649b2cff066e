from pathlib import Path

import pytest

from releaseconsole.supervisor import logs


def test_a_large_log_is_moved_while_its_writer_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "LARGEST_BYTES", 10)
    path = tmp_path / "web.log"
    with logs.log_open(path) as log:
        log.write(b"a line that is too long\n")
        log.flush()
        logs.log_trim(path)
        log.write(b"the next\n")
    assert path.read_bytes() == b"the next\n"
    assert (tmp_path / "web.log.1").read_bytes() == b"a line that is too long\n"


def test_a_small_log_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "web.log"
    path.write_text("short\n")
    logs.log_trim(path)
    assert path.read_text() == "short\n"


def test_the_tail_is_the_last_lines(tmp_path: Path) -> None:
    path = tmp_path / "web.log"
    path.write_text("".join(f"line {number}\n" for number in range(5_000)))
    assert logs.log_tail(path, 2) == "  line 4998\n  line 4999"


def test_the_tail_of_a_log_that_never_came_to_be_is_empty(tmp_path: Path) -> None:
    assert not logs.log_tail(tmp_path / "web.log", 2)
