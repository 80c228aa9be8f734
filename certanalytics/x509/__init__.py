"""DER certificates as columns, and the containers they come in.

`decode`, `SCHEMA` and `refusals` need pyarrow, NumPy and `cryptography` and are loaded when first asked for; the
container readers need neither.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from certanalytics.x509.containers import Found, certificates, pem_to_der

if TYPE_CHECKING:
    from certanalytics.x509.decoder import decode
    from certanalytics.x509.schema import SCHEMA, refusals

__all__ = ["SCHEMA", "Found", "certificates", "decode", "pem_to_der", "refusals"]

_LATER = {"SCHEMA": "schema", "decode": "decoder", "refusals": "schema"}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
