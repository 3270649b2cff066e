"""The algorithms of the inventory: how strong each is, whether a quantum computer breaks it, who approves it.

Strengths are those of SP 800-57 part 1 revision 5, tables 2 and 3, for the keys that the console makes. What
somebody else made (an identity provider's RSA key of 2,048 bits) can be weaker: `least_bits` says how weak.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Family(StrEnum):
    """What an algorithm is for."""

    SIGNATURE = "signature"
    KEY_AGREEMENT = "key agreement"
    KEY_TRANSPORT = "key transport"
    ENCRYPTION = "encryption"
    MAC = "message authentication"
    HASH = "hash"
    PASSWORD = "password hash"
    RANDOM = "random numbers"
    PROTOCOL = "protocol"


class Approval(StrEnum):
    """Whether a FIPS module may count it as an approved service."""

    YES = "approved"
    CERTIFICATE = "approved, if the module's certificate has it"
    NO = "not approved"
    NOT_ONE = "made of others"


@dataclass(frozen=True, slots=True)
class AlgorithmFacts:
    """One algorithm, as the console uses it.

    Attributes:
        name: As the inventory spells it.
        words: Spelled out, with its parameters.
        family: What it's for.
        bits: Classical security strength as made here; 0: strength isn't the measure.
        least_bits: The same for the weakest that is accepted of others.
        survives_quantum: Whether it stands against a quantum computer, as far as anybody knows; None: that
            depends on what both sides choose.
        approval: By FIPS.
        source: The standard.
    """

    name: str
    words: str
    family: Family
    bits: int
    least_bits: int
    survives_quantum: bool | None
    approval: Approval
    source: str


def _signature(name: str, words: str, bits: int, least: int, approval: Approval) -> AlgorithmFacts:
    return AlgorithmFacts(
        name,
        words,
        Family.SIGNATURE,
        bits,
        least,
        survives_quantum=False,
        approval=approval,
        source="FIPS 186-5",
    )


_KNOWN: Final = (
    _signature("ES256", "ECDSA on P-256 with SHA-256", 128, 128, Approval.YES),
    _signature("ES384", "ECDSA on P-384 with SHA-384", 192, 192, Approval.YES),
    _signature("Ed25519", "EdDSA on Curve25519", 128, 128, Approval.CERTIFICATE),
    _signature("RS256", "RSA PKCS #1 v1.5 with SHA-256, 3,072 bits", 128, 112, Approval.YES),
    _signature("PS256", "RSA-PSS with SHA-256, 3,072 bits", 128, 112, Approval.YES),
    AlgorithmFacts(
        "HS256", "HMAC with SHA-256", Family.MAC, 256, 256, survives_quantum=True, approval=Approval.YES,
        source="FIPS 198-1",
    ),
    AlgorithmFacts(
        "HMAC-SHA-256", "HMAC with SHA-256", Family.MAC, 256, 256, survives_quantum=True,
        approval=Approval.YES, source="FIPS 198-1",
    ),
    AlgorithmFacts(
        "HMAC-SHA-1", "HMAC with SHA-1, seeds of 160 bits", Family.MAC, 160, 160, survives_quantum=True,
        approval=Approval.YES, source="FIPS 198-1",
    ),
    AlgorithmFacts(
        "SHA-256", "SHA-256", Family.HASH, 128, 128, survives_quantum=True, approval=Approval.YES,
        source="FIPS 180-4",
    ),
    AlgorithmFacts(
        "A256GCM", "AES-256 in GCM", Family.ENCRYPTION, 256, 256, survives_quantum=True,
        approval=Approval.YES, source="SP 800-38D",
    ),
    AlgorithmFacts(
        "ECDH-ES+A256KW", "ECDH on P-256, then AES-256 key wrap", Family.KEY_AGREEMENT, 128, 128,
        survives_quantum=False, approval=Approval.CERTIFICATE, source="SP 800-56A revision 3",
    ),
    AlgorithmFacts(
        "RSA-OAEP-256", "RSA-OAEP with SHA-256, to keys of others", Family.KEY_TRANSPORT, 128, 112,
        survives_quantum=False, approval=Approval.CERTIFICATE, source="SP 800-56B revision 2",
    ),
    AlgorithmFacts(
        "Argon2id", "Argon2id", Family.PASSWORD, 0, 0, survives_quantum=True, approval=Approval.NO,
        source="RFC 9106",
    ),
    AlgorithmFacts(
        "scrypt", "scrypt", Family.PASSWORD, 0, 0, survives_quantum=True, approval=Approval.NO,
        source="RFC 7914",
    ),
    AlgorithmFacts(
        "getrandom", "The kernel's generator", Family.RANDOM, 256, 256, survives_quantum=True,
        approval=Approval.NO, source="the operating system",
    ),
    AlgorithmFacts(
        "TLS 1.2", "TLS 1.2", Family.PROTOCOL, 0, 0, survives_quantum=None, approval=Approval.NOT_ONE,
        source="SP 800-52 revision 2",
    ),
    AlgorithmFacts(
        "TLS 1.3", "TLS 1.3", Family.PROTOCOL, 0, 0, survives_quantum=None, approval=Approval.NOT_ONE,
        source="SP 800-52 revision 2",
    ),
)  # fmt: skip

ALGORITHMS: Final = {each.name: each for each in _KNOWN}
