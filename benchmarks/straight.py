"""A log's answers into a table as one would write it first: orjson and `cryptography`, an object after the other.

    python benchmarks/straight.py NEW.duckdb ANSWER.json ...

Prints the seconds it took and the entries it read.
"""

from __future__ import annotations

import base64
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

try:
    from orjson import loads
except ImportError:
    loads = json.loads


def columns(der: bytes, milliseconds: int, entry_type: int) -> dict[str, Any]:
    """One certificate by the methods `cryptography` offers."""
    certificate = x509.load_der_x509_certificate(der)
    key = certificate.public_key()

    def extension(kind: Any, take: Callable[[Any], Any]) -> Any:
        try:
            return take(certificate.extensions.get_extension_for_class(kind).value)
        except x509.ExtensionNotFound:
            return None

    def first(name: x509.Name, oid: x509.ObjectIdentifier) -> Any:
        return next((each.value for each in name.get_attributes_for_oid(oid)), None)

    def urls(access: x509.AuthorityInformationAccess, method: x509.ObjectIdentifier) -> list[str]:
        return [each.access_location.value for each in access if each.access_method == method]

    return {
        "entry_type": entry_type,
        "milliseconds": milliseconds,
        "sha256": certificate.fingerprint(SHA256()).hex(),
        "spki": key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        "tbs": certificate.tbs_certificate_bytes,
        "version": certificate.version.name,
        "serial": f"{certificate.serial_number:x}",
        "subject": certificate.subject.rfc4514_string(),
        "subject_cn": first(certificate.subject, NameOID.COMMON_NAME),
        "subject_o": first(certificate.subject, NameOID.ORGANIZATION_NAME),
        "issuer": certificate.issuer.rfc4514_string(),
        "issuer_cn": first(certificate.issuer, NameOID.COMMON_NAME),
        "issuer_o": first(certificate.issuer, NameOID.ORGANIZATION_NAME),
        "not_before": certificate.not_valid_before_utc,
        "not_after": certificate.not_valid_after_utc,
        "algorithm": type(key).__name__,
        "bits": key.key_size if isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey) else None,
        "curve": key.curve.name if isinstance(key, ec.EllipticCurvePublicKey) else None,
        "signature": certificate.signature_algorithm_oid.dotted_string,
        "dns": extension(x509.SubjectAlternativeName, lambda names: names.get_values_for_type(x509.DNSName)),
        "is_ca": extension(x509.BasicConstraints, lambda constraints: constraints.ca),
        "usage": extension(x509.KeyUsage, lambda usage: usage.digital_signature),
        "purposes": extension(x509.ExtendedKeyUsage, lambda usages: [each.dotted_string for each in usages]),
        "key_id": extension(x509.SubjectKeyIdentifier, lambda key_id: key_id.digest.hex()),
        "authority": extension(x509.AuthorityKeyIdentifier, lambda key_id: key_id.key_identifier.hex()),
        "ocsp": extension(
            x509.AuthorityInformationAccess, lambda access: urls(access, AuthorityInformationAccessOID.OCSP)
        ),
        "issuers": extension(
            x509.AuthorityInformationAccess, lambda access: urls(access, AuthorityInformationAccessOID.CA_ISSUERS)
        ),
        "crls": extension(
            x509.CRLDistributionPoints, lambda points: [name.value for point in points for name in point.full_name]
        ),
        "policies": extension(
            x509.CertificatePolicies, lambda policies: [each.policy_identifier.dotted_string for each in policies]
        ),
        "logs": extension(
            x509.PrecertificateSignedCertificateTimestamps, lambda stamps: [stamp.log_id.hex() for stamp in stamps]
        ),
        "is_precert": extension(x509.PrecertPoison, lambda _: True) or False,
    }


def entries(answer: bytes) -> list[dict[str, Any]]:
    """The entries of one answer (RFC 6962 sections 3.4 and 4.6)."""
    rows = []
    for entry in loads(answer)["entries"]:
        leaf, extra = base64.b64decode(entry["leaf_input"]), base64.b64decode(entry["extra_data"])
        milliseconds, entry_type = int.from_bytes(leaf[2:10], "big"), int.from_bytes(leaf[10:12], "big")
        holder = extra if entry_type else leaf[12:]
        rows.append(columns(holder[3 : 3 + int.from_bytes(holder[:3], "big")], milliseconds, entry_type))
    return rows


def main() -> None:
    """Read the answers named on the command line."""
    begun = time.perf_counter()
    path, *answers = map(Path, sys.argv[1:])
    path.unlink(missing_ok=True)
    count = 0
    with duckdb.connect(str(path)) as estate:
        for answer in answers:
            table = pa.Table.from_pylist(entries(answer.read_bytes()))
            made = f"{'INSERT INTO entry BY NAME' if count else 'CREATE TABLE entry AS'} FROM incoming"
            estate.register("incoming", table)
            estate.execute(made)
            count += table.num_rows
    sys.stdout.write(json.dumps([time.perf_counter() - begun, count]))


if __name__ == "__main__":
    main()
