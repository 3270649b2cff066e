"""Words of this floor that a user name may equal: nobody is looked for in texts by one."""

from collections.abc import Collection

from updates.models import App, Bundle, Channel, TesterGroup


def own_words(asked: Collection[str]) -> set[str]:
    """Return which of these texts, in small letters, name an app, a channel, a version or a group."""
    own = {each.lower() for pair in App.objects.values_list("pk", "name") for each in pair}
    own |= {name.casefold() for name in Channel.objects.values_list("name", flat=True)}
    own |= {name.casefold() for name in TesterGroup.objects.values_list("name", flat=True)}
    versions = Bundle.objects.filter(version__in=[*asked, *(each.upper() for each in asked)])
    own |= {version.casefold() for version in versions.values_list("version", flat=True)}
    return own & set(asked)
