"""Whole certificates in a file DuckDB reads: each text decoded once, and only what readable records hold is filed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import pyarrow as pa

from certanalytics.decoded import Decoded
from certanalytics.identity import identity
from certanalytics.sources import Bulk, NotPlainError
from certanalytics.store import Store

_AT_A_TIME = 10_000
"""Texts decoded at a time; a few more where the last record has more."""

Decode = Callable[[Mapping[str, bytes]], Decoded]
File = Callable[[pa.Table], None]


class HeldCertificates:
    """The chains of DER in a file, as DuckDB has found them.

    Args:
        store: The estate, in a transaction; the view ``record`` and the table ``bulk_unheld`` are there.
        bulk: Where the records have their certificates, and how they are written.
        make: Makes a temporary table that stays as long as the file is read.
    """

    def __init__(self, store: Store, bulk: Bulk, make: Callable[[str, str], None]) -> None:
        self.store = store
        self.bulk = bulk
        self.make = make

    def take(self, decode: Decode, file: File) -> None:
        """Decode and file what readable records hold, and say in ``chain_of`` which chains they are.

        A record with one text that is no certificate goes back to the first reader, which keeps of it what it may.
        What such a record alone holds is not filed here, so a text that first stands in one waits for the end: some
        other record may hold it too.

        Args:
            decode: Certificates by identity to those of them that are new.
            file: Puts them into the estate.
        """
        self._number()
        self.make("TABLE bulk_identity", "(number BIGINT, identity VARCHAR)")
        doubtful: set[int] = set()
        for texts in self._batches():
            identities, by_identity = self._read(texts)
            whole = decode(by_identity)
            for number, name in identities.items():
                if name and by_identity[name] in whole.unreadable:
                    identities[number] = None
            found = pa.table({"number": list(identities), "identity": pa.array(list(identities.values()), pa.string())})
            self.store.append("bulk_identity", found)
            if None in identities.values():
                self._send_back([number for number, name in identities.items() if name is None])
            bad = self._sent_back({first for _, first, _ in texts})
            wanted = {identities[number] for number, first, _ in texts if first not in bad}
            waiting = {number for number, first, _ in texts if first in bad and identities[number] not in wanted}
            doubtful |= waiting
            file(whole.of(wanted) if waiting else whole.table)
        self._file_doubtful(doubtful, decode, file)
        self._list()

    def _number(self) -> None:
        """Number the distinct texts by where they come first, cut into parts between two records."""
        self.make(
            "TABLE bulk_element", f"AS SELECT seq, nth, place, coalesce(text, '') AS text FROM ({self.bulk.held})"
        )
        firsts = "SELECT text, min(seq) AS first FROM bulk_element GROUP BY text"
        self.make(
            "TABLE bulk_der",
            "AS SELECT row_number() OVER (ORDER BY first, text) AS number, "
            f"(rank() OVER (ORDER BY first) - 1) // {_AT_A_TIME} AS part, first, text FROM ({firsts}) ORDER BY number",
        )
        self.make(
            "TABLE bulk_chain",
            "AS SELECT seq, nth, place, number FROM bulk_element JOIN bulk_der USING (text)",
        )

    def _batches(self) -> Iterator[list[tuple[int, int, str]]]:
        """Number, first record and text of each distinct text."""
        parts = [part for (part,) in self.store.fetch("SELECT DISTINCT part FROM bulk_der ORDER BY part")]
        for part in parts:
            yield self.store.fetch("SELECT number, first, text FROM bulk_der WHERE part = $part", {"part": part})

    def _read(self, texts: list[tuple[int, int, str]]) -> tuple[dict[int, str | None], dict[str, bytes]]:
        """The identity of each text, none for one that is no DER, and the DER of each identity."""
        identities: dict[int, str | None] = {}
        by_identity: dict[str, bytes] = {}
        if self.bulk.der is None:
            raise TypeError("a bulk reader that finds certificates says how they are written")
        for number, _, text in texts:
            try:
                der = self.bulk.der(text)
            except (ValueError, RecursionError, NotPlainError):
                identities[number] = None
            else:
                name = identities[number] = identity(der)
                by_identity[name] = der
        return identities, by_identity

    def _send_back(self, numbers: list[int]) -> None:
        """Leave the records with one of these texts to the first reader."""
        self.store.run(
            "INSERT INTO bulk_unheld SELECT DISTINCT seq FROM bulk_chain WHERE number IN (SELECT unnest($numbers))",
            {"numbers": numbers},
        )

    def _sent_back(self, records: set[int]) -> set[int]:
        """Those of the records that are left to the first reader."""
        found = self.store.fetch("SELECT DISTINCT seq FROM bulk_unheld WHERE seq >= $first", {"first": min(records)})
        return records & {seq for (seq,) in found}

    def _file_doubtful(self, numbers: set[int], decode: Decode, file: File) -> None:
        """File those texts that stand in a readable record after all."""
        found = self.store.fetch(
            "SELECT DISTINCT number, first, text FROM bulk_der JOIN bulk_chain USING (number) "
            "WHERE number IN (SELECT unnest($numbers)) AND seq NOT IN (FROM bulk_unheld)",
            {"numbers": sorted(numbers)},
        )
        for start in range(0, len(found), _AT_A_TIME):
            file(decode(self._read(found[start : start + _AT_A_TIME])[1]).table)

    def _list(self) -> None:
        """The chains of the records that are still readable, by identity."""
        self.make(
            "TABLE chain_of",
            "AS SELECT seq, nth, list(identity ORDER BY place) AS chain FROM bulk_chain "
            "JOIN bulk_identity USING (number) WHERE seq NOT IN (FROM bulk_unheld) GROUP BY seq, nth",
        )
