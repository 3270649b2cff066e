"""Kinds of objects that events are about, as people write them."""

import re
from typing import Final

_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SHOWN: Final = 8

OBJECT_WORDS: Final = {
    "addressable_decision": "Addressable decision",
    "api_token": "API token",
    "advisories": "Advisories",
    "app": "App",
    "approval": "Approval",
    "audit": "Audit",
    "audit_entry": "Audit entry",
    "audit_log": "Audit log",
    "bundle": "Bundle",
    "business_associate": "Business associate",
    "channel": "Channel",
    "checkpoint": "Checkpoint",
    "component": "Component of a cybersecurity audit",
    "device_override": "Forced device",
    "drill": "Drill",
    "export": "Export",
    "incident": "Incident",
    "verification": "Verification",
    "inventory": "Cryptographic inventory",
    "legal_hold": "Legal hold",
    "module": "Cryptographic module",
    "module_evidence": "Evidence of cryptographic modules",
    "native_build": "Native build",
    "person": "Person",
    "privacy_report": "Report of privacy requests",
    "phi_declaration": "PHI declaration",
    "phi_rule": "PHI rule",
    "privacy_request": "Privacy request",
    "publisher": "Trusted publisher",
    "recertification": "Review of access",
    "recipient_key": "Encryption key",
    "release": "Release",
    "report_schedule": "Schedule of a report",
    "review": "Review",
    "service_provider": "Service provider",
    "signing_key": "Signing key",
    "tester": "Tester",
    "tester_group": "Tester group",
    "tester_invite": "Tester invite",
    "token_profile": "Token profile",
    "trust_document": "Trust document",
    "watched_library": "Library",
    "watched_text": "Law or standard",
    "webhook": "Webhook",
}


def object_words(object_type: str) -> str:
    """Write a kind of object; one that this version doesn't know stays as it's spelled."""
    return OBJECT_WORDS.get(object_type) or object_type.replace("_", " ").capitalize()


def id_short(object_id: str) -> str:
    """Shorten an id that no row has room for; what is cut off nobody compares by eye."""
    return f"{object_id[:_SHOWN]}…" if _UUID.fullmatch(object_id) else object_id
