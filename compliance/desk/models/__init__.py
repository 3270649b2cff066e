"""The desk's tables."""

from compliance.desk.models.exports import Export, ExportCopy
from compliance.desk.models.phi import DeclarationSubject, MeasurementKind, PHIDeclaration, PHIMeasurement

__all__ = [
    "DeclarationSubject",
    "Export",
    "ExportCopy",
    "MeasurementKind",
    "PHIDeclaration",
    "PHIMeasurement",
]
