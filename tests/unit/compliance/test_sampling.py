"""Samples: repeatable by anybody, and different by whatever goes into the seed."""

import hashlib
from dataclasses import replace

from compliance.desk.domain.sampling import Population, sample_draw, sample_seed

ROOT = bytes(range(32))
POPULATION = Population(
    "updates:release:publish", "", "2026-01-01T00:00:00.000000Z", "2026-04-01T00:00:00.000000Z", 900
)


def seed(
    population: Population = POPULATION, *, origin: str = "log", size: int = 901, root: bytes = ROOT
) -> bytes:
    return sample_seed(origin=origin, size=size, root=root, population=population)


def test_the_seed_is_what_the_docs_say() -> None:
    text = (
        "Release Console sample v1\nlog\n901\n" + ROOT.hex() + "\n"
        "updates:release:publish * 2026-01-01T00:00:00.000000Z 2026-04-01T00:00:00.000000Z 900\n"
    )
    assert seed() == hashlib.sha256(text.encode()).digest()


def test_the_lowest_ranks_are_drawn_in_the_order_of_the_log() -> None:
    sequences = range(100, 400)
    ranked = sorted(sequences, key=lambda each: hashlib.sha256(seed() + str(each).encode()).digest())
    assert sample_draw(seed=seed(), sequences=iter(sequences), count=25) == sorted(ranked[:25])
    # A larger sample holds the smaller one.
    assert set(ranked[:25]) <= set(sample_draw(seed=seed(), sequences=sequences, count=60))


def test_a_small_population_is_drawn_whole() -> None:
    assert sample_draw(seed=seed(), sequences=[7, 3], count=25) == [3, 7]
    assert sample_draw(seed=seed(), sequences=[], count=25) == []


def test_everything_that_is_said_changes_the_seed() -> None:
    others = [
        seed(origin="another"),
        seed(size=902),
        seed(root=bytes(32)),
        seed(replace(POPULATION, action="updates:release:halt")),
        seed(replace(POPULATION, app_id="com.example")),
        seed(replace(POPULATION, begins_at="2025")),
        seed(replace(POPULATION, ends_at="2027")),
        seed(replace(POPULATION, before=899)),
    ]
    assert len({seed(), *others}) == len(others) + 1
