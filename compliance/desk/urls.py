"""Addresses of the compliance officer's pages, below `/console/compliance/`."""

from django.urls import path

from compliance.desk.views import anchors, holds
from compliance.desk.views.requests import one, register, steps

app_name = "desk"

urlpatterns = [
    path("anchors/", anchors.anchor_list, name="anchors"),
    path("anchors/compare/", anchors.anchors_compare, name="anchors-compare"),
    path("holds/", holds.hold_list, name="holds"),
    path("holds/new/", holds.hold_new, name="hold-new"),
    path("holds/<int:hold_id>/lift/", holds.hold_end, name="hold-lift"),
    path("requests/", register.request_list, name="requests"),
    path("requests/calendar/", register.request_calendar, name="request-calendar"),
    path("requests/new/", register.request_new, name="request-new"),
    path("requests/figures/", register.request_metrics, name="request-metrics"),
    path("requests/reports/<str:report>/", register.request_report, name="request-report"),
    path("requests/<str:reference>/", one.request_page, name="request"),
    path("requests/<str:reference>/contact/", one.request_contact, name="request-contact"),
    path("requests/<str:reference>/letters/<str:letter>/", one.request_letter, name="request-letter"),
    path("requests/<str:reference>/<str:step>/", steps.request_step, name="request-step"),
]
