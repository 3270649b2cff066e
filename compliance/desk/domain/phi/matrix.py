"""The enforcement matrix: what the console does by itself where an app handles PHI (45 CFR 164.312)."""

from dataclasses import dataclass
from typing import Final

from compliance.ledger.domain.phi_rules import PHIRule


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One rule.

    Attributes:
        rule: Its id.
        point: Where it applies.
        words: What it asks for.
        answer: What who breaks it gets.
        is_counted: Refusals are counted; the others can't be provoked from outside.
    """

    rule: PHIRule
    point: str
    words: str
    answer: str
    is_counted: bool = True


MATRIX: Final[tuple[MatrixRow, ...]] = (
    MatrixRow(
        PHIRule.PLAINTEXT,
        "Issuing a token",
        "A token with a claim of class PHI, or in such an app with one that nobody classified, is signed and "
        "then encrypted: A256GCM, to ECDH-ES+A256KW or RSA-OAEP-256, never compressed.",
        "Back end: 422 phi_needs_encryption. Device without a key: 403 recipient_unknown.",
    ),
    MatrixRow(
        PHIRule.JWS,
        "Receiving a token",
        "A token in clear (three parts) isn't taken: nothing of it is read or kept.",
        "400 phi_token_in_clear",
    ),
    MatrixRow(
        PHIRule.CONDITIONS,
        "Setting the flag",
        "There's a reader's encryption key, the KEK is apart from the database, the public address has TLS, "
        "and a proxy of the operator's tells what came by it.",
        "The page says what is missing; nothing is changed.",
        is_counted=False,
    ),
    MatrixRow(
        PHIRule.TRANSPORT,
        "Transport",
        "Devices are answered by TLS only; a proxy is believed about it only where TRUSTED_PROXIES says that "
        "there is one.",
        "421 tls_required",
    ),
    MatrixRow(
        PHIRule.STORAGE,
        "Storage",
        "What is sealed is sealed with AES-256-GCM, bound to its place, under a key that isn't in the "
        "database. The inventory of fields agrees with the tables.",
        "The console doesn't start (desk.E001).",
        is_counted=False,
    ),
    MatrixRow(
        PHIRule.LOGGED,
        "Audit log and exports",
        "No field that may hold PHI can be a fact of an entry, except as a salted digest.",
        "The console doesn't start (desk.E002).",
        is_counted=False,
    ),
    MatrixRow(
        PHIRule.CUSTOM_ID,
        "Ids that apps give devices",
        "Dropped before they are stored. The setting that keeps them can't be switched on.",
        "The check is answered without it; the page refuses the setting.",
    ),
    MatrixRow(
        PHIRule.DETAIL,
        "Messages and crash texts",
        "Dropped before they are stored; the event itself counts.",
        "The event is accepted without them.",
    ),
    MatrixRow(
        PHIRule.LOWERED,
        "Lowering a flag",
        "Two people and a reason, whatever the policy says. What the log has by then keeps its long term.",
        "One person alone: refused, the request waits for somebody else.",
    ),
)
