"""What signing keeps: keys, the token profiles of apps, registered recipients, signed trust documents."""

from signing.models.documents import DocumentType, TrustDocument
from signing.models.keys import KeySetVersion, KeyUsage, SigningKey
from signing.models.profiles import ClaimDefinition, RecipientKey, TokenProfile

__all__ = [
    "ClaimDefinition",
    "DocumentType",
    "KeySetVersion",
    "KeyUsage",
    "RecipientKey",
    "SigningKey",
    "TokenProfile",
    "TrustDocument",
]
