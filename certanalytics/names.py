"""The DNS names and addresses certificates are for, one row each, with the domain somebody registered.

Computed once at load: ownership and domain questions then need no pattern over lists.
"""

from __future__ import annotations

from functools import cache, lru_cache

import pyarrow as pa
from publicsuffixlist import PublicSuffixList

from certanalytics.schema import TABLES, as_table


def names_of(certificates: pa.Table) -> pa.Table:
    """The names of certificates as rows of the ``name`` table.

    Names come from the subject alternative names; the common name counts only where there are none (RFC 6125
    section 6.4.4). DNS names are lower case without a final dot.

    Args:
        certificates: Rows of the ``certificate`` table.
    """
    columns = ("identity", "san_dns", "san_ip", "subject_cn")
    rows: list[tuple[str, str, str, bool, str | None]] = []
    for identity, dns, addresses, common_name in zip(
        *(certificates.column(column).to_pylist() for column in columns), strict=True
    ):
        rows += [(identity, address, "ip", False, None) for address in dict.fromkeys(addresses or ())]
        names = dns or ([common_name] if common_name and not addresses and _is_dns_name(common_name) else [])
        for name in dict.fromkeys(name.lower().rstrip(".") for name in names):
            rows.append((identity, name, "dns", name.startswith("*."), registered_domain(name)))
    return as_table(rows, TABLES["name"])


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


@lru_cache(maxsize=1 << 16)
def registered_domain(name: str) -> str | None:
    """The public suffix of a DNS name plus one label; ``None`` for a name that is itself a suffix.

    The Public Suffix List is the snapshot that came with the ``publicsuffixlist`` package.
    """
    domain: str | None = _suffixes().privatesuffix(name.removeprefix("*."))
    return domain


def _is_dns_name(text: str) -> bool:
    return "." in text and not any(mark in text for mark in " /@:,\\")
