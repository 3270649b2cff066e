"""On which grounds a request is denied, in whole or in part: each is a section of a text.

The exceptions to deletion are those after the CPRA, of which there are eight; older lists have nine.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from compliance.desk.domain.request_states import OPT_OUTS, Kind
from compliance.desk.domain.rules import Rule
from compliance.desk.errors import DenialBasisError


class Category(StrEnum):
    """How yearly figures may split denials (11 CCR § 7102)."""

    NOT_VERIFIABLE = "not verifiable"
    NOT_A_CONSUMER = "not a consumer"
    EXEMPT = "exempt"
    OTHER = "other"


class Basis(StrEnum):
    """A ground; its value is on record and never renamed."""

    TRANSACTION = "105d1"
    SECURITY = "105d2"
    DEBUG = "105d3"
    SPEECH = "105d4"
    CALECPA = "105d5"
    RESEARCH = "105d6"
    INTERNAL = "105d7"
    LEGAL = "105d8"
    NOT_VERIFIED = "not_verified"
    AGENT = "agent"
    NOT_A_CONSUMER = "not_a_consumer"
    NO_DATA = "no_data"
    HEALTH_DATA = "145c"
    EXCESSIVE = "145h3"
    ACCURATE = "accurate"
    FRAUD = "fraud"


@dataclass(frozen=True, slots=True)
class Ground:
    """A ground as pages and letters say it.

    Attributes:
        rule: The section, and what it says.
        kinds: Which kinds of request it can deny.
        category: Under which it counts in yearly figures.
    """

    rule: Rule
    kinds: frozenset[Kind]
    category: Category


_DELETE: Final = frozenset({Kind.DELETE})
_IDENTIFIED: Final = frozenset(Kind) - OPT_OUTS
_ALL: Final = frozenset(Kind)


def _exception(number: int, says: str) -> Ground:
    # text="": the current wording of the eight wasn't read, see the caveat in its citation.
    rule = Rule(f"Cal. Civ. Code § 1798.105(d)({number})", says, text="")
    return Ground(rule, _DELETE, Category.EXEMPT)


GROUNDS: Final = {
    Basis.TRANSACTION: _exception(1, "Needed for a transaction, a warranty, a recall or a contract."),
    Basis.SECURITY: _exception(
        2, "Needed for security and integrity, as far as necessary and proportionate."
    ),
    Basis.DEBUG: _exception(3, "Needed to find and repair errors."),
    Basis.SPEECH: _exception(4, "Needed for free speech, or another right."),
    Basis.CALECPA: _exception(
        5, "Needed to comply with the Electronic Communications Privacy Act (CalECPA)."
    ),
    Basis.RESEARCH: _exception(6, "Needed for research to which the person consented."),
    Basis.INTERNAL: _exception(7, "Internal uses that the person can expect."),
    Basis.LEGAL: _exception(8, "Needed to comply with a legal obligation."),
    Basis.NOT_VERIFIED: Ground(
        Rule("11 CCR § 7021(b)", "Identity couldn't be verified."), _IDENTIFIED, Category.NOT_VERIFIABLE
    ),
    Basis.AGENT: Ground(
        Rule("11 CCR § 7063", "The agent didn't show that they speak for the person."),
        _ALL,
        Category.NOT_VERIFIABLE,
    ),
    Basis.NOT_A_CONSUMER: Ground(
        Rule("Cal. Civ. Code § 1798.140", "The request isn't from a California resident.", text=""),
        _ALL,
        Category.NOT_A_CONSUMER,
    ),
    Basis.NO_DATA: Ground(
        Rule("11 CCR § 7021", "Nothing is held that matches the request."), _ALL, Category.OTHER
    ),
    Basis.HEALTH_DATA: Ground(
        Rule("Cal. Civ. Code § 1798.145(c)", "Health data under HIPAA are outside this law.", text=""),
        _ALL,
        Category.EXEMPT,
    ),
    Basis.EXCESSIVE: Ground(
        Rule("Cal. Civ. Code § 1798.145(h)(3)", "The request is unfounded or excessive.", text=""),
        _ALL,
        Category.OTHER,
    ),
    Basis.ACCURATE: Ground(
        Rule("11 CCR § 7023", "What is held is more likely than not accurate.", text=""),
        frozenset({Kind.CORRECT}),
        Category.OTHER,
    ),
    Basis.FRAUD: Ground(
        Rule("11 CCR § 7060(f)", "There is good reason to believe that the request is fraudulent."),
        _ALL,
        Category.NOT_VERIFIABLE,
    ),
}


def bases_for(kind: Kind) -> tuple[Basis, ...]:
    """Return the grounds on which a request of this kind can be denied."""
    return tuple(basis for basis, ground in GROUNDS.items() if kind in ground.kinds)


def bases_require(bases: Iterable[Basis], explanation: str, *, kind: Kind) -> tuple[Basis, ...]:
    """Make sure that a denial names grounds that fit, each once, and says why in words.

    Raises:
        DenialBasisError: It names none, one of another kind of request, or says nothing.
    """
    named = tuple(dict.fromkeys(bases))
    if not named or not explanation.strip() or any(kind not in GROUNDS[basis].kinds for basis in named):
        raise DenialBasisError
    return named
