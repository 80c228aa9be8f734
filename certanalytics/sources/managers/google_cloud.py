"""Google Cloud: certificates in Certificate Manager, Compute Engine, App Engine and Cloud SQL.

Read are the answers of the REST APIs and ``gcloud ... --format=json``, bare or recorded with their HTTP headers
(``{"headers": ..., "body": ...}``): Certificate Manager certificates, ``compute ssl-certificates`` (lists, aggregated
lists, one), App Engine ``authorizedCertificates``, Cloud SQL ``sslCerts`` and the server CA in ``instances``. Not read:
certificate maps, target proxies and audit logs. A PEM that was cut is a reject; the record of it stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from certanalytics.model import Record, Row, Sighting, StatedCertificate
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.held import Held, attributes, held, owner_of
from certanalytics.sources._reading.places import answered_at, dated, rows_at
from certanalytics.sources._reading.records import array, section, text
from certanalytics.sources._reading.signature import Head, Signature
from certanalytics.sources._reading.source import source
from certanalytics.sources._reading.text import hex_digits, is_dns_name, serial_hex, utc

_WRAPPERS = ("", "body.", "item.", "item.body.")
_LISTS = ("certificates.item", "items.item", "items.*.sslCertificates.item")
_KINDS = re.compile(r'"kind"\s*:\s*"(?:compute#sslCertificate\w*|sql#sslCerts?(?:List)?|sql#instances?(?:List)?)"')
_MEMBERS = ("sanDnsnames", "pemCertificate", "certificateRawData", "selfManaged", "managed.domains")
"""What only certificates of Certificate Manager and App Engine have; ``name`` is checked besides."""

_KEPT = ("description", "displayName", "scope", "type", "region", "createTime", "updateTime", "creationTimestamp", "id")


def _matches(head: Head) -> bool:
    paths = head.json_paths
    if any(f"{wrapper}{place}kind" in paths for wrapper in _WRAPPERS for place in ("", "items.item.")):
        return bool(_KINDS.search(head.text))
    return any(
        f"{wrapper}{place}name" in paths and f"{wrapper}{place}{member}" in paths
        for wrapper in _WRAPPERS
        for place in ("", "certificates.item.")
        for member in _MEMBERS
    )


@source(
    "google-cloud-json",
    produced_by="Google Cloud REST APIs and gcloud --format=json: certificate-manager, compute, app, sql certificates",
    brings=("certificate", "chain", "place", "owner", "status"),
    signature=Signature(
        "JSON of kind compute#sslCertificate, sql#sslCert or sql#instance, or with certificates that have a name and "
        "one of " + ", ".join(_MEMBERS) + ", bare or under body",
        _matches,
    ),
)
def google_cloud_json(export: Export) -> Iterator[Row]:
    """Read certificates; in a recording ``observed_at`` is the ``Date`` of the answer, else it stays empty."""
    paths = Head(export.head).json_paths
    lists = {
        f"{wrapper}{place}": _resource
        for wrapper in _WRAPPERS
        for place in _LISTS
        if f"{wrapper}{place.partition('.')[0]}" in paths
    }
    whole = next((wrapper for wrapper in reversed(_WRAPPERS) if wrapper[:-1] in paths or not wrapper), "")
    rows = rows_at(export, lists or {whole.rstrip("."): _resource})
    if {"body", "item.body"} & paths:
        rows = dated(rows, answered_at(export, "headers.date", "item.headers.date"))
    yield from rows


def _resource(locator: str, value: Any) -> Iterator[Row]:
    said = section(value)
    kind, name = text(said.get("kind")) or "", text(said.get("name")) or ""
    if kind == "sql#instance":
        if said.get("serverCaCert"):
            yield from _sql(f"{locator}.serverCaCert", section(said["serverCaCert"]), f"{_path(said)}/serverCaCert")
    elif kind == "sql#sslCert" or ("sha1Fingerprint" in said and "commonName" in said):
        yield from _sql(locator, said, _path(said))
    elif kind == "compute#sslCertificate" or (not kind and "certificate" in said and name):
        yield from _compute(locator, said)
    elif "/authorizedCertificates/" in name or "certificateRawData" in said:
        yield from _app_engine(locator, said)
    elif "/certificates/" in name or any(member in said for member in ("sanDnsnames", "pemCertificate")):
        yield from _certificate_manager(locator, said)
    else:
        raise ValueError("no certificate of a service that is known")


def _path(said: Mapping[str, Any]) -> str:
    """The name of a resource: ``projects/...`` out of its link where it has one.

    Raises:
        ValueError: It has no name.
    """
    link = text(said.get("selfLink"))
    found = link or text(said.get("name")) or text(said.get("sha1Fingerprint"))
    if not found:
        raise ValueError("a resource without name")
    return found[found.index("/projects/") + 1 :] if link and "/projects/" in found else found


def _certificate_manager(locator: str, said: Mapping[str, Any]) -> Iterator[Row]:
    name, managed = _path(said), section(said.get("managed"))
    content = held(f"{locator}.pemCertificate", text(said.get("pemCertificate")))
    certificate = _of(content, said, "sanDnsnames")
    yield from _record(
        locator, "gcp-certificate-manager", name, said, content, certificate, text(managed.get("state")), managed
    )
    for user in array(said.get("usedBy")):
        used_by = text(user.get("name") if isinstance(user, dict) else user)
        if certificate is not None and used_by:
            chain = content.chain or (certificate,)
            yield Sighting(locator=locator, kind="config", resource=used_by, chain=chain)


def _compute(locator: str, said: Mapping[str, Any]) -> Iterator[Row]:
    managed = section(said.get("managed"))
    pem = text(said.get("certificate")) or text(section(said.get("selfManaged")).get("certificate"))
    content = held(f"{locator}.certificate", pem)
    certificate = _of(content, said, "subjectAlternativeNames")
    yield from _record(
        locator, "gcp-compute", _path(said), said, content, certificate, text(managed.get("status")), managed
    )


def _app_engine(locator: str, said: Mapping[str, Any]) -> Iterator[Row]:
    name, managed = _path(said), section(said.get("managedCertificate"))
    pem = text(section(said.get("certificateRawData")).get("publicCertificate"))
    content = held(f"{locator}.certificateRawData.publicCertificate", pem)
    certificate = _of(content, said, "domainNames")
    yield from _record(
        locator, "gcp-app-engine", name, said, content, certificate, text(managed.get("status")), managed
    )
    for mapping in map(text, array(said.get("visibleDomainMappings"))):
        host = (mapping or "").rpartition("/domainMappings/")[2].lower()
        if certificate is not None and mapping and is_dns_name(host):
            chain = content.chain or (certificate,)
            yield Sighting(locator=locator, kind="config", resource=mapping, host=host, sni=host, port=443, chain=chain)


def _of(content: Held, said: Mapping[str, Any], names: str) -> bytes | StatedCertificate | None:
    """The certificate of a record: its DER, or its names and end; what has no end is not issued yet."""
    if content.chain:
        return content.chain[0]
    end = utc(text(said.get("expireTime")))
    if end is None:
        return None
    # A reject says that a PEM was there; how the record describes it still stands.
    domains = [name for name in map(text, array(said.get(names))) if name and is_dns_name(name)]
    return StatedCertificate(san_dns=tuple(domains), not_after=end)


def _record(
    locator: str,
    system: str,
    name: str,
    said: Mapping[str, Any],
    content: Held,
    certificate: bytes | StatedCertificate | None,
    state: str | None,
    managed: Mapping[str, Any],
) -> Iterator[Row]:
    labels = {key: text(value) or "" for key, value in section(said.get("labels")).items()}
    owner = owner_of(labels)
    yield from content.rejects
    yield Record(
        locator=locator,
        system=system,
        record_id=name,
        certificate=certificate,
        state=state,
        owner_name=owner.name,
        owner_email=owner.email,
        business_unit=owner.unit,
        requested_at=utc(text(said.get("createTime")) or text(said.get("creationTimestamp"))),
        attributes=attributes(
            {
                "owner_from": owner.tag,
                "tags": labels,
                "managed": managed,
                "used_by": said.get("usedBy"),
                **{key: said.get(key) for key in _KEPT},
            }
        ),
    )
    if content.chain:
        yield Sighting(locator=locator, kind="file", resource=name, chain=content.chain)


def _sql(locator: str, said: Mapping[str, Any], name: str) -> Iterator[Row]:
    """A client certificate of a Cloud SQL instance, or its server CA; the serial number is decimal."""
    content = held(f"{locator}.cert", text(said.get("cert")))
    certificate: bytes | StatedCertificate
    if content.chain:
        certificate = content.chain[0]
    else:
        serial, common_name = text(said.get("certSerialNumber")), text(said.get("commonName"))
        is_name = common_name is not None and "=" in common_name  # of a CA the whole name stands there
        digits = hex_digits(text(said.get("sha1Fingerprint")) or "")
        certificate = StatedCertificate(
            sha1=digits if len(digits) == 40 else None,
            serial_hex=serial_hex(int(serial)) if serial else None,
            subject_cn=None if is_name else common_name,
            subject_dn=common_name if is_name else None,
            not_after=utc(text(said.get("expirationTime"))),
        )
    yield from _record(locator, "gcp-cloud-sql", name, said, content, certificate, None, {})
