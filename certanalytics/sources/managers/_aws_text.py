"""Values as the AWS CLI, boto3 and recordings of it write them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from certanalytics.sources._reading.records import array, section, text
from certanalytics.sources._reading.text import from_epoch, naive, utc

_CURVES = {"prime256v1": ("secp256r1", 256), "secp384r1": ("secp384r1", 384), "secp521r1": ("secp521r1", 521)}


def aws_time(value: Any, *, recorded_in_utc: bool = True) -> datetime | None:
    """A time of the CLI v1 (seconds since 1970), the CLI v2 (ISO 8601 with offset) or a recording of boto3.

    Recordings (``{"__class__": "datetime", "year": ...}``) have no zone. boto3 makes UTC of the times of services
    that write ISO 8601 (IAM, CloudFront, load balancing), but the clock of the machine that recorded of those that
    write seconds (ACM). What such a time was in UTC cannot be told, so it is none.

    Raises:
        ValueError: It is no time.
    """
    if isinstance(value, dict):
        if value.get("__class__") != "datetime":
            raise ValueError("a time expected, found an object")
        parts = [int(value[part]) for part in ("year", "month", "day", "hour", "minute", "second")]
        return datetime(*parts) if recorded_in_utc else None  # type: ignore[arg-type]
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return from_epoch(float(value))
    return utc(text(value))


def as_written(value: Any) -> Any:
    """A recorded time in one piece, without zone as it was recorded; anything else as it is."""
    if isinstance(value, dict) and value.get("__class__") == "datetime":
        return naive(aws_time(value) or datetime.min).isoformat()
    return value


def key_of(algorithm: str | None) -> dict[str, Any]:
    """``RSA-2048``, ``RSA_2048`` or ``EC_prime256v1`` as columns."""
    found = re.fullmatch(r"(RSA|EC)[-_](\w+)", algorithm or "")
    if not found:
        return {}
    if found[1] == "RSA":
        return {"key_algorithm": "RSA", "key_bits": int(found[2])} if found[2].isdigit() else {}
    curve, bits = _CURVES.get(found[2], (None, None))
    return {"key_algorithm": "EC", "key_curve": curve, "key_bits": bits}


def hash_of(signature: str | None) -> str | None:
    """``SHA256WITHRSA`` and ``SHA384withECDSA`` name the hash first."""
    found = re.match(r"SHA\d+|MD5", (signature or "").upper())
    return found[0].lower() if found else None


def tags_of(tags: Any) -> Mapping[str, str]:
    """``[{"Key": ..., "Value": ...}]`` as a mapping."""
    pairs = [section(tag) for tag in array(tags)]
    return {key: text(pair.get("Value")) or "" for pair in pairs if (key := text(pair.get("Key")))}


def arn(value: Any) -> str:
    """An ARN.

    Raises:
        ValueError: It is none.
    """
    written = text(value)
    if written is None or not written.startswith("arn:"):
        raise ValueError(f"an ARN expected, found {written!r}")
    return written
