"""Certificates as Censys parses them: inside a service, and as records of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from certanalytics.model import CertificateRef, StatedCertificate
from certanalytics.sources._reading.records import array, number, section, text
from certanalytics.sources._reading.text import fingerprint, hex_digits, ip_address, serial_hex, utc
from certanalytics.x509.containers import pem_to_der

_KEYS = {"RSA": "RSA", "DSA": "DSA", "ECDSA": "EC", "EC": "EC", "ED25519": "Ed25519", "Ed25519": "Ed25519"}
_CURVES = {
    "P-224": ("secp224r1", 224),
    "P-256": ("secp256r1", 256),
    "P-384": ("secp384r1", 384),
    "P-521": ("secp521r1", 521),
}
_LEVELS = {"dv": "DV", "ov": "OV", "ev": "EV"}


def time(written: object) -> datetime | None:
    """A time; Censys writes the beginning of 1970, or of our era, where it knows none."""
    found = utc(text(written))
    return None if found is None or found.year in {1, 1970} else found


def first(written: object) -> str | None:
    """The only value of a name's attribute, or the first of several."""
    return next(iter(strings(written)), None)


def strings(written: object) -> tuple[str, ...]:
    """The values of a list that are not empty."""
    return tuple(name for name in map(text, array(written)) if name)


def certificate(record: Mapping[str, Any]) -> CertificateRef | None:
    """A certificate record (``fingerprint_sha256``, ``parsed``); its DER where ``raw`` brings it; ``None`` for none.

    Raises:
        ValueError: A value is damaged.
    """
    if raw := text(record.get("raw")):
        return pem_to_der(raw)
    parsed = section(record.get("parsed"))
    key = section(parsed.get("subject_key_info"))
    algorithm = _KEYS.get(_name(key.get("key_algorithm")) or "")
    curve, bits = _CURVES.get(text(section(key.get("ecdsa")).get("curve")) or "", (None, None))
    signature = _name(section(parsed.get("signature")).get("signature_algorithm"))
    extensions = section(parsed.get("extensions"))
    names = section(extensions.get("subject_alt_name"))
    serial = text(parsed.get("serial_number"))
    validity = section(parsed.get("validity_period")) or section(parsed.get("validity"))
    stated = StatedCertificate(
        sha256=fingerprint(text(record.get("fingerprint_sha256")), 32),
        sha1=fingerprint(text(record.get("fingerprint_sha1")), 20),
        serial_hex=serial_hex(int(serial)) if serial else _serial(parsed.get("serial_number_hex")),
        issuer_dn=text(parsed.get("issuer_dn")),
        issuer_cn=first(section(parsed.get("issuer")).get("common_name")),
        issuer_o=first(section(parsed.get("issuer")).get("organization")),
        subject_dn=text(parsed.get("subject_dn")),
        subject_cn=first(section(parsed.get("subject")).get("common_name")),
        subject_o=first(section(parsed.get("subject")).get("organization")),
        subject_key_id=_identifier(extensions.get("subject_key_id")),
        authority_key_id=_identifier(extensions.get("authority_key_id")),
        san_dns=strings(names.get("dns_names")),
        san_ip=tuple(address for name in strings(names.get("ip_addresses")) if (address := ip_address(name))),
        san_email=strings(names.get("email_addresses")),
        san_uri=strings(names.get("uniform_resource_identifiers")),
        not_before=time(validity.get("not_before") or validity.get("start")),
        not_after=utc(text(validity.get("not_after") or validity.get("end"))),
        key_algorithm=algorithm,
        key_bits=_rsa_bits(section(key.get("rsa")).get("modulus")) if algorithm == "RSA" else bits,
        key_curve=curve,
        signature_algorithm=signature,
        signature_hash=_hash(signature),
        is_ca=True if section(extensions.get("basic_constraints")).get("is_ca") is True else None,
        validation_level=_LEVELS.get((text(record.get("validation_level")) or "").lower()),
    )
    return None if stated == StatedCertificate() else stated


def leaf_of_service(sha256: str | None, leaf: Mapping[str, Any]) -> StatedCertificate:
    """The leaf of a service of the Search API v2 (``leaf_data``).

    Its ``names`` are the common name and the alternative names in one list: those that are not the common name
    are alternative names for certain.
    """
    algorithm = _KEYS.get(text(leaf.get("pubkey_algorithm")) or "")
    signature = text(section(leaf.get("signature")).get("signature_algorithm"))
    common = first(section(leaf.get("subject")).get("common_name"))
    names = [name for name in strings(leaf.get("names")) if name != common]
    return StatedCertificate(
        sha256=sha256 or fingerprint(text(leaf.get("fingerprint")), 32),
        subject_dn=text(leaf.get("subject_dn")),
        subject_cn=common,
        subject_o=first(section(leaf.get("subject")).get("organization")),
        issuer_dn=text(leaf.get("issuer_dn")),
        issuer_cn=first(section(leaf.get("issuer")).get("common_name")),
        issuer_o=first(section(leaf.get("issuer")).get("organization")),
        san_dns=tuple(name for name in names if not ip_address(name)),
        san_ip=tuple(address for name in names if (address := ip_address(name))),
        key_algorithm=algorithm,
        key_bits=number(leaf.get("pubkey_bit_size")) if algorithm else None,
        signature_algorithm=signature,
        signature_hash=_hash(signature),
    )


def presented(parts: object, fingerprints: object = None) -> Iterator[StatedCertificate]:
    """The certificates sent after the leaf: by names and fingerprint, or by fingerprint alone."""
    for part in map(section, array(parts)):
        sha256 = fingerprint(text(part.get("fingerprint_sha256")) or text(part.get("fingerprint")), 32)
        stated = StatedCertificate(
            sha256=sha256, subject_dn=text(part.get("subject_dn")), issuer_dn=text(part.get("issuer_dn"))
        )
        if stated != StatedCertificate():
            yield stated
    if not array(parts):
        yield from (StatedCertificate(sha256=fingerprint(sha256, 32)) for sha256 in strings(fingerprints))


def _name(written: object) -> str | None:
    """The name of an algorithm, which stands alone or beside its object identifier."""
    return text(written.get("name")) if isinstance(written, dict) else text(written)


def _identifier(written: object) -> str | None:
    return hex_digits(text(written) or "") or None


def _serial(written: object) -> str | None:
    digits = text(written)
    return serial_hex(digits) if digits else None


def _rsa_bits(modulus: object) -> int | None:
    """The size of an RSA key by its modulus: ``length`` counts bytes in some answers and bits in others."""
    digits = text(modulus) or ""
    return int(digits, 16).bit_length() or None if re.fullmatch(r"[0-9a-fA-F]{64,5000}", digits) else None


def _hash(signature: str | None) -> str | None:
    found = re.search(r"MD5|SHA\d+", signature or "")
    return found[0].lower() if found else None
