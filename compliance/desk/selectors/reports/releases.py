"""Rows of “releases and their approvals”: each going live with who had a part in it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from accounts.models import User
from compliance.desk.domain.reports.declaration import Cell, Row
from compliance.desk.selectors.reports.log_rows import Told
from updates.models import Release, ReleaseReceipt, SignOff, SignOffRequirement
from updates.selectors.sign_offs import makers_of

_Key = tuple[str, int]


def release_rows(batches: Iterable[Sequence[Told]]) -> Iterator[Row]:
    """Make rows of entries, some at a time: what belongs to them is looked up for all at once.

    Yields:
        A row for each.
    """
    for batch in batches:
        beside = _Beside(batch)
        for told in batch:
            yield Row(beside.cells(told), told.app, told.actor.id)


class _Beside:
    """What the tables know of the releases of some entries."""

    def __init__(self, batch: Sequence[Told]) -> None:
        keys = {key for told in batch if (key := _key(told))}
        apps, seqs = {app for app, _ in keys}, {seq for _, seq in keys}
        found = Release.objects.filter(app_id__in=apps, release_seq__in=seqs).select_related("channel")
        self._releases: Mapping[_Key, Release] = {(each.app_id, each.release_seq): each for each in found}
        self._signed: dict[tuple[int, int], list[SignOff]] = defaultdict(list)
        signed = SignOff.objects.filter(release__in=self._releases.values(), approves=True)
        for each in signed.select_related("person"):
            self._signed[each.release_id, each.revision].append(each)
        self._required: dict[int, list[SignOffRequirement]] = defaultdict(list)
        channels = {each.channel_id for each in self._releases.values()}
        for requirement in SignOffRequirement.objects.filter(channel__in=channels):
            self._required[requirement.channel_id].append(requirement)
        receipts = ReleaseReceipt.objects.filter(event__in=[told.number for told in batch])
        self._receipts = dict(receipts.values_list("event", "size"))
        people = {each.author_id for each in self._releases.values() if each.author_id}
        self._names = dict(User.objects.filter(pk__in=people).values_list("pk", "name"))

    def cells(self, told: Told) -> tuple[Cell, ...]:
        """Write one entry as a row."""
        release = self._releases.get(_key(told) or ("", 0))
        revision = told.facts.get("revision")
        signed = self._signed[release.pk, revision] if release and isinstance(revision, int) else []
        author = release.author_id if release else None
        names = [self._names.get(author, "") if author else "", *(each.person.name for each in signed)]
        return (
            told.sequence,
            told.at,
            told.app,
            _channel(told),
            release.release_seq if release else None,
            _version(told),
            told.fact("bundle_sha256"),
            revision if isinstance(revision, int) else None,
            f"person {author}" if author else None,
            told.who,
            ", ".join(f"person {each.person_id}{_role(each)}" for each in signed),
            _required_words(self._required[release.channel_id]) if release else None,
            _separation(told, release, {each.person_id for each in signed}),
            ", ".join(filter(None, names)),
            told.fact("reason"),
            told.header["outcome"],
            self._receipts.get(told.number),
        )


def _key(told: Told) -> _Key | None:
    thing = told.header["object"]
    is_one = thing["type"] == "release" and thing["id"].isascii() and thing["id"].isdecimal()
    return (told.app, int(thing["id"])) if is_one else None


def _channel(told: Told) -> str:
    """Name the channel; a roll-back is of one, whatever the release was."""
    thing = told.header["object"]
    return told.fact("channel") or (str(thing["id"]) if thing["type"] == "channel" else "")


def _version(told: Told) -> str:
    """Name the version that went live, or those that were taken back."""
    taken_back = ", ".join(str(each["version"]) for each in told.facts.get("rolled_back", ()))
    return told.fact("version") or taken_back


def _role(signed: SignOff) -> str:
    return f" ({signed.role.replace('_', ' ')})" if signed.role else ""


def _required_words(required: Collection[SignOffRequirement]) -> str:
    words = [f"{each.count} of {each.role.replace('_', ' ') or 'anyone entitled'}" for each in required]
    return ", ".join(words) or "none"


def _separation(told: Told, release: Release | None, signers: set[int]) -> str:
    """Say whether who signed it off are other people than who had a hand in making it."""
    if not signers or release is None:
        return "nobody signed it off" if told.is_done else ""
    return "a maker signed it off" if makers_of(release) & signers else "separate"
