"""URLs of the management API, below `/api/v1/`."""

from django.urls import path, re_path
from drf_spectacular.views import SpectacularAPIView

from updates.api import webhooks
from updates.api.apps import AppDetail, AppList, AppShutoff
from updates.api.bundles import BundleList
from updates.api.channels import (
    ChannelDetail,
    ChannelList,
    ChannelPause,
    ChannelResume,
    ChannelShutoff,
)
from updates.api.default_channel import DefaultChannelReleases
from updates.api.devices import DeviceOverrideDetail
from updates.api.docs import APIDocs
from updates.api.freezes import FreezeDetail, FreezeList
from updates.api.native_builds import NativeBuildList
from updates.api.previews import PreviewEnd, PreviewList
from updates.api.receipts import ReleaseReceiptDetail
from updates.api.release_acts import (
    ReleaseDiscard,
    ReleasePause,
    ReleasePromote,
    ReleaseResume,
    ReleaseSubmit,
)
from updates.api.releases import ReleaseDetail, ReleaseList
from updates.api.rollback import ChannelRollback
from updates.api.testers import TesterGroupDetail, TesterGroupList, TesterInvites, TesterLinks
from updates.api.unknown import Unknown

app_name = "api"

_CHANNEL = "apps/<str:app_id>/channels/<str:channel>"
_WEBHOOK = "apps/<str:app_id>/webhooks/<int:webhook_id>"

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", APIDocs.as_view(), name="docs"),
    path("apps", AppList.as_view(), name="apps"),
    path("apps/<str:app_id>", AppDetail.as_view(), name="app"),
    path("apps/<str:app_id>/releases", DefaultChannelReleases.as_view(), name="default-releases"),
    path("apps/<str:app_id>/shutoff", AppShutoff.as_view(), name="app-shutoff"),
    path("apps/<str:app_id>/bundles", BundleList.as_view(), name="bundles"),
    path("apps/<str:app_id>/native-builds", NativeBuildList.as_view(), name="native-builds"),
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
    *(
        path(f"apps/<str:app_id>/channels/<str:channel>/releases/<int:release_seq>/{name}", view.as_view())
        for name, view in (
            ("submit", ReleaseSubmit),
            ("pause", ReleasePause),
            ("resume", ReleaseResume),
            ("discard", ReleaseDiscard),
            ("promote", ReleasePromote),
            ("receipt", ReleaseReceiptDetail),
        )
    ),
    path("apps/<str:app_id>/channels/<str:channel>/rollback", ChannelRollback.as_view(), name="rollback"),
    path(
        "apps/<str:app_id>/devices/<str:device_id>/override",
        DeviceOverrideDetail.as_view(),
        name="device-override",
    ),
    path("apps/<str:app_id>/previews", PreviewList.as_view(), name="previews"),
    path("apps/<str:app_id>/previews/<str:channel>/end", PreviewEnd.as_view(), name="preview-end"),
    path("apps/<str:app_id>/tester-groups", TesterGroupList.as_view(), name="tester-groups"),
    path("apps/<str:app_id>/tester-groups/<int:group_id>", TesterGroupDetail.as_view(), name="tester-group"),
    path(
        "apps/<str:app_id>/tester-groups/<int:group_id>/invites",
        TesterInvites.as_view(),
        name="tester-invites",
    ),
    path("apps/<str:app_id>/tester-groups/<int:group_id>/links", TesterLinks.as_view(), name="tester-links"),
    path("apps/<str:app_id>/webhooks", webhooks.WebhookList.as_view(), name="webhooks"),
    path(_WEBHOOK, webhooks.WebhookDetail.as_view(), name="webhook"),
    path(f"{_WEBHOOK}/switch", webhooks.WebhookSwitch.as_view(), name="webhook-switch"),
    path(f"{_WEBHOOK}/secret", webhooks.WebhookSecret.as_view(), name="webhook-secret"),
    path(f"{_WEBHOOK}/test", webhooks.WebhookTest.as_view(), name="webhook-test"),
    path(f"{_WEBHOOK}/deliveries", webhooks.DeliveryList.as_view(), name="webhook-deliveries"),
    path(
        f"{_WEBHOOK}/deliveries/<int:delivery_id>/replay",
        webhooks.DeliveryReplay.as_view(),
        name="webhook-delivery-replay",
    ),
    re_path(r"", Unknown.as_view()),
]
