"""Shapes of what people type; rules are checked by the services, whose errors land in the form."""

from updates.forms.app_settings import AppSettingsForm
from updates.forms.apps import AppForm
from updates.forms.bundles import BundleForm
from updates.forms.channels import ChannelForm, ChannelSettingsForm, MemberForm
from updates.forms.devices import AllowForm, AllowVersionForm, OverrideForm
from updates.forms.freezes import FreezeForm, ShutoffForm
from updates.forms.publishers import PublisherForm
from updates.forms.publishing import PublishForm
from updates.forms.releases import AnswersForm, ReasonForm, RollbackForm, RolloutForm
from updates.forms.reviewing import NativeBuildForm, RejectForm, SignOffForm
from updates.forms.sign_off_rules import SignOffRulesForm
from updates.forms.store_presence import StorePresenceForm
from updates.forms.testers import (
    GroupLinkForm,
    InviteListForm,
    PreviewForm,
    TesterGroupForm,
    TesterInviteForm,
)
from updates.forms.tokens import APITokenForm
from updates.forms.webhooks import WebhookForm, WebhookSecretForm, WebhookSwitchForm

__all__ = [
    "APITokenForm",
    "AllowForm",
    "AllowVersionForm",
    "AnswersForm",
    "AppForm",
    "AppSettingsForm",
    "BundleForm",
    "ChannelForm",
    "ChannelSettingsForm",
    "FreezeForm",
    "GroupLinkForm",
    "InviteListForm",
    "MemberForm",
    "NativeBuildForm",
    "OverrideForm",
    "PreviewForm",
    "PublishForm",
    "PublisherForm",
    "ReasonForm",
    "RejectForm",
    "RollbackForm",
    "RolloutForm",
    "ShutoffForm",
    "SignOffForm",
    "SignOffRulesForm",
    "StorePresenceForm",
    "TesterGroupForm",
    "TesterInviteForm",
    "WebhookForm",
    "WebhookSecretForm",
    "WebhookSwitchForm",
]
