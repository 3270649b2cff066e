"""Pages of the compliance officer."""

from django.urls import path

from compliance.desk.views import verification

app_name = "desk"

urlpatterns = [
    path("log/verification/", verification.verification_page, name="verification"),
    path("log/verification/progress/", verification.verification_progress, name="verification-progress"),
    path("log/verification/now/", verification.verification_now, name="verification-now"),
]
