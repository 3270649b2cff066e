"""Addresses of the compliance officer's pages, below `/console/compliance/`."""

from django.urls import path

from compliance.desk.views import anchors, catalogue, feed_tokens, holds, log, log_keys

app_name = "desk"

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
]
