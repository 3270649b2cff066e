"""Addresses of the pages about people and their access, below `/console/`."""

from django.urls import URLPattern, path

from accounts.views import approvals, policy

app_name = "accounts"
urlpatterns: list[URLPattern] = [
    path("approvals/", approvals.approvals, name="approvals"),
    path("approvals/review/<uuid:review_id>/", approvals.review, name="review"),
    path("approvals/<uuid:request_id>/", approvals.approval, name="approval"),
    path("approvals/<uuid:request_id>/reject/", approvals.approval_reject_page, name="approval-reject"),
    path("approvals/<uuid:request_id>/withdraw/", approvals.approval_withdraw_page, name="approval-withdraw"),
    path("policy/", policy.policy_page, name="policy"),
    path("policy/change/", policy.policy_change_page, name="policy-change"),
]
