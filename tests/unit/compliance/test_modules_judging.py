"""What measured facts come to: no configuration, certificate or setting makes them better than they are."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from compliance.desk.domain.modules.certificates import CertificateClaim, CertificateStatus, Standard
from compliance.desk.domain.modules.evidence import (
    PathEvidence,
    Standing,
    certificate_judge,
    path_judge,
    standing_judge,
)
from compliance.desk.domain.modules.inventory import PATHS
from compliance.desk.domain.modules.libraries import (
    Attempt,
    Judgement,
    Library,
    LibraryFacts,
    Mode,
    ModuleFile,
    Provider,
    library_judge,
    module_version,
    refusal_reasons,
)

TODAY = date(2026, 11, 30)
APPROVED = Attempt("SHA-256", is_approved=True, worked=True)
FORBIDDEN = Attempt("MD5", is_approved=False, worked=True)
REFUSED = replace(FORBIDDEN, worked=False, said="unsupported")
FAILED = replace(APPROVED, worked=False, said="an internal error of the library")
DEFAULT = Provider("default", "OpenSSL Default Provider", "3.0.19", "3.0.19", "/lib/libcrypto.so.3")
LEGACY = Provider("fips", "OpenSSL Legacy Provider", "3.0.19", "3.0.19", "/lib/legacy.so")
FILE = ModuleFile("/python/fips.so", "5f" * 32)
FIPS = Provider(
    "fips", "OpenSSL FIPS Provider", "3.1.2", "3.1.2", FILE.path, does_fips=True, tests_itself=True
)


def facts(
    library: Library = Library.PYTHON,
    *attempts: Attempt,
    asks: bool | None = False,
    providers: tuple[Provider, ...] | None = (DEFAULT,),
    files: tuple[ModuleFile, ...] = (),
) -> LibraryFacts:
    attempts = attempts or (APPROVED, FORBIDDEN)
    return LibraryFacts(library, "OpenSSL 3.0.19", "shared", providers, asks, attempts, files)


def in_fips(library: Library, *, provider: Provider = FIPS) -> LibraryFacts:
    providers = (provider,) if library is Library.PYTHON else None
    found = facts(library, APPROVED, REFUSED, asks=True, providers=providers, files=(FILE,))
    return replace(found, module_version=provider.version)


def heading(path: PathEvidence) -> Standing:
    return standing_judge(BOTH, [path], [], is_required=False)[0]


PLAIN = (facts(), facts(Library.CRYPTOGRAPHY, providers=None))
BOTH = (in_fips(Library.PYTHON), in_fips(Library.CRYPTOGRAPHY))
CLAIM = CertificateClaim(
    library=Library.PYTHON,
    number="4985",
    module="OpenSSL FIPS Provider",
    version="3.1.2",
    standard=Standard.FIPS_140_3,
    level=1,
    status=CertificateStatus.ACTIVE,
    sunset_on=date(2030, 3, 10),
    checked_on=TODAY,
)
PACKAGE_CLAIM = replace(CLAIM, library=Library.CRYPTOGRAPHY)


@pytest.mark.parametrize(
    ("measured", "mode", "why"),
    [
        pytest.param(facts(), Mode.PLAIN, "", id="as it comes"),
        pytest.param(facts(providers=(DEFAULT, FIPS)), Mode.PLAIN, "nothing binds", id="provider unused"),
        pytest.param(in_fips(Library.PYTHON), Mode.FIPS, "", id="provider at work"),
        pytest.param(in_fips(Library.CRYPTOGRAPHY), Mode.FIPS, "", id="provider that can't be asked"),
        pytest.param(
            facts(Library.PYTHON, APPROVED, FORBIDDEN, asks=True, providers=(FIPS,)),
            Mode.INCONSISTENT,
            "MD5 goes through",
            id="forbidden works",
        ),
        pytest.param(
            facts(Library.PYTHON, APPROVED, REFUSED, asks=True),
            Mode.INCONSISTENT,
            "no FIPS provider is loaded",
            id="claim without provider",
        ),
        pytest.param(
            facts(Library.PYTHON, FAILED, REFUSED, asks=True, providers=(FIPS,)),
            Mode.INCONSISTENT,
            "should work, and doesn't",
            id="nothing works",
        ),
        pytest.param(
            facts(Library.PYTHON, FAILED), Mode.INCONSISTENT, "an internal error", id="broken without a claim"
        ),
        pytest.param(facts(Library.LIBPQ, asks=None), Mode.ELSEWHERE, "", id="can't be asked"),
        pytest.param(facts(providers=(LEGACY, DEFAULT)), Mode.PLAIN, "", id="only called fips"),
        pytest.param(
            facts(Library.PYTHON, APPROVED, REFUSED, asks=True, providers=(LEGACY,)),
            Mode.INCONSISTENT,
            "no FIPS provider is loaded",
            id="only called fips, and claimed",
        ),
        pytest.param(
            in_fips(Library.PYTHON, provider=replace(FIPS, tests_itself=False)),
            Mode.INCONSISTENT,
            "The self-test of OpenSSL FIPS Provider fails.",
            id="its own test fails",
        ),
        pytest.param(
            in_fips(Library.PYTHON, provider=replace(FIPS, checks_keys=False)),
            Mode.INCONSISTENT,
            "not to refuse weak keys",
            id="weak keys allowed",
        ),
        pytest.param(
            replace(in_fips(Library.CRYPTOGRAPHY), files=(replace(FILE, sha256=""),)),
            Mode.INCONSISTENT,
            "was replaced on the disk",
            id="another file by now",
        ),
    ],
)
def test_a_library_is_judged_by_what_it_does(measured: LibraryFacts, mode: Mode, why: str) -> None:
    judgement = library_judge(measured)
    assert judgement.mode is mode
    assert why in " ".join(judgement.reasons)
    assert bool(judgement.reasons) is bool(why)


@pytest.mark.parametrize(
    ("measured", "is_required", "starts"),
    [
        pytest.param(PLAIN, False, True, id="as it comes"),
        pytest.param(PLAIN, True, False, id="required, as it comes"),
        pytest.param(BOTH, True, True, id="required, both run a provider"),
        pytest.param((BOTH[0], PLAIN[1]), True, False, id="required, one of them"),
        pytest.param((BOTH[0], PLAIN[1]), False, True, id="one of them, not required"),
        pytest.param(
            (BOTH[0], facts(Library.CRYPTOGRAPHY, FAILED, asks=True, providers=None)),
            False,
            False,
            id="nothing could be signed",
        ),
    ],
)
def test_a_process_starts_where_the_evidence_fits_what_is_asked(
    *, measured: tuple[LibraryFacts, ...], is_required: bool, starts: bool
) -> None:
    assert (not refusal_reasons(measured, is_required=is_required)) is starts


@pytest.mark.parametrize(
    ("libraries", "claims", "is_required", "standing"),
    [
        pytest.param(PLAIN, [], False, Standing.PLAIN, id="as it comes"),
        pytest.param(PLAIN, [CLAIM], False, Standing.INCONSISTENT, id="certificate of what doesn't run"),
        pytest.param(PLAIN, [], True, Standing.INCONSISTENT, id="required"),
        pytest.param((BOTH[0], PLAIN[1]), [], False, Standing.INCONSISTENT, id="one of them"),
        pytest.param(BOTH, [], False, Standing.ACTIVE, id="no certificate"),
        pytest.param(BOTH, [CLAIM], False, Standing.ACTIVE, id="one certificate"),
        pytest.param(BOTH, [CLAIM, PACKAGE_CLAIM], True, Standing.ASSERTED, id="both certificates"),
        pytest.param(
            BOTH,
            [replace(CLAIM, version="3.0.9"), PACKAGE_CLAIM],
            False,
            Standing.INCONSISTENT,
            id="another version",
        ),
        pytest.param(
            BOTH,
            [
                replace(CLAIM, standard=Standard.FIPS_140_2, status=CertificateStatus.HISTORICAL),
                PACKAGE_CLAIM,
            ],
            False,
            Standing.ACTIVE,
            id="140-2",
        ),
        pytest.param(
            BOTH,
            [replace(CLAIM, sunset_on=TODAY - timedelta(days=1)), PACKAGE_CLAIM],
            False,
            Standing.ACTIVE,
            id="past its sunset",
        ),
        pytest.param(
            BOTH,
            [replace(CLAIM, sunset_on=None), PACKAGE_CLAIM],
            False,
            Standing.ACTIVE,
            id="without a sunset date",
        ),
        pytest.param(
            BOTH,
            [replace(CLAIM, number="4811"), PACKAGE_CLAIM],
            False,
            Standing.ACTIVE,
            id="known as another module's",
        ),
        pytest.param(
            (BOTH[0], replace(BOTH[1], module_version="")),
            [CLAIM, PACKAGE_CLAIM],
            False,
            Standing.ACTIVE,
            id="version can't be told",
        ),
        pytest.param(
            BOTH,
            [CLAIM, replace(PACKAGE_CLAIM, version="3.1.3")],
            False,
            Standing.INCONSISTENT,
            id="another version in the package",
        ),
        pytest.param(
            BOTH,
            [replace(CLAIM, checked_on=TODAY - timedelta(days=91)), PACKAGE_CLAIM],
            False,
            Standing.ACTIVE,
            id="not looked up lately",
        ),
    ],
)
def test_the_heading_claims_no_more_than_the_evidence(
    *,
    libraries: tuple[LibraryFacts, ...],
    claims: list[CertificateClaim],
    is_required: bool,
    standing: Standing,
) -> None:
    measured = {each.library: each for each in libraries}
    certificates = [certificate_judge(claim, measured, today=TODAY) for claim in claims]
    found, reasons = standing_judge(libraries, [], certificates, is_required=is_required)
    assert found is standing
    assert bool(reasons) is (standing in {Standing.INCONSISTENT, Standing.ACTIVE})


def test_a_path_that_fails_outweighs_its_library_and_one_elsewhere_is_never_green() -> None:
    paths = {path.key: path for path in PATHS}
    assert path_judge(paths["tokens_local"], BOTH[1], APPROVED).mode is Mode.FIPS
    assert path_judge(paths["tokens_local"], BOTH[1], FAILED).mode is Mode.INCONSISTENT
    assert path_judge(paths["tokens_pkcs11"], None, APPROVED).mode is Mode.ELSEWHERE
    assert path_judge(paths["tokens_pkcs11"], None, FAILED).mode is Mode.INCONSISTENT
    assert path_judge(paths["passwords"], None, APPROVED).mode is Mode.OUTSIDE
    failing = PathEvidence(paths["webhooks"], True, BOTH[0], FAILED, Judgement(Mode.INCONSISTENT))
    assert heading(failing) is Standing.INCONSISTENT
    assert heading(replace(failing, is_used=False)) is Standing.ACTIVE


@pytest.mark.parametrize(
    ("files", "version"),
    [
        pytest.param((replace(FILE, path="/package/fips.so"),), "3.1.2", id="a copy of Python's"),
        pytest.param((ModuleFile("/package/fips.so", "a0" * 32),), "", id="another file"),
        pytest.param((ModuleFile("/package/fips.so", ""),), "", id="replaced since"),
        pytest.param((), "", id="none is seen"),
        pytest.param((FILE, ModuleFile("/package/other.so", "a0" * 32)), "", id="two"),
    ],
)
def test_the_version_of_a_module_that_cannot_be_asked_is_that_of_the_same_file(
    files: tuple[ModuleFile, ...], version: str
) -> None:
    assert module_version(None, files=files, others=[in_fips(Library.PYTHON)]) == version
