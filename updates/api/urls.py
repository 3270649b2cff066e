"""URLs of the management API, below `/api/v1/`."""

from django.urls import path, re_path
from drf_spectacular.views import SpectacularAPIView

from updates.api.apps import AppDetail, AppList, AppShutoff
from updates.api.bundles import BundleList
from updates.api.channels import (
    ChannelDetail,
    ChannelList,
    ChannelPause,
    ChannelResume,
    ChannelShutoff,
)
from updates.api.devices import DeviceOverrideDetail
from updates.api.docs import APIDocs
from updates.api.freezes import FreezeDetail, FreezeList
from updates.api.releases import ChannelRollback, ReleaseDetail, ReleaseList
from updates.api.unknown import Unknown

app_name = "api"

_CHANNEL = "apps/<str:app_id>/channels/<str:channel>"

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", APIDocs.as_view(), name="docs"),
    path("apps", AppList.as_view(), name="apps"),
    path("apps/<str:app_id>", AppDetail.as_view(), name="app"),
    path("apps/<str:app_id>/shutoff", AppShutoff.as_view(), name="app-shutoff"),
    path("apps/<str:app_id>/bundles", BundleList.as_view(), name="bundles"),
    path("apps/<str:app_id>/channels", ChannelList.as_view(), name="channels"),
    path("apps/<str:app_id>/channels/<str:channel>", ChannelDetail.as_view(), name="channel"),
    path(f"{_CHANNEL}/pause", ChannelPause.as_view(), name="channel-pause"),
    path(f"{_CHANNEL}/resume", ChannelResume.as_view(), name="channel-resume"),
    path(
        "apps/<str:app_id>/channels/<str:channel>/shutoff", ChannelShutoff.as_view(), name="channel-shutoff"
    ),
    path(f"{_CHANNEL}/freezes", FreezeList.as_view(), name="freezes"),
    path(
        f"{_CHANNEL}/freezes/<int:freeze_id>",
        FreezeDetail.as_view(),
        name="freeze",
    ),
    path("apps/<str:app_id>/channels/<str:channel>/releases", ReleaseList.as_view(), name="releases"),
    path(
        "apps/<str:app_id>/channels/<str:channel>/releases/<int:release_seq>",
        ReleaseDetail.as_view(),
        name="release",
    ),
    path("apps/<str:app_id>/channels/<str:channel>/rollback", ChannelRollback.as_view(), name="rollback"),
    path(
        "apps/<str:app_id>/devices/<str:device_id>/override",
        DeviceOverrideDetail.as_view(),
        name="device-override",
    ),
    re_path(r"", Unknown.as_view()),
]
