"""What was found about a release, with the answers that it has."""

from django.template.defaultfilters import filesizeformat

from updates.domain.platforms import platform_words
from updates.domain.publish_checks import Finding, finding_made, findings_answered, size_jumps
from updates.domain.release_state import ON_CHANNEL
from updates.domain.rollout import BASIS_POINTS
from updates.models import Release
from updates.selectors.native_builds import NativeMatrix, native_matrix


def findings_of(release: Release) -> tuple[Finding, ...]:
    """List what was found in a release's bundle, beside the bundle before it, and beside the store's builds.

    The last two change with time; each keeps its name as long as it's about the same bundle, so that an
    answer stays good.
    """
    found = findings_answered(release.bundle.findings, release.check_answers)
    return (*found, *_size_jump(release), *_native(release, native_matrix(release)))


def release_before(release: Release) -> Release | None:
    """Find the full release that this one takes, or took, the place of."""
    full = Release.objects.filter(channel_id=release.channel_id, rollout_bps=BASIS_POINTS, targeted=False)
    if release.live_seq is None:
        full = full.filter(state__in=sorted(ON_CHANNEL))
    else:
        full = full.filter(live_seq__lt=release.live_seq)
    return full.exclude(pk=release.pk).select_related("bundle__archive").order_by("-live_seq").first()


def _size_jump(release: Release) -> list[Finding]:
    before = release_before(release)
    if before is None or not size_jumps(before.bundle.archive.size, release.bundle.archive.size):
        return []
    sizes = [filesizeformat(one.bundle.archive.size) for one in (before, release)]
    words = f"The bundle has {sizes[1]}; {before.bundle.version}, which is served now, has {sizes[0]}."
    return [finding_made("size_jump", words, release.check_answers, about=release.bundle.archive_id)]


def _native(release: Release, matrix: NativeMatrix) -> list[Finding]:
    if matrix.rows and not matrix.said:
        words = "The bundle doesn't say which native plugins it needs, so it isn't compared with the builds."
        return [finding_made("native_unknown", words, release.check_answers)]
    if not (lacking := matrix.lacking):
        return []
    named = ", ".join(
        sorted({f"{platform_words(row.build.platform)} {row.build.version}" for row in lacking})
    )
    follows = "It is offered to them all the same" if release.native_override else "It isn't offered to them"
    words = f"{len(lacking)} of {len(matrix.rows)} native builds lack a plugin: {named}. {follows}."
    about = f"{release.bundle.native_fingerprint} {release.native_override}"
    return [finding_made("native_mismatch", words, release.check_answers, about=about)]
