"""What `cryptography` says of a certificate, written for the tests alone and by other calls than the package's."""

from __future__ import annotations

import hashlib
import ipaddress
import math
from datetime import timedelta

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa, x448, x25519
from cryptography.x509 import oid

SHORT_NAMES = {
    oid.NameOID.COMMON_NAME: "CN",
    oid.NameOID.SURNAME: "SN",
    oid.NameOID.SERIAL_NUMBER: "serialNumber",
    oid.NameOID.COUNTRY_NAME: "C",
    oid.NameOID.LOCALITY_NAME: "L",
    oid.NameOID.STATE_OR_PROVINCE_NAME: "ST",
    oid.NameOID.STREET_ADDRESS: "STREET",
    oid.NameOID.ORGANIZATION_NAME: "O",
    oid.NameOID.ORGANIZATIONAL_UNIT_NAME: "OU",
    oid.NameOID.TITLE: "title",
    oid.NameOID.BUSINESS_CATEGORY: "businessCategory",
    oid.NameOID.POSTAL_ADDRESS: "postalAddress",
    oid.NameOID.POSTAL_CODE: "postalCode",
    oid.NameOID.GIVEN_NAME: "givenName",
    oid.NameOID.INITIALS: "initials",
    oid.NameOID.GENERATION_QUALIFIER: "generationQualifier",
    oid.NameOID.X500_UNIQUE_IDENTIFIER: "x500UniqueIdentifier",
    oid.NameOID.DN_QUALIFIER: "dnQualifier",
    oid.NameOID.PSEUDONYM: "pseudonym",
    oid.NameOID.ORGANIZATION_IDENTIFIER: "organizationIdentifier",
    oid.NameOID.USER_ID: "UID",
    oid.NameOID.DOMAIN_COMPONENT: "DC",
    oid.NameOID.EMAIL_ADDRESS: "emailAddress",
    oid.NameOID.JURISDICTION_LOCALITY_NAME: "jurisdictionL",
    oid.NameOID.JURISDICTION_STATE_OR_PROVINCE_NAME: "jurisdictionST",
    oid.NameOID.JURISDICTION_COUNTRY_NAME: "jurisdictionC",
    oid.ObjectIdentifier("2.5.4.13"): "description",
    oid.ObjectIdentifier("2.5.4.18"): "postOfficeBox",
    oid.ObjectIdentifier("2.5.4.20"): "telephoneNumber",
    oid.ObjectIdentifier("2.5.4.41"): "name",
}
PURPOSES = {
    value.dotted_string: name
    for name, value in {
        "serverAuth": oid.ExtendedKeyUsageOID.SERVER_AUTH,
        "clientAuth": oid.ExtendedKeyUsageOID.CLIENT_AUTH,
        "codeSigning": oid.ExtendedKeyUsageOID.CODE_SIGNING,
        "emailProtection": oid.ExtendedKeyUsageOID.EMAIL_PROTECTION,
        "timeStamping": oid.ExtendedKeyUsageOID.TIME_STAMPING,
        "OCSPSigning": oid.ExtendedKeyUsageOID.OCSP_SIGNING,
        "anyExtendedKeyUsage": oid.ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,
        "msSmartcardLogin": oid.ExtendedKeyUsageOID.SMARTCARD_LOGON,
        "pkinit-KPKdc": oid.ExtendedKeyUsageOID.KERBEROS_PKINIT_KDC,
        "ipsecIKE": oid.ExtendedKeyUsageOID.IPSEC_IKE,
        "precertificateSigning": oid.ExtendedKeyUsageOID.CERTIFICATE_TRANSPARENCY,
    }.items()
}
PURPOSES |= {
    "1.3.6.1.5.2.3.4": "pkinit-KPClientAuth",
    "1.3.6.1.5.5.7.3.5": "ipsecEndSystem",
    "1.3.6.1.5.5.7.3.6": "ipsecTunnel",
    "1.3.6.1.5.5.7.3.7": "ipsecUser",
    "1.3.6.1.4.1.311.10.3.3": "msSGC",
    "2.16.840.1.113730.4.1": "nsSGC",
}
USAGES = {
    "digitalSignature": "digital_signature",
    "nonRepudiation": "content_commitment",
    "keyEncipherment": "key_encipherment",
    "dataEncipherment": "data_encipherment",
    "keyAgreement": "key_agreement",
    "keyCertSign": "key_cert_sign",
    "cRLSign": "crl_sign",
}
KEYS = {
    rsa.RSAPublicKey: "RSA",
    ec.EllipticCurvePublicKey: "EC",
    dsa.DSAPublicKey: "DSA",
    ed25519.Ed25519PublicKey: "Ed25519",
    ed448.Ed448PublicKey: "Ed448",
    x25519.X25519PublicKey: "X25519",
    x448.X448PublicKey: "X448",
}


def accepted(der: bytes) -> x509.Certificate | None:
    """The certificate, if `cryptography` reads every part of it that a column needs; ``None`` otherwise."""
    try:
        certificate = x509.load_der_x509_certificate(der)
        assert certificate.version
        assert certificate.extensions is not None
        assert certificate.subject is not None
        assert certificate.issuer is not None
        certificate.public_key()
        assert certificate.signature_hash_algorithm is None or certificate.signature_hash_algorithm.name
    except (
        ValueError,
        TypeError,
        UnsupportedAlgorithm,
        x509.InvalidVersion,
        x509.DuplicateExtension,
        x509.UnsupportedGeneralNameType,
    ):
        return None
    return certificate


def expected(certificate: x509.Certificate) -> dict[str, object]:
    """Values by column name, of every column that does not carry our own words."""
    der = certificate.public_bytes(serialization.Encoding.DER)
    spki = certificate.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    key = certificate.public_key()
    days = (certificate.not_valid_after_utc - certificate.not_valid_before_utc + timedelta(seconds=1)) / timedelta(
        days=1
    )
    san = _extension(certificate, x509.SubjectAlternativeName)
    aia = _extension(certificate, x509.AuthorityInformationAccess) or ()
    constraints = _extension(certificate, x509.BasicConstraints)
    ski = _extension(certificate, x509.SubjectKeyIdentifier)
    aki = _extension(certificate, x509.AuthorityKeyIdentifier)
    policies = [
        policy.policy_identifier.dotted_string for policy in _extension(certificate, x509.CertificatePolicies) or ()
    ]
    scts = [sct.log_id.hex() for sct in _extension(certificate, x509.PrecertificateSignedCertificateTimestamps) or ()]
    feature = _extension(certificate, x509.TLSFeature)
    serial = certificate.serial_number
    return {
        "sha256": hashlib.sha256(der).hexdigest(),
        "sha1": hashlib.sha1(der).hexdigest(),  # noqa: S324
        # What `cryptography` encodes anew (parameters of RSASSA-PSS keys, explicit curves) is no oracle.
        **({"spki_sha256": hashlib.sha256(spki).hexdigest()} if spki in der else {}),
        "version": {x509.Version.v1: 1, x509.Version.v3: 3}[certificate.version],
        "serial_hex": serial.to_bytes(max(1, math.ceil(serial.bit_length() / 8))).hex() if serial >= 0 else None,
        **_name("subject", certificate.subject),
        **{column: value for column, value in _name("issuer", certificate.issuer).items() if column != "issuer_ou"},
        "not_before": certificate.not_valid_before_utc.replace(tzinfo=None),
        "not_after": certificate.not_valid_after_utc.replace(tzinfo=None),
        "validity_days": math.ceil(days),
        "key_algorithm": next((name for kind, name in KEYS.items() if isinstance(key, kind)), None),
        "key_bits": getattr(key, "key_size", {"Ed25519": 256, "Ed448": 456}.get(_kind(key))),
        "key_curve": key.curve.name if isinstance(key, ec.EllipticCurvePublicKey) else None,
        "rsa_exponent": key.public_numbers().e if isinstance(key, rsa.RSAPublicKey) else None,
        "signature_hash": certificate.signature_hash_algorithm.name if certificate.signature_hash_algorithm else None,
        "san_dns": san.get_values_for_type(x509.DNSName) if san else [],
        "san_ip": [_address(value) for value in (san.get_values_for_type(x509.IPAddress) if san else [])],
        "san_email": san.get_values_for_type(x509.RFC822Name) if san else [],
        "san_uri": san.get_values_for_type(x509.UniformResourceIdentifier) if san else [],
        "is_ca": bool(constraints and constraints.ca),
        "path_length": constraints.path_length if constraints else None,
        "key_usage": _usages(_extension(certificate, x509.KeyUsage)),
        "extended_key_usage": [
            PURPOSES.get(purpose.dotted_string, purpose.dotted_string)
            for purpose in _extension(certificate, x509.ExtendedKeyUsage) or ()
        ],
        "subject_key_id": ski.key_identifier.hex() if ski else None,
        "authority_key_id": aki.key_identifier.hex() if aki and aki.key_identifier is not None else None,
        "ocsp_urls": _locations(aia, oid.AuthorityInformationAccessOID.OCSP),
        "ca_issuer_urls": _locations(aia, oid.AuthorityInformationAccessOID.CA_ISSUERS),
        "crl_urls": [
            name.value
            for point in _extension(certificate, x509.CRLDistributionPoints) or ()
            for name in point.full_name or ()
            if isinstance(name, x509.UniformResourceIdentifier)
        ],
        "policy_oids": policies,
        "validation_level": next(
            (
                level
                for policy, level in (
                    ("2.23.140.1.1", "EV"),
                    ("2.23.140.1.2.2", "OV"),
                    ("2.23.140.1.2.3", "IV"),
                    ("2.23.140.1.2.1", "DV"),
                )
                if policy in policies
            ),
            None,
        ),
        "sct_log_ids": scts,
        "sct_count": len(scts),
        "is_precert": _extension(certificate, x509.PrecertPoison) is not None,
        "must_staple": bool(feature and x509.TLSFeatureType.status_request in list(feature)),
        "is_self_issued": certificate.subject.public_bytes() == certificate.issuer.public_bytes(),
        "evidence": "der",
    }


def dn(name: x509.Name) -> str:
    """RFC 4514 sections 2.1 to 2.4."""
    return ",".join("+".join(map(_attribute, rdn)) for rdn in reversed(list(name.rdns)))


def _attribute(attribute: x509.NameAttribute) -> str:
    short, value = SHORT_NAMES.get(attribute.oid), attribute.value
    if short is None or isinstance(value, bytes):
        codec = {"BMPString": "utf-16-be", "UniversalString": "utf-32-be"}.get(attribute._type.name, "utf-8")
        content = value if isinstance(value, bytes) else value.encode(codec)
        length = bytes([len(content)]) if len(content) < 128 else b"\x81" + bytes([len(content)])
        return f"{short or attribute.oid.dotted_string}=#{(bytes([attribute._type.value]) + length + content).hex()}"
    marks = ["\\" + mark if mark in '"+,;<>\\' else mark for mark in value]
    marks = [f"\\{ord(mark):02x}" if mark < " " or mark == "\x7f" else mark for mark in marks]
    if marks and marks[0] in "# ":
        marks[0] = "\\" + marks[0]
    if len(marks) > 1 and marks[-1] == " ":
        marks[-1] = "\\ "
    return f"{short}={''.join(marks)}"


def _name(role: str, name: x509.Name) -> dict[str, object]:
    columns: dict[str, object] = {f"{role}_dn": dn(name)}
    for column, kind in (
        ("cn", oid.NameOID.COMMON_NAME),
        ("o", oid.NameOID.ORGANIZATION_NAME),
        ("ou", oid.NameOID.ORGANIZATIONAL_UNIT_NAME),
        ("c", oid.NameOID.COUNTRY_NAME),
    ):
        found = [attribute.value for attribute in name.get_attributes_for_oid(kind)]
        columns[f"{role}_{column}"] = found[-1] if found and isinstance(found[-1], str) else None
    return columns


def _extension(certificate: x509.Certificate, kind: type):
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def _usages(usage: x509.KeyUsage | None) -> list[str]:
    if usage is None:
        return []
    names = [name for name, attribute in USAGES.items() if getattr(usage, attribute)]
    if usage.key_agreement:
        names += ["encipherOnly"] * usage.encipher_only + ["decipherOnly"] * usage.decipher_only
    return names


def _locations(aia, method: x509.ObjectIdentifier) -> list[str]:
    return [
        description.access_location.value
        for description in aia
        if description.access_method == method
        and isinstance(description.access_location, x509.UniformResourceIdentifier)
    ]


def _address(value) -> str:
    if isinstance(value, ipaddress.IPv4Network | ipaddress.IPv6Network):
        return (value.network_address.packed + value.netmask.packed).hex()
    return str(value)


def _kind(key) -> str | None:
    return next((name for kind, name in KEYS.items() if isinstance(key, kind)), None)
