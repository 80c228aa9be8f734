"""Censys: hosts, web properties and certificates, as the Search API v2 and the Platform API v3 give them.

Read: the services of hosts that showed a certificate (by fingerprint, with what Censys says of it; the chain as it
was presented), the versions and suite each negotiated, and certificates with the entries the CT logs have of them and
with revocations. Answers to one question, pages of a search, and lists or lines of the records inside them are taken.
Hosts bring no DER: to know more of their certificates, load the certificate records too.

A host of the Platform is an address; a name is told by web properties and by virtual hosts of v2 alone, and is then the
SNI. DNS names of a host are not the names it was asked for and are not taken. Censys keeps nothing of attempts that
failed. Not read: aggregations, and the index ``ipv4`` that ended in 2021.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from certanalytics.model import (
    Alias,
    CertificateRef,
    CtEntry,
    EndpointTls,
    Revocation,
    Row,
    Sighting,
    StatedCertificate,
)
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.records import array, json_records, number, rows, section, text
from certanalytics.sources._reading.signature import Head, Signature
from certanalytics.sources._reading.source import source
from certanalytics.sources._reading.text import fingerprint, host_and_ip, port_number, serial_hex, utc
from certanalytics.sources.scanners._censys import certificate, leaf_of_service, presented, time
from certanalytics.sources.scanners._tls_names import protocol

EntryType = Literal["x509_entry", "precert_entry"]

# Where a record stands in an answer: alone, in a list, in a page of a search, in the wrapper of the Platform.
_WRAPPERS = ("resource", "host_v1", "webproperty_v1", "certificate_v1")
_UNDER = ("result.hits", "result", "hits")
_ANSWERS = ("result.", "result.item.", "result.hits.item.", "hits.item.")
_ROOTS = ("", "item.", *_ANSWERS, *(f"item.{root}" for root in _ANSWERS))  # alone, or in an array
_PLACES = tuple(
    f"{root}{inner}" for root in _ROOTS for inner in ("", "resource.", *(f"{kind}.resource." for kind in _WRAPPERS[1:]))
)

_MARKS = (
    ("ip", "autonomous_system.bgp_prefix"),
    ("services.item.extended_service_name", "services.item.transport_protocol"),
    ("services.item.perspective_id",),
    ("ip", "services.item._decoded"),
    ("services.item.transport_protocol", "services.item.scan_time"),
    ("hostname", "port", "scan_time", "endpoints"),
    ("hostname", "port", "tls.fingerprint_sha256"),
    ("fingerprint_sha256", "tbs_fingerprint_sha256"),
    ("fingerprint_sha256", "parsed.validity_period.not_after"),
    ("fingerprint_sha256", "parsed.validity.end"),
    ("parsed.validity_period.not_after", "parsed.subject_key_info.fingerprint_sha256"),
)
"""What tells the records; several, because keys come in any order and a banner may fill the head."""

# CRLReason by the names of RFC 5280 section 5.3.1.
_REASONS = {
    "unspecified": "unspecified",
    "key_compromise": "keyCompromise",
    "ca_compromise": "cACompromise",
    "affiliation_changed": "affiliationChanged",
    "superseded": "superseded",
    "cessation_of_operation": "cessationOfOperation",
    "certificate_hold": "certificateHold",
    "privilege_withdrawn": "privilegeWithdrawn",
    "aa_compromise": "aACompromise",
}


def _is_censys(head: Head) -> bool:
    paths = head.json_paths
    return any(all(f"{place}{path}" in paths for path in mark) for place in _PLACES for mark in _MARKS)


@source(
    "censys-json",
    produced_by="Censys Search API v2 and Platform API v3: hosts, web properties, certificates (also the SDKs, cencli)",
    brings=("certificate", "chain", "place", "protocols", "ct", "status"),
    tried_on="documentation",
    signature=Signature("JSON with hosts or certificates in Censys' own fields", _is_censys),
)
def censys_json(export: Export) -> Iterator[Row]:
    """Sightings, endpoints, log entries and revocations, record by record.

    Raises:
        DataError: Not one record can be read.
    """
    paths = Head(export.head).json_paths
    places = (*_UNDER, *(f"item.{under}" for under in _UNDER))
    under = next((under for under in places if f"{under}.item" in paths), "")
    yield from rows(json_records(export, under), _record)


def _record(locator: str, record: Mapping[str, Any]) -> Iterator[Row]:
    """The rows of one record, whatever it is wrapped in."""
    wrapped = next((key for key in ("result", *_WRAPPERS) if isinstance(record.get(key), dict)), None)
    if wrapped:
        yield from _record(f"{locator}.{wrapped}", record[wrapped])
    elif record.get("fingerprint_sha256"):
        yield from _certificate(locator, record)
    elif "services" in record or "ip" in record:
        # The services of a search's hits have no times of their own.
        known = {"ip": record.get("ip"), "observed_at": record.get("last_updated_at")}
        for position, written in enumerate(array(record.get("services"))):
            service = section(written)
            dated = service if service.get("observed_at") or service.get("scan_time") else {**known, **service}
            yield from _service(f"{locator}.services[{position}]", {"ip": known["ip"], **dated}, record.get("name"))
    elif "hostname" in record:
        yield from _service(locator, record, record["hostname"])
    else:
        raise ValueError("neither a host, nor a web property, nor a certificate")


def _service(locator: str, service: Mapping[str, Any], name: object) -> Iterator[Row]:
    tls = section(service.get("tls"))
    chain = tuple(_chain(service, tls))
    if not (chain or tls):
        return
    host, ip = host_and_ip(text(name), text(service.get("ip")))
    if not (host or ip):
        raise ValueError("it does not say which host it is about")
    place: dict[str, Any] = {
        "host": host,
        "ip": ip,
        "port": port_number(service["port"]),
        "sni": host,
        "observed_at": utc(text(service.get("observed_at")) or text(service.get("scan_time"))),
    }
    if chain:
        yield Sighting(locator=locator, chain=chain, kind="scan", **place)
    versions = [section(version) for version in array(tls.get("versions"))]
    names = [text(version.get("tls_version")) or text(version.get("version")) for version in versions]
    names.append(text(tls.get("version_selected")))
    suite = text(tls.get("cipher_selected"))
    if suite or any(names):
        yield EndpointTls(
            locator=locator,
            protocols=tuple(dict.fromkeys(protocol(version) for version in names if version)),
            cipher_suites=(suite,) if suite else (),
            **place,
        )


def _chain(service: Mapping[str, Any], tls: Mapping[str, Any]) -> Iterator[CertificateRef]:
    """The leaf and what was sent after it; nothing if the service showed no certificate."""
    old = section(tls.get("certificates"))
    found = next(
        filter(None, (old.get("leaf_fp_sha_256"), tls.get("fingerprint_sha256"), service.get("certificate"))), None
    )
    sha256 = fingerprint(text(found), 32)
    leaf: CertificateRef | None = certificate(section(service.get("cert")))
    if leaf is None:
        stated = leaf_of_service(sha256, section(old.get("leaf_data")))
        leaf = None if stated == StatedCertificate() else stated
    if leaf is not None:
        yield leaf
        yield from presented(old.get("chain") or tls.get("presented_chain"), old.get("chain_fps_sha_256"))


def _certificate(locator: str, record: Mapping[str, Any]) -> Iterator[Row]:
    found = certificate(record)
    if found is None:
        raise ValueError("nothing is said of this certificate")
    logged = section(record.get("ct"))
    entries = section(logged.get("entries")) or logged  # the first API had no "entries"
    precert = record.get("precert")
    kind: EntryType | None = ("precert_entry" if precert else "x509_entry") if isinstance(precert, bool) else None
    count = 0
    for log, written in entries.items():
        entry = section(written)
        index = number(entry.get("index"))
        if index is None:
            continue
        count += 1
        yield CtEntry(
            locator=f"{locator}.ct.entries.{log}",
            certificate=found,
            log=log,
            log_index=index,
            entry_type=kind,
            entry_timestamp=time(entry.get("added_to_ct_at")),
        )
    if not count:
        yield Alias(locator=locator, alias=f"censys:{text(record['fingerprint_sha256'])}", certificate=found)
    yield from _revocations(locator, record)


def _revocations(locator: str, record: Mapping[str, Any]) -> Iterator[Revocation]:
    """What Censys read in CRLs and OCSP answers; that neither says it is revoked need not mean a good status."""
    parsed = section(record.get("parsed"))
    serial = text(parsed.get("serial_number"))
    for means, written in section(record.get("revocation")).items():
        said = section(written)
        if said.get("revoked") is True and serial:
            reason = _REASONS.get(text(said.get("reason")) or "")
            yield Revocation(
                locator=f"{locator}.revocation.{means}",
                system="censys",
                serial_hex=serial_hex(int(serial)),
                status="hold" if reason == "certificateHold" else "revoked",
                issuer_dn=text(parsed.get("issuer_dn")),
                authority_key_id=text(section(parsed.get("extensions")).get("authority_key_id")),
                revoked_at=time(said.get("revocation_time")),
                reason=reason,
                next_update=time(said.get("next_update")),
                observed_at=time(record.get("modified_at")),
            )
