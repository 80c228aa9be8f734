"""Netflix Lemur: certificates with owner, roles and the places they were put, as its API answers.

``GET /api/1/certificates`` gives ``items`` and ``total``, ``/certificates/<id>`` one certificate. The examples in
Lemur's own documentation are saved HTTP responses, and several lack a comma: such a record is a reject and the rest
is read. A ``body`` that is no certificate (shortened, in the examples) is a reject of its own; what is said of it is
kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from certanalytics.model import CertificateRef, Record, Row, Sighting, StatedCertificate
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.held import chain_records, held, key_findings
from certanalytics.sources._reading.objects import objects, without_http_head
from certanalytics.sources._reading.records import array, number, rows, section, text
from certanalytics.sources._reading.signature import Head, Signature
from certanalytics.sources._reading.source import source
from certanalytics.sources._reading.text import host_and_ip, is_dns_name, port_number, serial_hex, utc
from certanalytics.sources._reading.wording import as_json, is_email, place, required, signature_hash

_SYSTEM = "lemur"
_ITEMS = re.compile(r'\s*+\[?\s*+\{\s*+(?:"total"\s*:\s*\d+\s*,\s*)?"items"\s*:\s*\[')
_MEMBERS = ('"owner"', '"notBefore"', '"notAfter"', '"signingAlgorithm"', '"authority"')
_KEPT = (
    "name",
    "issuer",
    "description",
    "externalId",
    "active",
    "deleted",
    "notify",
    "rotation",
    "rotationPolicy",
    "hasPrivateKey",
)
_NAMED = ("destinations", "roles", "replaces", "replaced", "replacedBy")
"""Kept by name alone: a destination has the passwords and tokens it is reached with, a certificate its whole text."""


def _matches(head: Head) -> bool:
    body = without_http_head(head.text).lstrip()
    return body[:1] in ("{", "[") and all(member in body for member in _MEMBERS)


@source(
    "lemur-certificates",
    produced_by="Netflix Lemur API: GET /api/1/certificates and /api/1/certificates/<id>",
    brings=("certificate", "place", "owner", "status"),
    tried_on="documentation",
    signature=Signature("JSON, also below an HTTP head, with " + ", ".join(_MEMBERS), _matches),
)
def lemur_certificates(export: Export) -> Iterator[Row]:
    """Read a page of certificates, an array of them, or one.

    A certificate of the ``chain`` is a record of its own, which says nothing but that Lemur holds it. Lemur names the
    issuer by a word it makes of its organisation: that stays in ``attributes``, and no `Revocation` can be stated.
    """
    is_page = _ITEMS.match(without_http_head(Head(export.head).text))
    records = objects(export, under="items" if is_page else "")
    yield from rows(records, lambda locator, said: _certificate(locator, said, export.label))


def _certificate(locator: str, said: Mapping[str, Any], path: str) -> Iterator[Row]:
    body, above = held(f"{locator}.body", text(said.get("body"))), held(f"{locator}.chain", text(said.get("chain")))
    yield from (*body.rejects, *above.rejects)
    yield from key_findings(f"{locator}.body", (*body.keys, *above.keys), "a certificate of Lemur", path)
    certificate: CertificateRef = body.chain[0] if body.chain else _stated(said)
    record_id, owner, state = required(said, "id", "name"), text(said.get("owner")), text(said.get("status"))
    authority = section(said.get("authority"))
    yield Record(
        locator=locator,
        system=_SYSTEM,
        record_id=record_id,
        certificate=certificate,
        state=state,
        owner_name=None if is_email(owner) else owner,
        owner_email=owner if is_email(owner) else None,
        requester=_person(said.get("user")) or text(said.get("creator")),
        location=", ".join(filter(None, (_label(each) for each in array(said.get("destinations"))))) or None,
        product=text(authority.get("name")),
        requested_at=utc(text(said.get("dateCreated"))),
        attributes=as_json(
            {name: said.get(name) for name in _KEPT}
            | {name: _by_name(said.get(name)) for name in _NAMED}
            | {"authority_owner": authority.get("owner")}
        ),
    )
    yield from chain_records(locator, _SYSTEM, record_id, (*body.chain[1:], *above.chain))
    for position, endpoint in enumerate(array(said.get("endpoints"))):
        yield place(f"{locator}.endpoints[{position}]", _endpoint, certificate, endpoint)


def _stated(said: Mapping[str, Any]) -> StatedCertificate:
    serial = text(said.get("serial"))
    names = [text(section(domain).get("name")) for domain in array(said.get("domains"))]
    return StatedCertificate(
        # Lemur keeps serial numbers as decimal text.
        serial_hex=serial_hex(int(serial)) if serial and serial.isascii() and serial.isdigit() else None,
        subject_cn=text(said.get("cn")) or text(said.get("commonName")),
        subject_dn=text(said.get("distinguishedName")),
        san_dns=tuple(name for name in names if name and is_dns_name(name)),
        not_before=utc(text(said.get("notBefore"))),
        not_after=utc(text(said.get("notAfter"))),
        key_bits=number(said.get("bits")),
        signature_hash=signature_hash(text(said.get("signingAlgorithm"))),
    )


def _endpoint(locator: str, certificate: CertificateRef, endpoint: Mapping[str, Any]) -> Sighting:
    """A load balancer Lemur has seen to use the certificate."""
    host, ip = host_and_ip(text(endpoint.get("dnsname")))
    port = text(endpoint.get("port"))
    return Sighting(
        locator=locator,
        chain=(certificate,),
        kind="config",
        host=host.lower().rstrip(".") if host and is_dns_name(host) else None,
        ip=ip,
        port=port_number(port) if port else None,
        resource=text(endpoint.get("name")),
    )


def _person(value: object) -> str | None:
    if not isinstance(value, dict):
        return text(value)
    return text(value.get("email")) or text(value.get("username"))


def _by_name(value: object) -> list[dict[str, Any]]:
    return [{key: each[key] for key in ("id", "name", "label") if key in each} for each in map(section, array(value))]


def _label(value: object) -> str | None:
    return text(section(value).get("label"))
