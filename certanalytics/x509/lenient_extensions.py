"""The columns that stand in extensions, read from their bytes where `cryptography` refuses the certificate.

One malformed extension makes a strict reader refuse them all; here each stands for itself.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator

from certanalytics.x509 import der
from certanalytics.x509.der import DerError, Element
from certanalytics.x509.lenient import Columns
from certanalytics.x509.names import text
from certanalytics.x509.oids import EXTENDED_KEY_USAGES, EXTENSIONS, KEY_USAGES, SCT_LIST
from certanalytics.x509.parts import Parts

_STATUS_REQUEST = 5
_OCSP, _CA_ISSUERS = "1.3.6.1.5.5.7.48.1", "1.3.6.1.5.5.7.48.2"
_EMAIL, _DNS, _URI, _IP = 0x81, 0x82, 0x86, 0x87


def extensions(parts: Parts, notes: list[str]) -> Columns:
    """The columns of all extensions that can be read; of one that stands twice, lists are joined.

    What cannot be read is left out and said in ``notes``.
    """
    columns: Columns = {}
    seen: set[str] = set()
    for extension in parts.extensions:
        if extension.oid is None or extension.oid not in _READERS:
            continue
        name = EXTENSIONS[extension.oid]
        if extension.oid in seen:
            notes.append(f"{name} stands more than once")
        seen.add(extension.oid)
        found: Columns = {}
        try:
            _READERS[extension.oid](extension.value, found)
        except DerError as error:
            notes.append(f"{name} cannot be read in full ({error})")
        for column, value in found.items():
            earlier = columns.setdefault(column, value)
            if earlier is not value and isinstance(earlier, list) and isinstance(value, list):
                columns[column] = earlier + value
    return columns


def _alternative_names(value: bytes, columns: Columns) -> None:
    dns, ip, email, uri = names = ([], [], [], [])  # type: tuple[list[str], list[str], list[str], list[str]]
    columns.update(zip(("san_dns", "san_ip", "san_email", "san_uri"), names, strict=True))
    for name in der.sequence(value, "names"):
        if name.tag == _DNS:
            dns.append(text(name.content))
        elif name.tag == _IP:
            ip.append(_address(name.content))
        elif name.tag == _EMAIL:
            email.append(text(name.content))
        elif name.tag == _URI:
            uri.append(text(name.content))


def _address(octets: bytes) -> str:
    """An address as text; octets of any other length as hex."""
    return str(ipaddress.ip_address(octets)) if len(octets) in (4, 16) else octets.hex()


def _basic_constraints(value: bytes, columns: Columns) -> None:
    columns["is_ca"] = False
    for field in der.sequence(value, "basic constraints"):
        if field.tag == der.BOOLEAN:
            columns["is_ca"] = any(field.content)
        elif field.tag == der.INTEGER:
            columns["path_length"] = der.integer(field)


def _key_usage(value: bytes, columns: Columns) -> None:
    """Names of the bits set; encipherOnly and decipherOnly mean nothing without keyAgreement."""
    octets = der.bits(der.read(value))
    usages = [
        name
        for number, name in enumerate(KEY_USAGES)
        if number < 8 * len(octets) and octets[number // 8] & 0x80 >> number % 8
    ]
    if "keyAgreement" not in usages:
        usages = [name for name in usages if name not in ("encipherOnly", "decipherOnly")]
    columns["key_usage"] = usages


def _extended_key_usage(value: bytes, columns: Columns) -> None:
    purposes: list[str] = []
    columns["extended_key_usage"] = purposes
    for purpose in der.sequence(value, "purposes"):
        oid = der.oid(der.expect(purpose, der.OID, "purpose").content)
        purposes.append(EXTENDED_KEY_USAGES.get(oid, oid))


def _subject_key_identifier(value: bytes, columns: Columns) -> None:
    columns["subject_key_id"] = der.expect(der.read(value), der.OCTET_STRING, "key identifier").content.hex()


def _authority_key_identifier(value: bytes, columns: Columns) -> None:
    for field in der.sequence(value, "authority key identifier"):
        if field.tag == 0x80:
            columns["authority_key_id"] = field.content.hex()


def _authority_information(value: bytes, columns: Columns) -> None:
    ocsp: list[str] = []
    issuers: list[str] = []
    columns |= {"ocsp_urls": ocsp, "ca_issuer_urls": issuers}
    for description in der.sequence(value, "access descriptions"):
        fields = der.children(description)
        method, location = next(fields, None), next(fields, None)
        if method is None or location is None or location.tag != _URI:
            continue
        oid = der.oid(der.expect(method, der.OID, "access method").content)
        if oid in (_OCSP, _CA_ISSUERS):
            (ocsp if oid == _OCSP else issuers).append(text(location.content))


def _distribution_points(value: bytes, columns: Columns) -> None:
    urls: list[str] = []
    columns["crl_urls"] = urls
    for point in der.sequence(value, "distribution points"):
        for name in _tagged(point, 0xA0):
            for full_name in _tagged(name, 0xA0):
                urls += [text(part.content) for part in der.children(full_name) if part.tag == _URI]


def _tagged(parent: Element, tag: int) -> Iterator[Element]:
    return (child for child in der.children(parent) if child.tag == tag)


def _policies(value: bytes, columns: Columns) -> None:
    oids: list[str] = []
    columns["policy_oids"] = oids
    oids += (
        der.oid(der.expect(next(der.children(policy), None), der.OID, "policy").content)
        for policy in der.sequence(value, "policies")
    )


def _features(value: bytes, columns: Columns) -> None:
    numbers = [der.integer(der.expect(number, der.INTEGER, "feature")) for number in der.sequence(value, "features")]
    columns["must_staple"] = _STATUS_REQUEST in numbers


def _timestamps(value: bytes, columns: Columns) -> None:
    """Log identifiers of a SignedCertificateTimestampList (RFC 6962 section 3.3)."""
    octets = der.expect(der.read(value), der.OCTET_STRING, "timestamps").content
    logs: list[str] = []
    columns["sct_log_ids"] = logs
    position = 2
    while position < len(octets):
        end = position + 2 + int.from_bytes(octets[position : position + 2])
        if end > len(octets) or end - position < 2 + 1 + 32:
            raise DerError("a timestamp is cut short")
        if octets[position + 2] != 0:
            raise DerError(f"a timestamp of version {octets[position + 2] + 1}")
        logs.append(octets[position + 3 : position + 35].hex())
        position = end


_READERS: dict[str, Callable[[bytes, Columns], None]] = {
    "2.5.29.14": _subject_key_identifier,
    "2.5.29.15": _key_usage,
    "2.5.29.17": _alternative_names,
    "2.5.29.19": _basic_constraints,
    "2.5.29.31": _distribution_points,
    "2.5.29.32": _policies,
    "2.5.29.35": _authority_key_identifier,
    "2.5.29.37": _extended_key_usage,
    "1.3.6.1.5.5.7.1.1": _authority_information,
    "1.3.6.1.5.5.7.1.24": _features,
    SCT_LIST: _timestamps,
}
