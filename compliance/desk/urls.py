"""Addresses of the compliance officer's pages, below `/console/compliance/`."""

from django.urls import path

from compliance.desk.views import (
    anchors,
    catalogue,
    feed_tokens,
    holds,
    log,
    log_keys,
    modules,
    phi,
    phi_papers,
    reports,
    stock,
    transitions,
    verification,
    watch,
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
from compliance.desk.views.requests import handling, one, register, steps

app_name = "desk"

_EXPORT = "exports/<uuid:export_id>/"
_RUN = "reports/made/<uuid:run_id>/"
_CERTIFICATE = "modules/certificates/<str:library>/"

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
    path("modules/", modules.modules_page, name="modules"),
    path("modules/evidence/", modules.modules_evidence, name="modules-evidence"),
    path("modules/transitions/", transitions.transitions_page, name="transitions"),
    path("modules/inventory/", stock.stock_page, name="inventory"),
    path("modules/inventory/cbom/", stock.stock_cbom, name="inventory-cbom"),
    path("modules/inventory/advisories/", stock.advisories_new, name="advisories-new"),
    path("modules/watch/", watch.watch_page, name="watch"),
    path("modules/watch/<str:watched>/<str:key>/", watch.watch_review, name="watch-review"),
    path(_CERTIFICATE, modules.certificate_new, name="certificate-new"),
    path(f"{_CERTIFICATE}withdraw/", modules.certificate_end, name="certificate-withdraw"),
    path("phi/", phi.phi_register, name="phi"),
    path("phi/matrix/", phi.phi_matrix, name="phi-matrix"),
    path("phi/measure/", phi.phi_measure_now, name="phi-measure"),
    path("phi/storage/", phi.phi_storage_declare, name="phi-storage"),
    path("phi/associates/", phi_papers.associates, name="phi-associates"),
    path("phi/associates/new/", phi_papers.associate_new, name="phi-associate-new"),
    path("phi/associates/<int:associate_id>/", phi_papers.associate_edit, name="phi-associate"),
    path("phi/associates/<int:associate_id>/end/", phi_papers.associate_finish, name="phi-associate-end"),
    path("phi/decisions/", phi_papers.decisions, name="phi-decisions"),
    path("phi/decisions/new/", phi_papers.decision_new, name="phi-decision-new"),
    path("phi/apps/<str:app_id>/", phi.phi_app, name="phi-app"),
    path("phi/apps/<str:app_id>/declare/", phi.phi_app_declare, name="phi-app-declare"),
    path("phi/apps/<str:app_id>/bundles/<str:version>/", phi.phi_bundle_declare, name="phi-bundle-declare"),
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
    path("requests/", register.request_list, name="requests"),
    path("requests/calendar/", register.request_calendar, name="request-calendar"),
    path("requests/new/", register.request_new, name="request-new"),
    path("requests/figures/", register.request_metrics, name="request-metrics"),
    path("requests/reports/<str:report>/", register.request_report, name="request-report"),
    path("requests/<str:reference>/", one.request_page, name="request"),
    path("requests/<str:reference>/contact/", one.request_contact, name="request-contact"),
    path("requests/<str:reference>/letters/<str:letter>/", one.request_letter, name="request-letter"),
    path("requests/<str:reference>/erasure/", handling.request_erasure, name="request-erasure"),
    path("requests/<str:reference>/package/", handling.request_package, name="request-package"),
    path("requests/<str:reference>/<str:step>/", steps.request_step, name="request-step"),
]
