"""Addresses of the compliance officer's pages, below `/console/compliance/`."""

from django.urls import path

from compliance.desk.views import anchors, catalogue, feed_tokens, holds, log, log_keys, reports, verification
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
_RUN = "reports/made/<uuid:run_id>/"

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
    path("reports/", reports.report_list, name="reports"),
    path(_RUN, reports.report_page, name="report"),
    path(f"{_RUN}review/", reports.report_review_page, name="report-review"),
    path("reports/schedules/<int:schedule_id>/end/", reports.schedule_end, name="report-schedule-end"),
    path("reports/<slug:slug>/", reports.report_new, name="report-new"),
    path("reports/<slug:slug>/schedule/", reports.schedule_new, name="report-schedule"),
]
