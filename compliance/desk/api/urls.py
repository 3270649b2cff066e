"""URLs of this floor's part of the management API, below `/api/v1/`."""

from django.urls import path

from compliance.desk.api.audit import AuditCheckpointDetail, AuditConsistency, AuditEvents, AuditProof

urlpatterns = [
    path("audit/events", AuditEvents.as_view()),
    path("audit/checkpoint", AuditCheckpointDetail.as_view()),
    path("audit/proof/<int:sequence>", AuditProof.as_view()),
    path("audit/consistency", AuditConsistency.as_view()),
]
