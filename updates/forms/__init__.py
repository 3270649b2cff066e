"""Shapes of what people type; rules are checked by the services, whose errors land in the form."""

from updates.forms.apps import AppForm
from updates.forms.bundles import BundleForm
from updates.forms.channels import ChannelForm, MemberForm
from updates.forms.publishers import PublisherForm
from updates.forms.releases import PublishForm, RollbackForm, RolloutForm
from updates.forms.tokens import APITokenForm
from updates.forms.webhooks import WebhookForm, WebhookSecretForm, WebhookSwitchForm

__all__ = [
    "APITokenForm",
    "AppForm",
    "BundleForm",
    "ChannelForm",
    "MemberForm",
    "PublishForm",
    "PublisherForm",
    "RollbackForm",
    "RolloutForm",
    "WebhookForm",
    "WebhookSecretForm",
    "WebhookSwitchForm",
]
