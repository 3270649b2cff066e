"""Addresses of the pages of keys; `console` in the place of an app names the console's own."""

from django.urls import path

from signing.views import keys, operations, profile, recipients, root

app_name = "signing"
urlpatterns = [
    path("", keys.key_list, name="keys"),
    path("<str:owner>/", keys.owner_page, name="owner"),
    path("<str:owner>/import/", operations.import_page, name="import"),
    path("<str:owner>/profile/", profile.profile_page, name="profile"),
    path("<str:owner>/profile/change/", profile.profile_change, name="profile-change"),
    path("<str:owner>/profile/claim/", profile.claim_define, name="claim-define"),
    path("<str:owner>/profile/claim/<str:name>/remove/", profile.claim_remove, name="claim-remove"),
    path("<str:owner>/back-end-key/remove/", recipients.recipient_remove, name="recipient-remove"),
    path("<str:owner>/root/register/", root.root_register, name="root-register"),
    path("<str:owner>/root/rotate/", root.root_rotate, name="root-rotate"),
    path("<str:owner>/root/<str:kind>/", root.ceremony, name="ceremony"),
    path("<str:owner>/root/<str:kind>/request/", root.ceremony_request, name="ceremony-request"),
    path("<str:owner>/<uuid:key_id>/", keys.key_page, name="key"),
    path("<str:owner>/<uuid:key_id>/<str:operation>/", operations.operation_page, name="operation"),
]
