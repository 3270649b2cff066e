"""The inventory as a CycloneDX 1.6 document (cryptographic bill of materials), by CycloneDX's own library.

Packages are components; algorithms and protocols are cryptographic assets that packages depend on; measured
OpenSSLs stand inside the package that brings them. What the format has no place for are properties under
`release-console:`.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from cyclonedx.model import (
    ExternalReference,
    ExternalReferenceType,
    HashAlgorithm,
    HashType,
    Property,
    XsUri,
)
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.crypto import (
    AlgorithmProperties,
    CryptoAssetType,
    CryptoFunction,
    CryptoMode,
    CryptoPrimitive,
    CryptoProperties,
    ProtocolProperties,
    ProtocolPropertiesType,
)
from cyclonedx.model.vulnerability import (
    BomTarget,
    Vulnerability,
    VulnerabilityReference,
    VulnerabilitySource,
)
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from compliance.desk.domain.modules.algorithms import ALGORITHMS, AlgorithmFacts, Family
from compliance.desk.domain.modules.components import PYTHON
from compliance.desk.domain.modules.inventory import PATHS
from compliance.desk.domain.modules.libraries import LibraryFacts, library_judge
from compliance.desk.domain.modules.stock import Stock, StockLine

_PREFIX: Final = "release-console"
_SIGN: Final = (CryptoFunction.KEYGEN, CryptoFunction.SIGN, CryptoFunction.VERIFY)
_PRIMITIVES: Final = {
    Family.SIGNATURE: (CryptoPrimitive.SIGNATURE, _SIGN),
    Family.KEY_AGREEMENT: (CryptoPrimitive.KEY_AGREE, (CryptoFunction.KEYGEN, CryptoFunction.KEYDERIVE)),
    Family.KEY_TRANSPORT: (CryptoPrimitive.PKE, (CryptoFunction.ENCRYPT,)),
    Family.ENCRYPTION: (CryptoPrimitive.AE, (CryptoFunction.ENCRYPT, CryptoFunction.DECRYPT)),
    Family.MAC: (CryptoPrimitive.MAC, (CryptoFunction.TAG,)),
    Family.HASH: (CryptoPrimitive.HASH, (CryptoFunction.DIGEST,)),
    Family.PASSWORD: (CryptoPrimitive.KDF, (CryptoFunction.KEYDERIVE,)),
    Family.RANDOM: (CryptoPrimitive.DRBG, (CryptoFunction.GENERATE,)),
}
_CURVES: Final = {"ES256": "secg/secp256r1", "ES384": "secg/secp384r1", "Ed25519": "other/Ed25519"}
_ADVISORY: Final = "https://osv.dev/vulnerability/"


def cbom_compose(stock: Stock) -> str:
    """Write the inventory as JSON."""
    bom = Bom(metadata=BomMetaData(timestamp=stock.taken_at))
    console = Component(
        name="release-console",
        version=stock.version,
        type=ComponentType.APPLICATION,
        bom_ref="release-console",
        properties=list(_console_properties(stock)),
    )
    bom.metadata.component = console
    assets = {name: _asset(facts) for name, facts in ALGORITHMS.items()}
    packages = {
        line.component.name: _package(line, stock.evidence.libraries) for line in stock.lines if line.version
    }
    for component in (*packages.values(), *assets.values()):
        bom.components.add(component)
    bom.register_dependency(console, packages.values())
    for line in stock.lines:
        if line.version:
            names = _algorithms(line)
            bom.register_dependency(packages[line.component.name], [assets[name] for name in names])
            for vulnerability in _vulnerabilities(line):
                bom.vulnerabilities.add(vulnerability)
    return JsonV1Dot6(bom).output_as_string(indent=2)


def _console_properties(stock: Stock) -> Iterator[Property]:
    evidence = stock.evidence
    yield Property(name=f"{_PREFIX}:fips:standing", value=evidence.standing.value)
    for reason in evidence.reasons:
        yield Property(name=f"{_PREFIX}:fips:reason", value=reason)
    for tool, day in stock.audited:
        yield Property(name=f"{_PREFIX}:advisories:{tool}", value=day.isoformat())
    for each in evidence.paths:
        path, used = each.path, "used" if each.is_used else "not used here"
        said = f"{path.title}; {path.library.value}; {', '.join(path.algorithms)}; keys: {path.keys}; {used}"
        yield Property(name=f"{_PREFIX}:path:{path.key}", value=said)


def _package(line: StockLine, libraries: tuple[LibraryFacts, ...]) -> Component:
    name = line.component.name
    return Component(
        name=name,
        version=line.version,
        type=ComponentType.LIBRARY,
        bom_ref=f"pkg:{name}",
        purl=PackageURL("generic" if name == PYTHON else "pypi", name=name, version=line.version),
        publisher=line.component.maker,
        description=line.component.used_for,
        properties=list(_package_properties(line)),
        external_references=[
            ExternalReference(
                type=ExternalReferenceType.CERTIFICATION_REPORT,
                url=XsUri(each.claim.link),
                comment=f"FIPS {each.claim.standard.value}, {each.claim.status.value}, "
                f"looked up {each.claim.checked_on.isoformat()}",
            )
            for each in line.certificates
        ],
        components=[
            _openssl(facts, name)
            for facts in libraries
            if line.component.brings and facts.library is line.component.module
        ],
    )


def _openssl(facts: LibraryFacts, package: str) -> Component:
    return Component(
        name="openssl",
        version=facts.version,
        type=ComponentType.LIBRARY,
        bom_ref=f"pkg:{package}/openssl",
        properties=[
            Property(name=f"{_PREFIX}:fips:mode", value=library_judge(facts).mode.value),
            Property(name=f"{_PREFIX}:linkage", value=facts.linkage),
            *(
                Property(name=f"{_PREFIX}:provider", value=f"{each.title} {each.version}")
                for each in facts.providers or ()
            ),
        ],
        components=[
            Component(
                name=Path(file.path).name,
                version=facts.module_version or None,
                type=ComponentType.FILE,
                bom_ref=f"pkg:{package}/openssl/module-{number}",
                hashes=[HashType(alg=HashAlgorithm.SHA_256, content=file.sha256)] if file.sha256 else [],
                properties=[Property(name=f"{_PREFIX}:file", value=file.path)],
            )
            for number, file in enumerate(facts.files, start=1)
        ],
    )


def _upkeep_properties(line: StockLine) -> Iterator[Property]:
    kept = line.upkeep
    said = {
        "last-release": f"{kept.last_release_on:%Y-%m}" if kept.last_release_on else "",
        "newest": kept.last_release,
        "maintenance": kept.maintenance.words if kept.maintenance else "",
        "support": kept.support,
        "ended": line.ended,
        "adoption": kept.adoption,
        "audits": kept.audits,
        "common-criteria": kept.common_criteria,
        "source": kept.source,
        "read-on": kept.read_on.isoformat() if kept.read_on else "",
    }
    for name, value in said.items():
        if value:
            yield Property(name=f"{_PREFIX}:upkeep:{name}", value=value)


def _package_properties(line: StockLine) -> Iterator[Property]:
    yield from _upkeep_properties(line)
    for key in line.component.path_keys:
        yield Property(name=f"{_PREFIX}:path", value=key)
    if line.review is not None:
        yield Property(name=f"{_PREFIX}:review:last", value=line.review.reviewed_on.isoformat())
        yield Property(name=f"{_PREFIX}:review:next", value=line.review.next_on.isoformat())


def _asset(facts: AlgorithmFacts) -> Component:
    properties = [
        Property(name=f"{_PREFIX}:approval", value=facts.approval.value),
        Property(name=f"{_PREFIX}:source", value=facts.source),
    ]
    if facts.family is Family.PROTOCOL:
        version = facts.name.partition(" ")[2]
        crypto = CryptoProperties(
            asset_type=CryptoAssetType.PROTOCOL,
            protocol_properties=ProtocolProperties(type=ProtocolPropertiesType.TLS, version=version),
        )
    else:
        primitive, functions = _PRIMITIVES[facts.family]
        crypto = CryptoProperties(
            asset_type=CryptoAssetType.ALGORITHM,
            algorithm_properties=AlgorithmProperties(
                primitive=primitive,
                parameter_set_identifier=facts.words,
                curve=_CURVES.get(facts.name),
                crypto_functions=functions,
                mode=CryptoMode.GCM if facts.name == "A256GCM" else None,
                classical_security_level=facts.bits or None,
                nist_quantum_security_level=0 if facts.survives_quantum is False else None,
            ),
        )
    return Component(
        name=facts.name,
        type=ComponentType.CRYPTOGRAPHIC_ASSET,
        bom_ref=f"crypto:{facts.name}",
        crypto_properties=crypto,
        properties=properties,
    )


def _algorithms(line: StockLine) -> list[str]:
    keys = line.component.path_keys
    return sorted({name for path in PATHS if path.key in keys for name in path.algorithms})


def _vulnerabilities(line: StockLine) -> Iterator[Vulnerability]:
    for each in line.advisories:
        source = VulnerabilitySource(name="OSV", url=XsUri(f"{_ADVISORY}{each.id}"))
        yield Vulnerability(
            bom_ref=f"advisory:{line.component.name}:{each.id}",
            id=each.id,
            source=source,
            references=[VulnerabilityReference(id=alias, source=source) for alias in each.aliases],
            description=each.title or None,
            recommendation=f"Fixed in {each.fixed_in}." if each.fixed_in else None,
            affects=[BomTarget(ref=f"pkg:{line.component.name}")],
        )
