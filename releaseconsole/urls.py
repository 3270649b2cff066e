"""URLs of everything that goes through Django; device paths are answered before it (wsgi.py)."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from accounts.views.setup import setup_page
from compliance.desk.api.device_privacy import DevicePrivacy
from compliance.desk.views.privacy import gpc_support, privacy_page
from compliance.desk.views.receipts import receipt_file, receipt_page
from signing.api.device_keys import DeviceKeys
from signing.views.jwks import jwks
from updates.api.device_enrolment import DeviceEnrolment
from updates.views.well_known import apple_app_site_association, asset_links

urlpatterns = [
    path("api/v1/", include("accounts.api.urls")),
    path("api/v1/", include("signing.api.urls")),
    path("api/v1/", include("compliance.desk.api.urls")),
    path("api/v1/", include("updates.api.urls")),  # last: it answers whatever nobody else does
    path("device/v1/keys", DeviceKeys.as_view()),
    path("device/v1/enroll", DeviceEnrolment.as_view()),
    path("device/v1/privacy", DevicePrivacy.as_view()),
    path(".well-known/jwks.json", jwks, name="jwks"),
    path(".well-known/jwks/<str:app_id>.json", jwks, name="app-jwks"),
    path(".well-known/apple-app-site-association", apple_app_site_association),
    path(".well-known/assetlinks.json", asset_links),
    path("beta/", include("updates.urls.beta")),
    path("privacy/", privacy_page, name="privacy"),
    path("privacy/receipts/<str:reference>/<str:token>/", receipt_page, name="privacy-receipt"),
    path("privacy/receipts/<str:reference>/<str:token>/<str:name>", receipt_file),
    path(".well-known/gpc.json", gpc_support),
    path("setup/<str:token>/", setup_page, name="setup"),
    path("console/", include("accounts.urls")),
    path("console/keys/", include("signing.urls")),
    path("console/", include("updates.urls")),
    path("console/compliance/", include("compliance.desk.urls")),
    path("console/", admin.site.urls),
    path("", RedirectView.as_view(pattern_name="admin:index")),
]

handler403 = "releaseconsole.error_pages.refused"
handler404 = "releaseconsole.error_pages.not_found"
