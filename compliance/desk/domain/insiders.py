"""What external auditors aren't shown by an engagement for the audit log or for who may do what.

They were engaged for what these permissions mean to them; these pages ask for the same ones, and show what
people typed about people. An officer shows them what they need of that as an opened pack.
"""

from typing import Final

INSIDERS_ONLY: Final = frozenset({
    "desk:components",
    "desk:consents",
    "desk:drills",
    "desk:incident",
    "desk:incidents",
    "desk:phi",
    "desk:phi-app",
    "desk:phi-associates",
    "desk:phi-decisions",
    "desk:phi-matrix",
    "desk:providers",
    "desk:recertification",
    "desk:recertifications",
    "desk:request",
    "desk:request-calendar",
    "desk:request-metrics",
    "desk:requests",
})
