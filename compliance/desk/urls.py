"""Addresses of the compliance officer's pages, below `/console/compliance/`."""

from django.urls import path

from compliance.desk.views import anchors, holds

app_name = "desk"

urlpatterns = [
    path("anchors/", anchors.anchor_list, name="anchors"),
    path("anchors/compare/", anchors.anchors_compare, name="anchors-compare"),
    path("holds/", holds.hold_list, name="holds"),
    path("holds/new/", holds.hold_new, name="hold-new"),
    path("holds/<int:hold_id>/lift/", holds.hold_end, name="hold-lift"),
]
