"""Kinds of objects that events are about, as people write them."""

from typing import Final

OBJECT_WORDS: Final = {
    "api_token": "API token",
    "app": "App",
    "approval": "Request for approval",
    "audit_entry": "Entry of the audit log",
    "bundle": "Bundle",
    "channel": "Channel",
    "device_override": "Forced device",
    "native_build": "Native build",
    "person": "Person",
    "publisher": "Trusted publisher",
    "recipient_key": "Encryption key",
    "release": "Release",
    "review": "Review",
    "signing_key": "Signing key",
    "tester": "Tester",
    "tester_group": "Group of testers",
    "tester_invite": "Invite of a tester",
    "token_profile": "Token profile",
    "trust_document": "Trust document",
    "webhook": "Webhook",
}


def object_words(object_type: str) -> str:
    """Write a kind of object; one that this version doesn't know stays as it's spelled."""
    return OBJECT_WORDS.get(object_type) or object_type.replace("_", " ").capitalize()
