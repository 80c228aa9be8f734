"""The rows DuckDB makes of ssl.log, x509.log and known_certs.log, once their fields are read: the same for every form.

What each log says, and in which order it is looked at, is what `zeek` says of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from certanalytics.sources._reading.bulk import Field, Group
from certanalytics.sources.scanners._passive import ENCRYPTED, NOT_SEEN, RESUMED, silent_sql
from certanalytics.sources.scanners._zeek_bulk_fields import Cells
from certanalytics.sources.scanners._zeek_fields import (
    CERTIFICATE,
    CHAIN,
    FLIPPED_SERVER,
    HANDSHAKE,
    KEY,
    KNOWN,
    KNOWN_SERVER,
    LEAF,
    NAMED,
    SEEN,
    SERVER,
    key_columns,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRows:
    """What one log holds, as `Bulk` calls it."""

    fields: tuple[Field, ...]
    groups: tuple[Group, ...] = ()
    readable: str
    unfit: str = "false"
    rows: Mapping[str, str]
    stated: str
    lists: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Log:
    """A log DuckDB can read.

    Attributes:
        rows: How its cells become rows.
        needs: Columns it must have.
        without: Columns that say what the SQL does not read.
    """

    rows: Callable[[Cells], LogRows]
    needs: frozenset[str]
    without: frozenset[str]


_IDENTITIES = {"chain": "list_transform(string_split(lower(text), ','), lambda f: if(strlen(f) = 40, 'sha1:' || f, f))"}
_KEY = {
    "key_algorithm": "VARCHAR",
    "key_bits": "BIGINT",
    "key_curve": "VARCHAR",
    "signature_algorithm": "VARCHAR",
    "signature_hash": "VARCHAR",
}


def _ssl(log: Cells) -> LogRows:
    flipped = f"contains({log.cell('ssl_history')}, '^')"
    shown = {"established": "BOOLEAN", "detail": "VARCHAR", "hidden": "BOOLEAN"}
    fields = [log.fingerprints(CHAIN[0]), log.together("handshake", HANDSHAKE, _handshake, shown)]
    fields += log.fields([SEEN, SERVER[-1]])
    for usual, other in zip(SERVER[:-1], FLIPPED_SERVER[:-1], strict=True):
        cell = f"if({flipped}, {log.cell(other.fields[0])}, {log.cell(usual.fields[0])})"
        fields.append(log.field(usual, cell))
    place_bad = _any_bad(rule.column for rule in SERVER)
    says = "(fingerprints IS NOT NULL OR handshake.established)"
    place = ", ".join(rule.column for rule in SERVER)
    sighting = (
        f"SELECT seq, observed_at, {place}, 'passive' AS kind, fingerprints AS chain FROM record "
        "WHERE readable AND fingerprints IS NOT NULL"
    )
    # What an endpoint has shown before counts, even in a row whose time is damaged.
    probe = silent_sql(
        f'fingerprints IS NOT NULL AND NOT "handshake bad" AND NOT {place_bad}',
        "readable AND fingerprints IS NULL AND handshake.established",
        "handshake.detail",
    )
    # One statement for each certificate that is named: its fingerprint.
    stated = f"""
        SELECT min(seq) AS seq, {_digests("fingerprint")} FROM (
            SELECT seq, unnest(string_split(lower(fingerprints), ',')) AS fingerprint FROM (
                SELECT min(seq) AS seq, fingerprints FROM record WHERE readable AND fingerprints IS NOT NULL
                GROUP BY fingerprints
            )
        ) GROUP BY fingerprint
    """
    return LogRows(
        fields=tuple(fields),
        readable=f'NOT "handshake bad" AND NOT ({says} AND ({place_bad} OR "observed_at bad"))',
        unfit="handshake.hidden",
        rows={"sighting": sighting, "probe": probe},
        stated=stated,
        lists=_IDENTITIES,
    )


def _handshake(said: dict[str, Any], cells: list[str]) -> dict[str, Any]:
    """Whether a connection came about, and why one that did shows no certificate.

    ``hidden``: an escape hides from SQL that the other side opened it.
    """
    hides = "TLSv13" in said.get("version", "")
    why = RESUMED if said.get("resumed") else ENCRYPTED if hides else NOT_SEEN
    hidden = ("^" in said.get("history", "")) != ("^" in cells[-1])
    return {"established": bool(said.get("established")), "detail": why, "hidden": hidden}


def _x509(log: Cells) -> LogRows:
    names = [rule for rule in NAMED if rule.kind == "flag"]
    fields = (log.fingerprints(NAMED[0]), *log.fields([SEEN, *names]))
    bad = _any_bad(["certificate", *(field.name for field in fields if field.read)])
    readable = f"fingerprints IS NOT NULL AND NOT {bad}"
    served = "(coalesce(host_cert, false) AND NOT coalesce(client_cert, false))"
    sighting = (
        f"SELECT seq, observed_at, 'passive' AS kind, fingerprints AS chain FROM record WHERE readable AND {served}"
    )
    alias = (
        "SELECT seq, observed_at, 'zeek:' || lower(fingerprints) AS alias, "
        "if(strlen(fingerprints) = 40, 'sha1:', '') || lower(fingerprints) AS certificate "
        f"FROM record WHERE readable AND NOT {served}"
    )
    # The old writer went on with the rest of a subject it cut in the issuer.
    whole = 'NOT ("subject_dn said" AND subject_dn IS NULL)'
    issuer = ", ".join(
        f"CASE WHEN {whole} THEN {name} END AS {name}" for name in ("issuer_dn", "issuer_cn", "issuer_o")
    )
    kept = ", ".join(rule.column for rule in CERTIFICATE if rule.column != "issuer_dn")
    key = ", ".join(f"key.{name} AS {name}" for name in _KEY)
    stated = f"""
        SELECT seq, {_digests("fingerprint")}, {kept}, subject_cn, subject_o, {issuer}, {key}
        FROM (
            SELECT min(seq) AS seq, lower(fingerprints) AS fingerprint, certificate AS number
            FROM record WHERE readable GROUP BY ALL
        )
        JOIN of_certificate USING (number)
    """
    return LogRows(
        fields=fields,
        groups=(log.group("certificate", (*CERTIFICATE, *KEY), _described),),
        readable=readable,
        rows={"sighting": sighting, "alias": alias},
        stated=stated,
        lists=_IDENTITIES,
    )


def _described(certificate: Cells) -> Iterable[Field]:
    yield from certificate.fields(CERTIFICATE)
    yield certificate.together("key", KEY, lambda key, _: key_columns(key), _KEY)
    yield from certificate.attributes(subject="certificate.subject", issuer="certificate.issuer")


def _known(log: Cells) -> LogRows:
    fields = tuple(log.fields([SEEN, *KNOWN_SERVER]))
    place = ", ".join(rule.column for rule in KNOWN_SERVER)
    bad = _any_bad(["certificate", *(rule.column for rule in KNOWN_SERVER)])
    said = "(" + " OR ".join(f"{rule.column} IS NOT NULL" for rule in KNOWN) + ")"
    served = "readable AND port IS NOT NULL"
    columns = ", ".join((*(rule.column for rule in KNOWN), "subject_cn", "subject_o", "issuer_cn", "issuer_o"))
    return LogRows(
        fields=fields,
        groups=(log.group("certificate", KNOWN, _named, certificate=True),),
        readable=f'NOT {bad} AND (port IS NULL OR ({said} AND NOT "observed_at bad"))',
        rows={
            "sighting": f"SELECT seq, observed_at, {place}, 'passive' AS kind, identity AS chain FROM record "
            f"WHERE {served}"
        },
        stated=f"""
            SELECT seq, identity, {columns}
            FROM (SELECT min(seq) AS seq, certificate AS number FROM record WHERE {served} GROUP BY ALL)
            JOIN of_certificate USING (number)
        """,
        lists={"chain": "[text]"},
    )


def _named(certificate: Cells) -> Iterable[Field]:
    yield from certificate.fields(KNOWN)
    yield from certificate.attributes(subject="subject", issuer="issuer_subject")


def _digests(fingerprint: str) -> str:
    return (
        f"CASE WHEN strlen({fingerprint}) = 64 THEN {fingerprint} END AS sha256, "
        f"CASE WHEN strlen({fingerprint}) = 40 THEN {fingerprint} END AS sha1"
    )


def _any_bad(names: Iterable[str]) -> str:
    return "(" + " OR ".join(f'"{name} bad"' for name in names) + ")"


LOGS = {
    "ssl": Log(
        _ssl,
        frozenset({"ts", "id.resp_h", "cert_chain_fps", "established"}),
        frozenset({"cert_chain_fuids", "cert_hash", *(name for rule in LEAF for name in rule.fields)}),
    ),
    "x509": Log(_x509, frozenset({"ts", "fingerprint", "host_cert"}), frozenset({"id", "cert"})),
    "known_certs": Log(_known, frozenset({"ts", "host", "port_num", "serial"}), frozenset()),
}
"""The logs DuckDB reads."""
