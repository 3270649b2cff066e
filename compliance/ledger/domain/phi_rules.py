"""The rules of the PHI enforcement matrix, by the ids that the log, the counters and the register use."""

from enum import StrEnum
from typing import Final


class PHIRule(StrEnum):
    """One rule; docs/phi.md has the matrix in words."""

    PLAINTEXT = "phi.token.plaintext_refused"
    JWS = "phi.token.jws_refused"
    CONDITIONS = "phi.flag.conditions_refused"
    TRANSPORT = "phi.transport.refused"
    STORAGE = "phi.storage.refused"
    LOGGED = "phi.log.refused"
    CUSTOM_ID = "phi.custom_id.dropped"
    DETAIL = "phi.detail.dropped"
    LOWERED = "phi.flag.lowered"


# How the audit log names a rule as what an entry is about: so refusals are counted without reading contents.
PHI_RULE_OBJECT: Final = "phi_rule"
