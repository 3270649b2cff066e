"""Which page shows evidence for which control: NIST SP 800-53, the HIPAA Security Rule, the CCPA.

Evidence supports a control; nothing here says that one is satisfied. The wording of the controls is ours and
short. Texts and versions that were read are on the watch list; the rest is to be confirmed with counsel.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from accounts.domain.roles import Permission


class ControlSet(StrEnum):
    """Where a control comes from."""

    NIST_800_53 = "NIST SP 800-53 Rev. 5"
    HIPAA = "HIPAA Security Rule, 45 CFR 164"
    CCPA = "CCPA: Cal. Civ. Code and 11 CCR"


class Evidence(StrEnum):
    """A page with evidence, by the name of its address."""

    ACCESS = "accounts:access"
    POLICY = "accounts:policy"
    KEYS = "signing:keys"
    LOG = "desk:log"
    VERIFICATION = "desk:verification"
    ANCHORS = "desk:anchors"
    HOLDS = "desk:holds"
    EXPORTS = "desk:exports"
    CATALOGUE = "desk:catalogue"
    REQUESTS = "desk:requests"
    PROVIDERS = "desk:providers"
    METRICS = "desk:request-metrics"
    PHI = "desk:phi"
    PHI_MATRIX = "desk:phi-matrix"
    ASSOCIATES = "desk:phi-associates"
    DECISIONS = "desk:phi-decisions"
    MODULES = "desk:modules"
    INVENTORY = "desk:inventory"
    TRANSITIONS = "desk:transitions"
    WATCH = "desk:watch"
    REVIEWS = "desk:recertifications"
    INCIDENTS = "desk:incidents"
    DRILLS = "desk:drills"
    AUDITS = "desk:audits"
    COMPONENTS = "desk:components"
    REPORTS = "desk:reports"
    APPS = "updates:apps"


# What a page is called, and who may open it.
PAGES: Final[dict[Evidence, tuple[str, Permission]]] = {
    Evidence.ACCESS: ("who may do what", Permission.ACCESS_VIEW),
    Evidence.POLICY: ("policy in force", Permission.AUDIT_VIEW),
    Evidence.KEYS: ("signing keys", Permission.KEY_VIEW),
    Evidence.LOG: ("audit log", Permission.AUDIT_VIEW),
    Evidence.VERIFICATION: ("verification of the log", Permission.AUDIT_VIEW),
    Evidence.ANCHORS: ("anchors", Permission.AUDIT_VIEW),
    Evidence.HOLDS: ("retention and holds", Permission.AUDIT_VIEW),
    Evidence.EXPORTS: ("exports", Permission.AUDIT_EXPORT),
    Evidence.CATALOGUE: ("catalogue of events", Permission.AUDIT_VIEW),
    Evidence.REQUESTS: ("privacy requests", Permission.AUDIT_VIEW),
    Evidence.PROVIDERS: ("providers and notices to them", Permission.AUDIT_VIEW),
    Evidence.METRICS: ("yearly figures", Permission.AUDIT_VIEW),
    Evidence.PHI: ("PHI register", Permission.AUDIT_VIEW),
    Evidence.PHI_MATRIX: ("what is enforced for PHI", Permission.AUDIT_VIEW),
    Evidence.ASSOCIATES: ("business associates", Permission.AUDIT_VIEW),
    Evidence.DECISIONS: ("addressable decisions", Permission.AUDIT_VIEW),
    Evidence.MODULES: ("cryptographic modules", Permission.AUDIT_VIEW),
    Evidence.INVENTORY: ("cryptographic inventory", Permission.AUDIT_VIEW),
    Evidence.TRANSITIONS: ("algorithm transitions", Permission.AUDIT_VIEW),
    Evidence.WATCH: ("laws and standards", Permission.AUDIT_VIEW),
    Evidence.REVIEWS: ("reviews of access", Permission.ACCESS_VIEW),
    Evidence.INCIDENTS: ("incidents", Permission.ACCESS_VIEW),
    Evidence.DRILLS: ("drills and restores", Permission.ACCESS_VIEW),
    Evidence.AUDITS: ("audits", Permission.AUDIT_VIEW),
    Evidence.COMPONENTS: ("components of a cybersecurity audit", Permission.AUDIT_VIEW),
    Evidence.REPORTS: ("reports", Permission.AUDIT_EXPORT),
    Evidence.APPS: ("apps and releases", Permission.APP_VIEW),
}


@dataclass(frozen=True, slots=True)
class Control:
    """One control, and the pages that show that it operated; `limits`: what they don't show."""

    number: str
    title: str
    evidence: tuple[Evidence, ...]
    limits: str = ""


_E: Final = Evidence
CONTROLS: Final[dict[ControlSet, tuple[Control, ...]]] = {
    ControlSet.NIST_800_53: (
        Control("AC-2", "Accounts: given, reviewed, ended", (_E.ACCESS, _E.REVIEWS, _E.LOG)),
        Control("AC-5", "Separation of duties", (_E.POLICY, _E.ACCESS, _E.LOG)),
        Control("AC-6", "Least privilege", (_E.ACCESS, _E.REVIEWS)),
        Control("AC-7", "Failed sign-ins", (_E.LOG,), "Throttling is on the log where it refused somebody."),
        Control("AU-2, AU-3, AU-12", "What is recorded, and what it says", (_E.CATALOGUE, _E.LOG)),
        Control(
            "AU-5, AU-6, AU-7",
            "Failures of the log, review, reports",
            (_E.VERIFICATION, _E.REPORTS, _E.EXPORTS),
        ),
        Control("AU-9", "Protection of the log", (_E.VERIFICATION, _E.ANCHORS)),
        Control("AU-10", "Who did it can't be denied", (_E.LOG, _E.KEYS)),
        Control("AU-11", "Retention of the log", (_E.HOLDS,)),
        Control("CA-2, CA-7", "Assessment and monitoring", (_E.AUDITS, _E.REVIEWS)),
        Control("CM-3, CM-5, CM-14", "Changes: approved, separated, signed", (_E.APPS, _E.POLICY, _E.LOG)),
        Control("CP-4, CP-9, CP-10", "Backups tested and restored", (_E.DRILLS,), "What was recorded here."),
        Control("IA-2, IA-5", "Who signs in, with what", (_E.POLICY, _E.ACCESS, _E.LOG)),
        Control("IR-4, IR-5, IR-6", "Incidents: handled, tracked, told", (_E.INCIDENTS,)),
        Control(
            "SC-8, SC-28", "Data in transit and at rest", (_E.PHI, _E.MODULES), "Disks are attested only."
        ),
        Control("SC-12, SC-13", "Keys and cryptography", (_E.KEYS, _E.MODULES, _E.INVENTORY, _E.TRANSITIONS)),
        Control("SI-7", "Integrity of software", (_E.APPS, _E.VERIFICATION)),
        Control("SI-12, SI-18", "Handling and quality of personal data", (_E.REQUESTS, _E.HOLDS)),
    ),
    ControlSet.HIPAA: (
        Control("164.308(a)(1)(ii)(D)", "Review of activity", (_E.LOG, _E.AUDITS)),
        Control("164.308(a)(4)", "Access is authorised, and reviewed", (_E.ACCESS, _E.REVIEWS)),
        Control("164.308(a)(5)(ii)(C)", "Sign-ins are watched", (_E.LOG,)),
        Control("164.308(a)(6)", "Incidents", (_E.INCIDENTS,)),
        Control("164.308(a)(7)", "Contingency: backups, restores, tests", (_E.DRILLS,)),
        Control("164.308(b), 164.314", "Business associates", (_E.ASSOCIATES,)),
        Control("164.312(a)", "Access control, automatic logoff, encryption", (_E.ACCESS, _E.PHI, _E.POLICY)),
        Control("164.312(b)", "Audit controls", (_E.LOG, _E.VERIFICATION, _E.EXPORTS)),
        Control("164.312(c)", "Integrity", (_E.VERIFICATION, _E.ANCHORS, _E.APPS)),
        Control("164.312(d)", "Who it is, is verified", (_E.POLICY, _E.LOG)),
        Control("164.312(e)", "Transmission", (_E.PHI, _E.PHI_MATRIX), "Measured at this console only."),
        Control("164.306(d), 164.316", "Addressable decisions, kept six years", (_E.DECISIONS, _E.HOLDS)),
        Control("164.400 to 164.414", "Notices of a breach", (_E.INCIDENTS,), "Days are to be confirmed."),
    ),
    ControlSet.CCPA: (
        Control("1798.105, 7022", "Deletion", (_E.REQUESTS, _E.PROVIDERS, _E.HOLDS)),
        Control("1798.106, 7023", "Correction", (_E.REQUESTS, _E.PROVIDERS)),
        Control("1798.110, 7024", "Knowing", (_E.REQUESTS, _E.EXPORTS)),
        Control("1798.120, 1798.121, 7025 to 7027", "Opting out, limiting", (_E.REQUESTS, _E.PROVIDERS)),
        Control("1798.130, 7021", "Deadlines", (_E.REQUESTS,)),
        Control("7060 to 7063", "Verification, agents", (_E.REQUESTS,)),
        Control("7101", "Records for 24 months", (_E.REQUESTS,)),
        Control("7102", "Yearly figures", (_E.METRICS,)),
        Control(
            "1798.100(e), 7123",
            "Reasonable security",
            (_E.COMPONENTS, _E.POLICY, _E.MODULES, _E.REVIEWS, _E.DRILLS),
        ),
        Control("1798.82", "Notices of a breach", (_E.INCIDENTS,), "Days are to be confirmed."),
    ),
}
