"""Shapes of what people type; rules are checked by the services, whose errors land in the form."""

from updates.forms.apps import AppForm
from updates.forms.bundles import BundleForm
from updates.forms.channels import ChannelForm, MemberForm
from updates.forms.publishers import PublisherForm
from updates.forms.releases import PublishForm, RollbackForm, RolloutForm
from updates.forms.store_presence import StorePresenceForm
from updates.forms.testers import (
    GroupLinkForm,
    InviteListForm,
    PreviewForm,
    TesterGroupForm,
    TesterInviteForm,
)
from updates.forms.tokens import APITokenForm

__all__ = [
    "APITokenForm",
    "AppForm",
    "BundleForm",
    "ChannelForm",
    "GroupLinkForm",
    "InviteListForm",
    "MemberForm",
    "PreviewForm",
    "PublishForm",
    "PublisherForm",
    "RollbackForm",
    "RolloutForm",
    "StorePresenceForm",
    "TesterGroupForm",
    "TesterInviteForm",
]
