import os
import re

from releaseconsole.kernel import randomness


def test_an_id_has_128_bits_as_hex() -> None:
    assert re.fullmatch(r"[0-9a-f]{32}", randomness.token_id())


def test_no_two_ids_are_equal_however_they_were_drawn() -> None:
    assert len({randomness.token_id() for _ in range(5000)}) == 5000


def test_a_forked_process_shares_none_of_its_parent_s_ids() -> None:
    randomness.token_id()  # draws many
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, "".join(randomness.token_id() for _ in range(256)).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answers:
        theirs = re.findall(".{32}", answers.read())
    os.waitpid(child, 0)
    assert len(theirs) == 256
    assert not set(theirs) & {randomness.token_id() for _ in range(256)}
