"""The desk's tables."""

from compliance.desk.models.exports import Export, ExportCopy
from compliance.desk.models.phi import DeclarationSubject, MeasurementKind, PHIDeclaration, PHIMeasurement
from compliance.desk.models.phi_papers import AddressableDecision, BusinessAssociate

__all__ = [
    "AddressableDecision",
    "BusinessAssociate",
    "DeclarationSubject",
    "Export",
    "ExportCopy",
    "MeasurementKind",
    "PHIDeclaration",
    "PHIMeasurement",
]
