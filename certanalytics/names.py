"""The DNS names and addresses certificates are for, one row each, with the domain somebody registered.

Computed once at load: ownership and domain questions then need no pattern over lists.
"""

from __future__ import annotations

from functools import cache, lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from publicsuffixlist import PublicSuffixList

from certanalytics.schema import TABLES


def names_of(certificates: pa.Table) -> pa.Table:
    """The names of certificates as rows of the ``name`` table.

    Names come from the subject alternative names; the common name counts only where there are none (RFC 6125
    section 6.4.4). DNS names are lower case without a final dot.

    Args:
        certificates: Rows of the ``certificate`` table.
    """
    identity, dns, addresses, common_name = (
        certificates.column(name).combine_chunks() for name in ("identity", "san_dns", "san_ip", "subject_cn")
    )
    nameless = pc.and_(*(pc.equal(pc.fill_null(pc.list_value_length(each), 0), 0) for each in (dns, addresses)))
    commonly = pc.indices_nonzero(pc.and_(nameless, pc.fill_null(pc.match_substring(common_name, "."), False)))
    common_names = common_name.take(commonly)
    usable = pa.array([_is_dns_name(text) for text in common_names.to_pylist()], pa.bool_())
    holders = pa.concat_arrays([pc.list_parent_indices(dns), commonly.filter(usable).cast(pa.int64())])
    written = pa.concat_arrays([pc.list_flatten(dns), common_names.filter(usable)])
    return pa.concat_tables(
        [
            _rows(identity, pc.list_parent_indices(addresses), pc.list_flatten(addresses), "ip"),
            _rows(identity, holders, written, "dns"),
        ]
    )


def _rows(identity: pa.Array, holders: pa.Array, written: pa.Array, kind: str) -> pa.Table:
    """The names each certificate has, each once; a text that comes several times is looked at but once.

    Args:
        identity: The certificates.
        holders: For each name the place of its certificate among them.
        written: The names as they are written.
        kind: ``dns`` or ``ip``.
    """
    texts = written.dictionary_encode()
    numbers: dict[str, int] = {}
    number_of = [
        numbers.setdefault(_normal(text) if kind == "dns" else text, len(numbers))
        for text in texts.dictionary.to_pylist()
    ]
    number = np.array(number_of, np.int64)[texts.indices.to_numpy()]
    holder = holders.to_numpy()
    _, first = np.unique(holder * len(numbers) + number, return_index=True)
    number, holder = number[first], holder[first]
    names = list(numbers)
    domains = [registered_domain(name) if kind == "dns" else None for name in names]
    wildcards = [kind == "dns" and name.startswith("*.") for name in names]
    columns = {
        "identity": identity.take(pa.array(holder)),
        "name": pa.array(names, pa.string()).take(pa.array(number)),
        "kind": pa.repeat(kind, len(number)),
        "wildcard": pa.array(wildcards, pa.bool_()).take(pa.array(number)),
        "registered_domain": pa.array(domains, pa.string()).take(pa.array(number)),
    }
    return pa.table(columns, schema=TABLES["name"])


def _normal(name: str) -> str:
    return name.lower().rstrip(".")


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
