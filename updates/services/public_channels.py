"""Which channel is public: who asks for no channel gets whatever is on it.

Sign-offs are asked for by channels. So a channel that becomes public must ask for no fewer than the others of
the app, or whoever manages channels could lead all devices to one where nobody signs.
"""

from updates.domain.channel_settings import ChannelSettings
from updates.domain.sign_off_rules import is_weaker
from updates.errors import ConflictError, PublicUnsignedError
from updates.models import Channel
from updates.selectors.sign_off_requirements import requirements_of
from updates.selectors.sign_offs import sign_off_standing
from updates.services.releases.rows import on_channel


def public_once_check(channel: Channel) -> None:
    """Refuse a second public channel for a platform; the caller holds the app's lock.

    Raises:
        ConflictError: A platform of this one has another.
    """
    if not channel.public:
        return
    for other in Channel.objects.filter(app=channel.app, public=True).exclude(pk=channel.pk):
        if shared := set(other.platforms) & set(channel.platforms):
            raise ConflictError(
                f"{other.name} is the public channel for {', '.join(sorted(shared))} already."
            )


def public_signed_check(channel: Channel, before: ChannelSettings | None = None) -> None:
    """Refuse to open to everybody, on any platform, a channel where less is signed than on the others.

    Args:
        channel: As it would be; the caller holds the app's lock.
        before: Its settings until now; None: it's new.

    Raises:
        PublicUnsignedError: Another channel asks for more, or what is on this one isn't signed.
    """
    was_public_for = frozenset(before.platforms) if before and before.public else frozenset()
    if not channel.public or set(channel.platforms) <= was_public_for:
        return
    others = Channel.objects.filter(app=channel.app, preview_of="").exclude(pk=channel.pk)
    own = requirements_of(channel) if channel.pk else ()
    for other in others.prefetch_related("sign_off_requirements").order_by("name"):
        if is_weaker(requirements_of(other), own):
            raise PublicUnsignedError(
                f"{other.name} asks for sign-offs that {channel.name} doesn't ask for. Ask for them first."
            )
    for release in on_channel(channel) if own else ():
        if not sign_off_standing(release).complete:
            raise PublicUnsignedError(
                f"{release.bundle.version} is on {channel.name} without the sign-offs that it asks for."
            )
