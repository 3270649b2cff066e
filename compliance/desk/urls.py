"""Addresses of the compliance officer's pages, below `/console/compliance/`."""

from django.urls import path

from compliance.desk.views import (
    anchors,
    catalogue,
    drills,
    engagements,
    feed_tokens,
    holds,
    incidents,
    log,
    log_keys,
    recertification,
    verification,
)
from compliance.desk.views.downloads import export_download
from compliance.desk.views.exports import (
    export_act,
    export_copy,
    export_file_remove,
    export_list,
    export_new,
    export_page,
    export_progress,
)

app_name = "desk"

_EXPORT = "exports/<uuid:export_id>/"

urlpatterns = [
    path("anchors/", anchors.anchor_list, name="anchors"),
    path("anchors/compare/", anchors.anchors_compare, name="anchors-compare"),
    path("holds/", holds.hold_list, name="holds"),
    path("holds/new/", holds.hold_new, name="hold-new"),
    path("holds/<int:hold_id>/lift/", holds.hold_end, name="hold-lift"),
    path("log/", log.log_list, name="log"),
    path("log/<int:sequence>/", log.log_entry_page, name="log-entry"),
    path("log/<int:sequence>/prove/", log.log_entry_prove, name="log-entry-prove"),
    path("log/keys/", log_keys.log_keys, name="log-keys"),
    path("log/verify_entry.py", log_keys.log_verifier, name="log-verifier"),
    path("log/events/", catalogue.catalogue_page, name="catalogue"),
    path("log/events/csv/", catalogue.catalogue_csv, name="catalogue-csv"),
    path("log/events/json/", catalogue.catalogue_json, name="catalogue-json"),
    path("log/feed/", feed_tokens.feed_tokens, name="feed-tokens"),
    path("log/feed/<int:token_id>/revoke/", feed_tokens.feed_token_revoke, name="feed-token-revoke"),
    path("log/verification/", verification.verification_page, name="verification"),
    path("log/verification/progress/", verification.verification_progress, name="verification-progress"),
    path("log/verification/now/", verification.verification_now, name="verification-now"),
    path("exports/", export_list, name="exports"),
    path("exports/new/", export_new, name="export-new"),
    path(_EXPORT, export_page, name="export"),
    path(f"{_EXPORT}progress/", export_progress, name="export-progress"),
    path(f"{_EXPORT}pack.zip", export_download, name="export-download"),
    path(f"{_EXPORT}copies/", export_copy, name="export-copy"),
    *(
        path(f"{_EXPORT}{act}/", export_act, {"act": act}, name=f"export-{act}")
        for act in ("cancel", "retry")
    ),
    path(f"{_EXPORT}remove/", export_file_remove, name="export-remove"),
    path("audits/", engagements.audit_list, name="audits"),
    path("audits/new/", engagements.audit_new, name="audit-new"),
    path("audits/<int:audit_id>/", engagements.audit_page, name="audit"),
    path("audits/<int:audit_id>/auditors/", engagements.audit_auditors, name="audit-auditors"),
    path("audits/<int:audit_id>/requests/", engagements.audit_ask, name="audit-ask"),
    path("audits/<int:audit_id>/requests/<int:number>/", engagements.audit_answer, name="audit-answer"),
    path("audits/<int:audit_id>/samples/", engagements.audit_sample, name="audit-sample"),
    path("audits/<int:audit_id>/packs/", engagements.audit_deliver, name="audit-deliver"),
    path("audits/<int:audit_id>/close/", engagements.audit_over, name="audit-close"),
    path("drills/", drills.drill_list, name="drills"),
    path("drills/new/", drills.drill_new, name="drill-new"),
    path("incidents/", incidents.incident_list, name="incidents"),
    path("incidents/new/", incidents.incident_new, name="incident-new"),
    path("incidents/<int:incident_id>/", incidents.incident_page, name="incident"),
    path("incidents/<int:incident_id>/assess/", incidents.incident_again, name="incident-assess"),
    path("incidents/<int:incident_id>/steps/", incidents.incident_step_new, name="incident-step"),
    path("incidents/<int:incident_id>/close/", incidents.incident_over, name="incident-close"),
    path(
        "incidents/<int:incident_id>/notices/<int:notice_id>/",
        incidents.incident_notice,
        name="incident-notice",
    ),
    path("recertification/", recertification.campaign_list, name="recertifications"),
    path("recertification/new/", recertification.campaign_new, name="recertification-new"),
    path("recertification/<int:campaign_id>/", recertification.campaign_page, name="recertification"),
    path(
        "recertification/<int:campaign_id>/people/<int:person_id>/",
        recertification.campaign_person,
        name="recertification-person",
    ),
    path(
        "recertification/<int:campaign_id>/close/",
        recertification.campaign_over,
        name="recertification-close",
    ),
]
