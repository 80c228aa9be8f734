"""Columns from `cryptography`'s view of a certificate: what a strict reader says.

Each function answers for one group of columns or raises one of `REFUSALS`; the caller then asks
`certanalytics.x509.lenient` for the same group.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable
from typing import Any

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.x509.oid import AuthorityInformationAccessOID

from certanalytics.x509.algorithms import FIXED_BITS, KEY_ALGORITHMS
from certanalytics.x509.oids import EXTENDED_KEY_USAGES, KEY_USAGES
from certanalytics.x509.serial import serial_hex

Columns = dict[str, Any]
"""Values by column name."""

REFUSALS = (
    KeyError,
    ValueError,
    TypeError,
    OverflowError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)
"""What `cryptography` raises for certificates it does not accept."""

_USAGE_ATTRIBUTES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


def reason(error: BaseException) -> str:
    """Why `cryptography` refuses, short: the kind of a parse error and the field it lies in."""
    message = str(error).strip().rstrip(".") or type(error).__name__
    found = re.search(r"kind: (\w+).*?(?:location: \[(.*)\])?\s*\}$", message)
    if not found:
        return message
    fields = re.findall(r'"([^"]+)"', found[2] or "")
    return found[1] + (f" at {fields[-1]}" if fields else "")


def basics(certificate: x509.Certificate) -> Columns:
    """``version``, ``serial_hex``, ``not_before`` and ``not_after``."""
    return {
        "version": certificate.version.value + 1,
        "serial_hex": serial_hex(certificate.serial_number),
        "not_before": certificate.not_valid_before_utc.replace(tzinfo=None),
        "not_after": certificate.not_valid_after_utc.replace(tzinfo=None),
    }


def names(certificate: x509.Certificate) -> Columns:
    """No column, for names are read from the very octets; but that `cryptography` refuses one is worth a remark."""
    _ = certificate.subject, certificate.issuer
    return {}


def key(certificate: x509.Certificate) -> Columns:
    """``key_algorithm``, ``key_bits``, ``key_curve`` and ``rsa_exponent``."""
    oid = certificate.public_key_algorithm_oid.dotted_string
    algorithm = KEY_ALGORITHMS.get(oid, oid)
    columns: Columns = {"key_algorithm": algorithm, "key_bits": FIXED_BITS.get(algorithm)}
    public_key = certificate.public_key()
    if isinstance(public_key, rsa.RSAPublicKey):
        columns |= {"key_bits": public_key.key_size, "rsa_exponent": public_key.public_numbers().e}
    elif isinstance(public_key, ec.EllipticCurvePublicKey):
        columns |= {"key_bits": public_key.key_size, "key_curve": public_key.curve.name}
    elif isinstance(public_key, dsa.DSAPublicKey):
        columns["key_bits"] = public_key.key_size
    return columns


def extensions(certificate: x509.Certificate) -> Columns:
    """The columns that stand in extensions; those of absent extensions are left out."""
    columns: Columns = {}
    for extension in certificate.extensions:
        reader = _READERS.get(type(extension.value))
        if reader is not None:
            columns |= reader(extension.value)
    return columns


def _alternative_names(names: x509.SubjectAlternativeName) -> Columns:
    columns: dict[str, list[str]] = {"san_dns": [], "san_ip": [], "san_email": [], "san_uri": []}
    for name in names:
        if isinstance(name, x509.DNSName):
            columns["san_dns"].append(name.value)
        elif isinstance(name, x509.IPAddress):
            columns["san_ip"].append(_address(name.value))
        elif isinstance(name, x509.RFC822Name):
            columns["san_email"].append(name.value)
        elif isinstance(name, x509.UniformResourceIdentifier):
            columns["san_uri"].append(name.value)
    return columns


def _address(
    value: ipaddress.IPv4Address | ipaddress.IPv6Address | ipaddress.IPv4Network | ipaddress.IPv6Network,
) -> str:
    """An address as text; an address with a mask, which has no place here, as the hex it stands in."""
    if isinstance(value, ipaddress.IPv4Network | ipaddress.IPv6Network):
        return (value.network_address.packed + value.netmask.packed).hex()
    return str(value)


def _key_usage(value: x509.KeyUsage) -> Columns:
    """Names of the bits set; encipherOnly and decipherOnly mean nothing without keyAgreement."""
    attributes = _USAGE_ATTRIBUTES if value.key_agreement else _USAGE_ATTRIBUTES[:7]
    names = [name for name, attribute in zip(KEY_USAGES, attributes, strict=False) if getattr(value, attribute)]
    return {"key_usage": names}


def _access(value: x509.AuthorityInformationAccess) -> Columns:
    columns: dict[str, list[str]] = {"ocsp_urls": [], "ca_issuer_urls": []}
    for description in value:
        urls = _uris([description.access_location])
        if description.access_method == AuthorityInformationAccessOID.OCSP:
            columns["ocsp_urls"] += urls
        elif description.access_method == AuthorityInformationAccessOID.CA_ISSUERS:
            columns["ca_issuer_urls"] += urls
    return columns


def _uris(names: Iterable[x509.GeneralName]) -> list[str]:
    return [name.value for name in names if isinstance(name, x509.UniformResourceIdentifier)]


def _basic_constraints(value: x509.BasicConstraints) -> Columns:
    return {"is_ca": value.ca, "path_length": value.path_length}


def _purposes(value: x509.ExtendedKeyUsage) -> Columns:
    oids = [purpose.dotted_string for purpose in value]
    return {"extended_key_usage": [EXTENDED_KEY_USAGES.get(oid, oid) for oid in oids]}


def _subject_key(value: x509.SubjectKeyIdentifier) -> Columns:
    return {"subject_key_id": value.digest.hex()}


def _authority_key(value: x509.AuthorityKeyIdentifier) -> Columns:
    return {"authority_key_id": value.key_identifier.hex() if value.key_identifier is not None else None}


def _distribution_points(value: x509.CRLDistributionPoints) -> Columns:
    return {"crl_urls": [url for point in value for url in _uris(point.full_name or ())]}


def _policies(value: x509.CertificatePolicies) -> Columns:
    return {"policy_oids": [policy.policy_identifier.dotted_string for policy in value]}


def _timestamps(value: x509.PrecertificateSignedCertificateTimestamps) -> Columns:
    return {"sct_log_ids": [timestamp.log_id.hex() for timestamp in value]}


def _features(value: x509.TLSFeature) -> Columns:
    return {"must_staple": x509.TLSFeatureType.status_request in value}


_READERS: dict[type[x509.ExtensionType], Callable[[Any], Columns]] = {
    x509.AuthorityInformationAccess: _access,
    x509.AuthorityKeyIdentifier: _authority_key,
    x509.BasicConstraints: _basic_constraints,
    x509.CRLDistributionPoints: _distribution_points,
    x509.CertificatePolicies: _policies,
    x509.ExtendedKeyUsage: _purposes,
    x509.KeyUsage: _key_usage,
    x509.PrecertificateSignedCertificateTimestamps: _timestamps,
    x509.SubjectAlternativeName: _alternative_names,
    x509.SubjectKeyIdentifier: _subject_key,
    x509.TLSFeature: _features,
}
