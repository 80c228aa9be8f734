"""Certificates in the rows of files: told apart by their bytes before they are decoded, each decoded once."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from certanalytics import x509
from certanalytics.identity import identity, issuer_key
from certanalytics.model import Alias, CertificateRef, CtEntry, Record, Reject, Row, Run, Sighting

Known = Callable[[Collection[str]], set[str]]
"""Tells those of some identities whose certificates need not be decoded again."""


@dataclass(frozen=True, slots=True)
class Certificates:
    """What is known of the certificates in some rows.

    Attributes:
        known_as: The identity of each.
        decoded: Those that were decoded.
    """

    known_as: dict[CertificateRef, str]
    decoded: Decoded

    def readable(self, rows: Iterable[tuple[int, Row]]) -> Iterator[tuple[int, Row]]:
        """Rows without the bytes in them that are no certificate, and a reject for each of those."""
        unreadable = self.decoded.unreadable
        rows = list(rows)
        # What an alias stands for is mostly beside it as a sighting, which then says what is wrong with it.
        told = refs_of([row for _, row in rows if not isinstance(row, Alias)])
        for seq, row in rows:
            if not (isinstance(row, Alias) and row.certificate in told and row.certificate in unreadable):
                yield from ((seq, part) for part in _readable(row, unreadable))


@dataclass(frozen=True, slots=True)
class Decoded:
    """Certificates that were decoded.

    Attributes:
        table: Columns of ``certificate`` and their ``der``, of those that can be read.
        unreadable: The others, each with the reason.
    """

    table: pa.Table
    unreadable: dict[CertificateRef, str]

    def of(self, identities: Container[str | None]) -> pa.Table:
        """Only those, as a table."""
        kept = [name in identities for name in self.table.column("identity").to_pylist()]
        return self.table if all(kept) else self.table.filter(pa.array(kept, pa.bool_()))


def decode(by_identity: Mapping[str, bytes]) -> Decoded:
    """Certificates as columns of ``certificate``."""
    ders = list(by_identity.values())
    table, refusals = columns(ders)
    unreadable: dict[CertificateRef, str] = {der: why for der, why in zip(ders, refusals, strict=True) if why}
    if unreadable:
        table = table.filter(pa.array([why is None for why in refusals], pa.bool_()))
    return Decoded(table, unreadable)


def columns(ders: Sequence[bytes]) -> tuple[pa.Table, list[str | None]]:
    """Columns of ``certificate`` and the ``der`` they are of, a row each, and of what is no certificate why not."""
    table = x509.decode(ders)
    refusals = x509.refusals(table)
    issuers = table.column("issuer_dn").combine_chunks().dictionary_encode()
    keys = pa.array([issuer_key(dn) for dn in issuers.dictionary.to_pylist()], pa.string())
    table = table.append_column("identity", table.column("sha256"))
    table = table.append_column("issuer_key", keys.take(issuers.indices))
    return table.append_column("der", pa.array(ders, pa.binary())), refusals


def nothing_known(_: Collection[str]) -> set[str]:
    """For who cannot ask the estate."""
    return set()


def certificates_of(refs: Iterable[CertificateRef], known: Known) -> Certificates:
    """Certificates with their identities; those with DER that are not known yet are decoded, each once."""
    known_as = {ref: identity(ref) for ref in refs}
    by_identity = {name: ref for ref, name in known_as.items() if isinstance(ref, bytes)}
    there = known(by_identity) if by_identity else set()
    return Certificates(known_as, decode({name: der for name, der in by_identity.items() if name not in there}))


def refs_of(rows: Iterable[Row]) -> dict[CertificateRef, None]:
    """The certificates in rows, each once, in their order."""
    refs: dict[CertificateRef, None] = {}
    seen: dict[int, tuple[CertificateRef, ...]] = {}
    for row in rows:
        certificate = getattr(row, "certificate", None)
        if certificate is not None:
            refs[certificate] = None
        chain = getattr(row, "chain", ())
        if id(chain) not in seen:  # readers give the same chain again and again
            seen[id(chain)] = chain
            refs.update(dict.fromkeys(chain))
    return refs


def _readable(row: Row, unreadable: Mapping[CertificateRef, str]) -> tuple[Row, ...]:
    """A row without the bytes in it that are no certificate, and a reject for each of those; often the row itself."""
    bad = [ref for ref in refs_of([row]) if ref in unreadable]
    if not bad or isinstance(row, Run):
        return (row,)
    rejects = tuple(Reject(locator=row.locator, reason=unreadable[ref]) for ref in bad)
    kept: Row | None = None
    if isinstance(row, Sighting) and row.chain[0] not in unreadable:
        kept = dataclasses.replace(row, chain=tuple(ref for ref in row.chain if ref not in unreadable))
    elif isinstance(row, CtEntry) and row.certificate not in unreadable:
        kept = dataclasses.replace(row, chain=tuple(der for der in row.chain if der not in unreadable))
    elif isinstance(row, Record):
        kept = dataclasses.replace(row, certificate=None)  # what the system says beside the bytes still counts
    return (kept, *rejects) if kept else rejects
