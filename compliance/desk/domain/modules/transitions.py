"""Dates on which algorithms and standards end or begin, each with the text that says so. Pure data.

What a draft says isn't in force, and is marked. Every line names its text's version and the day on which it
was read: texts change, and a lawyer or the text itself has the last word.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from compliance.desk.domain.modules.algorithms import ALGORITHMS, AlgorithmFacts


@dataclass(frozen=True, slots=True)
class Transition:
    """One date.

    Attributes:
        key: Its name, in documents.
        on: The last day of the old, or the first day of the new.
        what: What happens on it.
        here: What that means for this console.
        source: The text.
        section: Where in it.
        version: Which version of it was read.
        read_on: When.
        is_draft: Whether the text isn't in force.
        below_bits: It ends what has less strength than this, asymmetric or not; 0: it doesn't go by strength.
        ends_quantum_vulnerable: It ends what a quantum computer breaks.
        algorithms: It ends these, by name.
    """

    key: str
    on: date
    what: str
    here: str
    source: str
    section: str
    version: str
    read_on: date
    is_draft: bool = False
    below_bits: int = 0
    ends_quantum_vulnerable: bool = False
    algorithms: tuple[str, ...] = ()

    def touches(self, algorithm: AlgorithmFacts) -> bool:
        """Whether it ends this algorithm, at least for the weakest keys that are accepted."""
        return (
            algorithm.name in self.algorithms
            or 0 < algorithm.least_bits < self.below_bits
            or (self.ends_quantum_vulnerable and algorithm.survives_quantum is False)
        )

    def days_left(self, *, today: date) -> int:
        """Days until then; negative when it's over."""
        return (self.on - today).days


_READ: Final = date(2026, 11, 30)

TRANSITIONS: Final = (
    Transition(
        "fips-140-2",
        date(2026, 9, 21),
        "Every FIPS 140-2 certificate is historical.",
        "Record certificates under FIPS 140-3.",
        "CMVP, FIPS 140-3 transition",
        "Transition effort",
        "As described by vendors; the page of CMVP itself wasn't read",
        _READ,
    ),
    Transition(
        "cnsa-2-acquisition",
        date(2027, 1, 1),
        "New acquisitions for US national security systems comply with CNSA 2.0 (ML-DSA-87, ML-KEM-1024).",
        "Nothing here signs with ML-DSA yet. It binds national security systems only.",
        "NSA, Commercial National Security Algorithm Suite 2.0",
        "Timeline",
        "FAQ of December 2024; known from summaries",
        _READ,
    ),
    Transition(
        "strength-112",
        date(2030, 12, 31),
        "112 bits of security strength end for protecting data; what is protected already may be read.",
        "RSA of 2,048 bits: accepted of identity providers, CI, security keys and recipients. The console "
        "makes 3,072.",
        "NIST SP 800-57 part 1",
        "5.6.3, table 4",
        "Revision 5, May 2020",
        _READ,
        below_bits=128,
    ),
    Transition(
        "strength-112-draft",
        date(2030, 12, 31),
        "The least strength rises from 112 to 128 bits; for asymmetric algorithms it isn't enforced apart "
        "from the move to post-quantum ones.",
        "As above.",
        "NIST SP 800-131A",
        "1.2.3 and 3",
        "Revision 3, initial public draft, October 2024; no final version was found",
        _READ,
        is_draft=True,
        below_bits=128,
    ),
    Transition(
        "sha-1",
        date(2030, 12, 31),
        "SHA-1 ends, in HMAC too.",
        "Authenticator apps count with HMAC-SHA-1. Security keys don't: have them in place by then.",
        "NIST, transitioning away from SHA-1 for all applications",
        "Announcement",
        "15 December 2022",
        _READ,
        algorithms=("HMAC-SHA-1",),
    ),
    Transition(
        "quantum-deprecated",
        date(2030, 12, 31),
        "RSA, ECDSA, ECDH of 112 bits are deprecated.",
        "As for 112 bits.",
        "NIST IR 8547",
        "4.1.1 and 4.1.2, tables 2 and 4",
        "Initial public draft, November 2024; sources disagree whether a final version is out",
        _READ,
        is_draft=True,
        below_bits=128,
    ),
    Transition(
        "quantum-disallowed",
        date(2035, 12, 31),
        "RSA, ECDSA, EdDSA and ECDH end, whatever their strength.",
        "All tokens, trust bundles and checkpoints. Room for ML-DSA (FIPS 204, RFC 9964) is left; nothing is "
        "built.",
        "NIST IR 8547",
        "4.1.1 and 4.1.2, tables 2 and 4",
        "Initial public draft, November 2024; sources disagree whether a final version is out",
        _READ,
        is_draft=True,
        ends_quantum_vulnerable=True,
    ),
)


def touched_by(names: Iterable[str], transition: Transition) -> list[str]:
    """List those algorithms that a transition ends, in the order given."""
    return [name for name in names if transition.touches(ALGORITHMS[name])]
