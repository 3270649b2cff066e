"""The eighteen components of a cybersecurity audit (11 CCR § 7123), each with what the console has of it.

Numbers are those of subsection (c), read in a transcription that others made of the Agency's approved text;
the official publication wasn't compared, and that is said wherever they're shown. Titles are ours and short.
Nothing here says that a component is met. Most of them are about a whole business; the console shows its own
part, and its officers say the rest.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from compliance.desk.domain.controls import Evidence

_E: Final = Evidence
SECTION: Final = "11 CCR § 7123"
TEXT: Final = "text approved in September 2025, in force since 1 January 2026"
CAVEAT: Final = (
    f"Numbers are those of {SECTION}(c), {TEXT}, as others transcribed it from the Agency's file; the"
    " official publication wasn't compared. Titles are ours: confirm with counsel."
)


class Standing(StrEnum):
    """What officers said of a component. Stable: statements keep these names."""

    UNSAID = "unsaid"
    APPLIES = "applies"
    ELSEWHERE = "elsewhere"
    NOT_APPLICABLE = "not_applicable"


STANDING_WORDS: Final[dict[str, str]] = {
    Standing.UNSAID: "not assessed",
    Standing.APPLIES: "applies",
    Standing.ELSEWHERE: "applies; evidence is kept elsewhere too",
    Standing.NOT_APPLICABLE: "not applicable",
}


@dataclass(frozen=True, slots=True)
class Component:
    """One component.

    Attributes:
        number: 1 to 18.
        title: In our words.
        reports: Ids of the reports that are evidence.
        pages: Pages that are.
        limits: What these don't show of it.
    """

    number: int
    title: str
    reports: tuple[str, ...]
    pages: tuple[Evidence, ...]
    limits: str

    @property
    def section(self) -> str:
        """Where it stands in the regulations."""
        return f"{SECTION}(c)({self.number})"


_ALL: Final = (
    Component(
        1,
        "Authentication: more than one factor, phishing-resistant; strong unique passwords",
        ("R3", "R3a", "R3b"),
        (_E.POLICY,),
        "Sign-ins to anything but the console.",
    ),
    Component(
        2,
        "Encryption of personal information, at rest and in transit",
        ("R7", "R8"),
        (_E.PHI, _E.MODULES),
        "Disks, backups and the way to the database, which the operator attests.",
    ),
    Component(
        3,
        "Account management and access controls: least privilege, privileged accounts, physical access",
        ("R1", "R1a", "R9"),
        (_E.ACCESS, _E.REVIEWS),
        "Accounts of hosts and databases, and doors.",
    ),
    Component(
        4,
        "Inventory: personal information and its classes, hardware and software that is allowed",
        ("R7",),
        (_E.PHI, _E.INVENTORY),
        "Hardware, and software that isn't the console's own; what may connect or run.",
    ),
    Component(
        5,
        "Secure configuration: updates and patches, own and cloud environments, masking, change management",
        ("R4", "R11", "R14"),
        (_E.POLICY, _E.APPS),
        "How hosts, networks and cloud accounts are set up and patched.",
    ),
    Component(
        6,
        "Vulnerability scans from inside and outside, penetration tests, disclosure and reporting",
        (),
        (_E.INVENTORY,),
        "Scans and tests. The inventory has advisories about libraries, as somebody imported them.",
    ),
    Component(
        7,
        "Audit-log management: central storage, retention, monitoring",
        ("R10", "R13"),
        (_E.LOG, _E.VERIFICATION, _E.ANCHORS, _E.HOLDS),
        "Logs of hosts and networks.",
    ),
    Component(
        8,
        "Monitoring and defence of networks: intrusions, failed sign-ins, loss of data",
        ("R9",),
        (),
        "All but what the console refused.",
    ),
    Component(9, "Protection against viruses and malware", (), (), "Anything of it."),
    Component(10, "Segmentation of information systems", (), (), "Anything of it."),
    Component(
        11, "Control of ports, services and protocols", (), (_E.PHI,), "All but the TLS that is measured."
    ),
    Component(
        12,
        "Awareness: knowing of changing threats and countermeasures",
        (),
        (_E.WATCH, _E.TRANSITIONS),
        "All but reviews of laws, standards and algorithms.",
    ),
    Component(
        13, "Education and training of everybody who is let into the system", (), (), "Anything of it."
    ),
    Component(
        14,
        "Secure development: review and testing of code",
        ("R4", "R4a"),
        (_E.APPS, _E.INVENTORY),
        "How the code of apps is written and tested before it's uploaded.",
    ),
    Component(
        15,
        "Oversight of service providers, contractors and third parties (sections 7051, 7053)",
        (),
        (_E.PROVIDERS, _E.ASSOCIATES),
        "Contracts themselves, and whether they are kept.",
    ),
    Component(
        16,
        "Retention schedules, and disposal of what isn't needed any more",
        ("R5", "R12"),
        (_E.HOLDS, _E.REQUESTS),
        "Data that are outside of the console.",
    ),
    Component(
        17,
        "Response to security incidents: the plan, and how it is tested",
        ("R17", "R16"),
        (_E.INCIDENTS, _E.DRILLS),
        "The plan itself.",
    ),
    Component(
        18,
        "Business continuity and disaster recovery, with backups and getting data back",
        ("R16",),
        (_E.DRILLS,),
        "The plan, and backups that nobody restored.",
    ),
)
COMPONENTS: Final = {each.number: each for each in _ALL}
