"""The columns of a certificate: names, order and Arrow types. They are the contract of every decoder.

Hexadecimal is lower case without separators, times are naive UTC, a list of an absent extension
is empty. A row whose ``evidence`` is null is not a certificate: only its hashes and the reason in
``warnings`` are filled. ``decode_path`` tells how a row was read: ``fast`` with all others at once,
``reference`` by `cryptography`, ``lenient`` where `cryptography` refuses a part.
"""

from __future__ import annotations

import pyarrow as pa

_TEXTS = pa.list_(pa.string())

SCHEMA = pa.schema(
    {
        "sha256": pa.string(),
        "sha1": pa.string(),
        "spki_sha256": pa.string(),
        "tbs_sha256": pa.string(),
        "version": pa.int32(),
        "serial_hex": pa.string(),
        "subject_dn": pa.string(),
        "subject_cn": pa.string(),
        "subject_o": pa.string(),
        "subject_ou": pa.string(),
        "subject_c": pa.string(),
        "issuer_dn": pa.string(),
        "issuer_cn": pa.string(),
        "issuer_o": pa.string(),
        "issuer_c": pa.string(),
        "not_before": pa.timestamp("us"),
        "not_after": pa.timestamp("us"),
        "validity_days": pa.int32(),
        "key_algorithm": pa.string(),
        "key_bits": pa.int32(),
        "key_curve": pa.string(),
        "rsa_exponent": pa.int64(),
        "signature_algorithm": pa.string(),
        "signature_hash": pa.string(),
        "san_dns": _TEXTS,
        "san_ip": _TEXTS,
        "san_email": _TEXTS,
        "san_uri": _TEXTS,
        "is_ca": pa.bool_(),
        "path_length": pa.int32(),
        "key_usage": _TEXTS,
        "extended_key_usage": _TEXTS,
        "subject_key_id": pa.string(),
        "authority_key_id": pa.string(),
        "ocsp_urls": _TEXTS,
        "ca_issuer_urls": _TEXTS,
        "crl_urls": _TEXTS,
        "policy_oids": _TEXTS,
        "validation_level": pa.string(),
        "sct_log_ids": _TEXTS,
        "sct_count": pa.int32(),
        "is_precert": pa.bool_(),
        "must_staple": pa.bool_(),
        "is_self_issued": pa.bool_(),
        "unknown_critical_extensions": _TEXTS,
        "evidence": pa.string(),
        "warnings": _TEXTS,
        "decode_path": pa.string(),
    }
)
"""One row a certificate."""


def refusals(table: pa.Table) -> list[str | None]:
    """For each row of a decoded table why it is not a certificate, or ``None`` if it is one."""
    return [
        None if evidence else "; ".join(reasons)
        for evidence, reasons in zip(
            table.column("evidence").to_pylist(), table.column("warnings").to_pylist(), strict=True
        )
    ]
