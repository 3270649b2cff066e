"""Addresses of beta pages; below `/beta/`, in a namespace of their own."""

from django.urls import path

from updates.views.beta import devices, invite, letters, own

app_name = "beta"

urlpatterns = [
    path("invite/<str:secret>/", invite.invite_page, name="invite"),
    path("me/<str:secret>/", own.own_page, name="own"),
    path("me/<str:secret>/devices/", own.own_devices, name="devices"),
    path("me/<str:secret>/code/", devices.code_page, name="code"),
    path("me/<str:secret>/devices/<int:device_pk>/switch/", devices.device_switch_page, name="device-switch"),
    path("me/<str:secret>/devices/<int:device_pk>/leave/", devices.device_leave_page, name="device-leave"),
    path("me/<str:secret>/mail/", own.mail_page, name="mail"),
    path("me/<str:secret>/address/", own.address_page, name="address"),
    path("me/<str:secret>/feedback/", own.feedback_page, name="feedback"),
    path("me/<str:secret>/leave/", own.leave_page, name="leave"),
    path("me/<str:secret>/delete/", own.delete_page, name="delete"),
    path("letter/<str:token>/", letters.letter_page, name="letter"),
    path("lost/<str:app_id>/", letters.lost_page, name="lost"),
    path("open/<str:app_id>/", letters.open_page, name="open"),
]
