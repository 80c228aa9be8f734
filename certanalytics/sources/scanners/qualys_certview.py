"""Qualys Certificate View (CertView): the certificates of an account and the servers they were found on.

Read is the answer of ``POST /certview/v2/certificates`` (and v2.1, v2.2; v1 says less in the same words), a page or
several one after the other. The certificate is known by ``certhash``, its SHA-256; the DER is there only where the
request included EXTENSIVE_CERTIFICATE_INFO. Each instance on an asset is a sighting; an asset with several addresses
gets its primary one. Fields left out by ``excludeFields`` stay unknown, and so does the chain.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from certanalytics.model import CertificateRef, EndpointTls, Record, Row, Sighting, StatedCertificate
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.records import array, json_records, number, rows, section, text
from certanalytics.sources._reading.signature import Head, Signature
from certanalytics.sources._reading.source import source
from certanalytics.sources._reading.text import (
    from_epoch,
    hex_digits,
    host_and_ip,
    ip_address,
    port_number,
    serial_hex,
    utc,
)
from certanalytics.sources.scanners._certificate_text import key_algorithm, key_bits, signature_hash
from certanalytics.x509.containers import pem_to_der

_BESIDE = frozenset({"validFrom", "validTo", "validFromDate", "validToDate", "keySize", "serialNumber", "assetCount"})
_ATTRIBUTES = (
    "type",
    "selfSigned",
    "imported",
    "issuerCategory",
    "instanceCount",
    "assetCount",
    "sources",
    "createdDate",
    "updateDate",
    "orderStatus",
    "rootissuer",
    "keyUsage",
)
"""What else of a certificate is kept, under the API's names."""


def _is_certview(head: Head) -> bool:
    # An error page is an object without a hash; a page under "data" is what client libraries make of it.
    return any(
        f"{prefix}certhash" in head.json_paths and any(f"{prefix}{name}" in head.json_paths for name in _BESIDE)
        for prefix in ("item.", "", "data.item.")
    )


@source(
    "qualys-certview-json",
    produced_by="Qualys CertView: POST /certview/v2/certificates, answers saved as they are",
    brings=("place", "protocols", "status"),
    tried_on="documentation",
    signature=Signature("JSON with certhash and validFrom, validTo, keySize or serialNumber", _is_certview),
)
def qualys_certview_json(export: Export) -> Iterator[Row]:
    """Read pages of certificates: for each what CertView says of it, and where it was found."""
    under = "data" if "data.item.certhash" in Head(export.head).json_paths else ""
    yield from rows(json_records(export, under), _certificate)


def _certificate(locator: str, said: Mapping[str, Any]) -> Iterator[Row]:
    digest = hex_digits(text(said.get("certhash")) or "")
    record_id = text(said.get("id")) or digest
    if not record_id:
        raise ValueError("neither id nor certhash")
    reference = _reference(said, digest)
    observed_at = _moment(said.get("lastFound"))
    attributes = {name: said[name] for name in _ATTRIBUTES if said.get(name) not in (None, "", [], {})}
    yield Record(
        locator=locator,
        system="qualys-certview",
        record_id=record_id,
        certificate=reference,
        observed_at=_moment(said.get("updateDate")) or observed_at,
        attributes=json.dumps(attributes, default=str, ensure_ascii=False),
    )
    for at, asset in enumerate(map(section, array(said.get("assets")))):
        for instance in map(section, array(asset.get("hostInstances"))):
            where = f"{locator}.assets[{at}].hostInstances[{text(instance.get('id')) or text(instance.get('port'))}]"
            yield from _instance(where, asset, instance, reference, observed_at)


def _instance(
    locator: str,
    asset: Mapping[str, Any],
    instance: Mapping[str, Any],
    reference: CertificateRef,
    observed_at: datetime | None,
) -> Iterator[Row]:
    interfaces = [section(interface) for interface in array(asset.get("assetInterfaces"))]
    addresses = {address for interface in interfaces if (address := ip_address(text(interface.get("address")) or ""))}
    primary = ip_address(text(asset.get("primaryIp")) or "")
    name = text(instance.get("fqdn")) or text(asset.get("name")) or text(asset.get("netbiosName"))
    host, ip = host_and_ip(name, addresses.pop() if len(addresses) == 1 else primary)
    port = text(instance.get("port"))
    place: dict[str, Any] = {"host": host, "ip": ip, "port": port_number(port) if port else None}
    yield Sighting(locator=locator, chain=(reference,), kind="scan", observed_at=observed_at, **place)
    protocols, suites = _names(instance.get("sslProtocols")), _names(instance.get("cipherSuites"))
    if protocols or suites:
        yield EndpointTls(locator=locator, protocols=protocols, cipher_suites=suites, observed_at=observed_at, **place)


def _reference(said: Mapping[str, Any], digest: str) -> CertificateRef:
    """The DER where the answer has it, else what it says of the certificate."""
    raw = text(said.get("rawData"))
    if raw:
        try:
            return pem_to_der(raw)
        except ValueError:
            pass  # what else is said is then the best there is
    subject, issuer = section(said.get("subject")), section(said.get("issuer"))
    names = section(said.get("subjectAlternativeNames"))
    algorithm = key_algorithm(text(said.get("publicKeyAlgorithm")))
    serial, signature = text(said.get("serialNumber")), text(said.get("signatureAlgorithm"))
    return StatedCertificate(
        sha256=digest if len(digest) == 64 else None,
        sha1=digest if len(digest) == 40 else None,
        serial_hex=serial_hex(serial) if serial else None,
        subject_dn=text(said.get("dn")),
        subject_cn=text(subject.get("name")),
        subject_o=text(subject.get("organization")),
        issuer_cn=text(issuer.get("name")),
        issuer_o=text(issuer.get("organization")),
        san_dns=_list(names.get("DNS Name") or names.get("dnsNames")),
        san_ip=tuple(
            filter(None, (ip_address(name) for name in _list(names.get("IP Address") or names.get("ipAddress"))))
        ),
        not_before=_moment(said.get("validFrom")) or _moment(said.get("validFromDate")),
        not_after=_moment(said.get("validTo")) or _moment(said.get("validToDate")),
        key_algorithm=algorithm,
        key_bits=key_bits(number(said.get("keySize")), algorithm),
        signature_algorithm=signature,
        signature_hash=signature_hash(signature),
        validation_level="EV" if said.get("extendedValidation") is True else None,
    )


def _moment(value: object) -> datetime | None:
    """Milliseconds since 1970, or ISO 8601."""
    written = text(value)
    return from_epoch(int(written) / 1000) if written and written.isdigit() else utc(written)


def _names(value: object) -> tuple[str, ...]:
    """Names that stand in a list as they are, or as ``{"name": ...}``."""
    told = (text(each.get("name")) if isinstance(each, dict) else text(each) for each in array(value))
    return tuple(dict.fromkeys(filter(None, told)))


def _list(value: object) -> tuple[str, ...]:
    return tuple(filter(None, map(text, value if isinstance(value, list) else [value])))
