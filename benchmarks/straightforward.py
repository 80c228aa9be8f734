"""The columns of a certificate as one would write them with `cryptography`: one certificate, one extension at a time.

Left out of our columns: the body without poison and timestamps (here the whole TBSCertificate is hashed), the OIDs of
unknown critical extensions, warnings, and all that is read of certificates `cryptography` refuses. RFC 4514 strings and
algorithms are as `cryptography` has them. The rows are dictionaries: no table is made of them.
"""

from __future__ import annotations

import hashlib
from typing import Any, TypeVar

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

_Kind = TypeVar("_Kind", bound=x509.ExtensionType)
_USAGES = ("digital_signature", "content_commitment", "key_encipherment", "key_agreement", "key_cert_sign", "crl_sign")


def row(der: bytes) -> dict[str, Any]:
    """The columns of one certificate.

    Raises:
        ValueError: `cryptography` refuses it; its other errors too.
    """
    certificate = x509.load_der_x509_certificate(der)
    key = certificate.public_key()
    names = _extension(certificate, x509.SubjectAlternativeName)
    constraints = _extension(certificate, x509.BasicConstraints)
    usage = _extension(certificate, x509.KeyUsage)
    purposes = _extension(certificate, x509.ExtendedKeyUsage)
    key_id = _extension(certificate, x509.SubjectKeyIdentifier)
    authority = _extension(certificate, x509.AuthorityKeyIdentifier)
    access = _extension(certificate, x509.AuthorityInformationAccess)
    points = _extension(certificate, x509.CRLDistributionPoints)
    policies = _extension(certificate, x509.CertificatePolicies)
    timestamps = _extension(certificate, x509.PrecertificateSignedCertificateTimestamps)
    features = _extension(certificate, x509.TLSFeature)
    poison = _extension(certificate, x509.PrecertPoison)
    spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return {
        "sha256": certificate.fingerprint(SHA256()).hex(),
        "sha1": certificate.fingerprint(SHA1()).hex(),  # noqa: S303 - a name, not a promise
        "spki_sha256": hashlib.sha256(spki).hexdigest(),
        "tbs_sha256": hashlib.sha256(certificate.tbs_certificate_bytes).hexdigest(),
        "version": certificate.version.value + 1,
        "serial_hex": f"{certificate.serial_number:x}",
        "subject_dn": certificate.subject.rfc4514_string(),
        "subject_cn": _last(certificate.subject, NameOID.COMMON_NAME),
        "subject_o": _last(certificate.subject, NameOID.ORGANIZATION_NAME),
        "subject_ou": _last(certificate.subject, NameOID.ORGANIZATIONAL_UNIT_NAME),
        "subject_c": _last(certificate.subject, NameOID.COUNTRY_NAME),
        "issuer_dn": certificate.issuer.rfc4514_string(),
        "issuer_cn": _last(certificate.issuer, NameOID.COMMON_NAME),
        "issuer_o": _last(certificate.issuer, NameOID.ORGANIZATION_NAME),
        "issuer_c": _last(certificate.issuer, NameOID.COUNTRY_NAME),
        "not_before": certificate.not_valid_before_utc,
        "not_after": certificate.not_valid_after_utc,
        "validity_days": (certificate.not_valid_after_utc - certificate.not_valid_before_utc).days,
        "key_algorithm": type(key).__name__,
        "key_bits": getattr(key, "key_size", None),
        "key_curve": key.curve.name if isinstance(key, ec.EllipticCurvePublicKey) else None,
        "rsa_exponent": key.public_numbers().e if isinstance(key, rsa.RSAPublicKey) else None,
        "signature_algorithm": certificate.signature_algorithm_oid._name,  # noqa: SLF001 - there is no other way
        "signature_hash": certificate.signature_hash_algorithm.name if certificate.signature_hash_algorithm else None,
        "san_dns": names.get_values_for_type(x509.DNSName) if names else [],
        "san_ip": [str(address) for address in names.get_values_for_type(x509.IPAddress)] if names else [],
        "san_email": names.get_values_for_type(x509.RFC822Name) if names else [],
        "san_uri": names.get_values_for_type(x509.UniformResourceIdentifier) if names else [],
        "is_ca": bool(constraints and constraints.ca),
        "path_length": constraints.path_length if constraints else None,
        "key_usage": [name for name in _USAGES if getattr(usage, name)] if usage else [],
        "extended_key_usage": [purpose.dotted_string for purpose in purposes] if purposes else [],
        "subject_key_id": key_id.digest.hex() if key_id else None,
        "authority_key_id": authority.key_identifier.hex() if authority and authority.key_identifier else None,
        "ocsp_urls": _urls(access, AuthorityInformationAccessOID.OCSP),
        "ca_issuer_urls": _urls(access, AuthorityInformationAccessOID.CA_ISSUERS),
        "crl_urls": [name.value for point in points or () for name in point.full_name or ()],
        "policy_oids": [policy.policy_identifier.dotted_string for policy in policies or ()],
        "sct_log_ids": [timestamp.log_id.hex() for timestamp in timestamps or ()],
        "sct_count": len(timestamps) if timestamps else 0,
        "is_precert": poison is not None,
        "must_staple": bool(features and x509.TLSFeatureType.status_request in features),
        "is_self_issued": certificate.subject == certificate.issuer,
    }


def _extension(certificate: x509.Certificate, kind: type[_Kind]) -> _Kind | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def _last(name: x509.Name, kind: x509.ObjectIdentifier) -> str | bytes | None:
    found = name.get_attributes_for_oid(kind)
    return found[-1].value if found else None


def _urls(access: x509.AuthorityInformationAccess | None, method: x509.ObjectIdentifier) -> list[str]:
    return [each.access_location.value for each in access or () if each.access_method == method]
