"""Small estates made row by row, so that every expected number can be worked out by hand."""

from __future__ import annotations

import atexit
import functools
import hashlib
import itertools
import shutil
import tempfile
import weakref
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa

from certanalytics.estate import connect
from certanalytics.identity import issuer_key
from certanalytics.names import names_of
from certanalytics.schema import TABLES, ddl
from certanalytics.store import _SCOPES, Store

AS_OF = datetime(2026, 11, 23, 12)


class Rows:
    """Rows of an estate that is being made up; `estate` puts them into a new one in memory."""

    def __init__(self):
        self.tables = {name: [] for name in TABLES}

    def add(self, table, **columns):
        unknown = columns.keys() - set(TABLES[table].names)
        assert not unknown, f"{table} has no {unknown}"
        self.tables[table].append(columns)

    def load(self, source="nmap-xml"):
        if not any(row["load"] == source for row in self.tables["load"]):
            self.add("load", load=source, path=f"{source}.xml", source=source, accepted=1, collected_at=AS_OF)
        return source

    def certificate(self, name, *, days=30, lifetime=90, ends=None, begins=None, identity=None, **columns):
        """A certificate for one name or several that ends in some days; unknown to the estate until it is met."""
        names = [name] if isinstance(name, str) else list(name)
        not_after = ends or AS_OF + timedelta(days=days)
        not_before = begins or not_after - timedelta(days=lifetime)
        identity = identity or hashlib.sha256(repr((names, not_before, not_after, columns)).encode()).hexdigest()
        row = {
            "sha256": identity,
            "tbs_sha256": f"tbs:{identity}",
            "spki_sha256": f"key:{identity}",
            "serial_hex": identity[:16],
            "subject_cn": names[0],
            "subject_dn": f"CN={names[0]}",
            "san_dns": names,
            "san_ip": [],
            "issuer_cn": "Example Issuing 1",
            "issuer_o": "Example Trust",
            "not_before": not_before,
            "not_after": not_after,
            "key_algorithm": "EC",
            "key_bits": 256,
            "key_curve": "secp256r1",
            "signature_hash": "sha256",
            "extended_key_usage": ["serverAuth"],
            "is_ca": False,
            "is_self_issued": False,
            "is_precert": False,
            "sct_count": 2,
            "evidence": "der",
            **columns,
        }
        row.setdefault("issuer_dn", f"CN={row['issuer_cn']},O={row['issuer_o']}")
        self.add("certificate", identity=identity, issuer_key=issuer_key(row["issuer_dn"]), **row)
        return identity

    def seen(self, certificate, host, *, port=443, at=AS_OF - timedelta(days=1), source="nmap-xml", **columns):
        chain = [certificate] if isinstance(certificate, str) else certificate
        for position, identity in enumerate(chain):
            row = {"load": self.load(source), "locator": "host", "certificate": identity, "position": position}
            place = {"kind": "scan", "host": host, "port": port, "observed_at": at, "time_basis": "record"}
            self.add("sighting", **{**row, "chain": chain, **place, **columns})
        return chain[0]

    def served(self, name, host=None, **columns):
        """A certificate that an endpoint presents now."""
        place = {key: columns.pop(key) for key in ("port", "at", "source", "ip", "sni") if key in columns}
        first = name if isinstance(name, str) else name[0]
        return self.seen(self.certificate(name, **columns), host or first, **place)

    def probe(self, host, *, port=443, at=AS_OF - timedelta(days=1), source="nmap-xml", outcome="closed", **columns):
        self.add(
            "probe",
            load=self.load(source),
            locator="host",
            outcome=outcome,
            host=host,
            port=port,
            observed_at=at,
            **columns,
        )

    def logged(self, certificate, *, at=AS_OF - timedelta(days=20), chain=()):
        self.add(
            "ct_entry",
            load=self.load("ct-get-entries"),
            locator="entry",
            certificate=certificate,
            chain=list(chain),
            log="log.example",
            entry_timestamp=at,
        )
        return certificate

    def recorded(self, certificate, *, at=AS_OF - timedelta(days=2), **columns):
        number = str(len(self.tables["record"]))
        row = {"load": self.load("digicert-orders-json"), "locator": number, "system": "digicert", "record_id": number}
        self.add("record", **{**row, "certificate": certificate, "observed_at": at, **columns})
        return certificate

    def asset(self, name, *, at=AS_OF - timedelta(days=3), system="cmdb", asset_id=None, **columns):
        row = {"load": self.load(system), "locator": "row", "system": system, "asset_id": asset_id or name}
        self.add("asset", **{**row, "name": name, "observed_at": at, **columns})

    def person(self, name, *, active=True, at=AS_OF - timedelta(days=3), system="hr", **columns):
        row = {"load": self.load(system), "locator": "row", "system": system, "person_id": f"id-{name}", "name": name}
        mail = f"{name}@example.com"
        self.add("person", **{**row, "user_name": name, "email": mail, "active": active, "observed_at": at, **columns})

    def team(self, name, *, active=True, at=AS_OF - timedelta(days=3), **columns):
        row = {"load": self.load("hr"), "locator": "row", "system": "hr", "team_id": f"team-{name}", "name": name}
        self.add("team", **{**row, "active": active, "observed_at": at, **columns})

    def authority(self, name, *, under=None, days=3000, organisation="Example Trust", **columns):
        """A CA certificate, of a root unless it is under another; unknown to the estate until it is met."""
        dn = f"CN={name},O={organisation}"
        issuer = {"issuer_cn": under, "issuer_dn": f"CN={under},O={organisation}"} if under else {}
        root = {"issuer_cn": name, "issuer_dn": dn, "is_self_issued": True}
        said = {"subject_dn": dn, "subject_o": organisation, "issuer_o": organisation, "san_dns": [], "is_ca": True}
        more = {"extended_key_usage": [], "sct_count": 0, "lifetime": 3650}
        return self.certificate(name, days=days, **{**said, **more, **(issuer if under else root), **columns})

    def offered(
        self,
        host,
        *protocols,
        refused=(),
        suites=(),
        groups=(),
        source="nmap-xml",
        at=AS_OF - timedelta(days=1),
        **place,
    ):
        """What one look at the TLS of an endpoint found."""
        row = {"load": self.load(source), "locator": "tls", "host": host, "port": 443, "observed_at": at}
        said = {
            "protocols": list(protocols),
            "refused": list(refused),
            "cipher_suites": list(suites),
            "groups": list(groups),
        }
        self.add("endpoint_tls", **{**row, **said, **place})

    def revoked(self, certificate, *, status="revoked", at=AS_OF - timedelta(days=5), **columns):
        """What a revocation list says of a certificate."""
        about = next(row for row in self.tables["certificate"] if row["identity"] == certificate)
        row = {"load": self.load("crl"), "locator": "entry", "system": "crl", "status": status, "observed_at": at}
        issued = {"serial_hex": about["serial_hex"], "issuer_dn": about["issuer_dn"], "revoked_at": at}
        self.add("revocation", **{**row, **issued, **columns})
        return certificate

    def revocation_list(self, issuer_dn=None, *, at=AS_OF - timedelta(days=5), **columns):
        """A revocation list of an issuer, good for ten days."""
        issuer_dn = issuer_dn or "CN=Example Issuing 1,O=Example Trust"
        row = {"load": self.load("crl"), "locator": "list", "issuer_dn": issuer_dn, "entries": 1, "observed_at": at}
        self.add("revocation_list", **{**row, "this_update": at, "next_update": at + timedelta(days=10), **columns})

    def estate(self, order=list):
        """A new estate with these rows, in an order of one's own."""
        estate = empty()
        with estate.store.transaction():  # each by itself would be written through to the disk
            for table, rows in self.tables.items():
                if rows:
                    made = pa.Table.from_pylist(order(rows), schema=TABLES[table])
                    estate.store.append(table, made)
                    if table == "certificate":
                        estate.store.append("name", names_of(made))
        return estate


@functools.cache
def _folder():
    """Where this process keeps estates, and one in which views and facts are installed: that takes long."""
    folder = Path(tempfile.mkdtemp(prefix="certanalytics-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    Store(folder / "new.duckdb", read_only=False).close()
    return folder


def made_at(path):
    """An empty estate at a path, as the first load makes it, in a tenth of the time."""
    return Path(shutil.copyfile(_folder() / "new.duckdb", path))


class _Lent(Store):
    """An empty estate out of those this process keeps: a connection of its own, gone with all that lies in it alone."""

    def __init__(self, kept):
        vars(self).update(vars(kept.beside()))
        self.kept = kept

    def beside(self):
        return self.kept.beside()

    def close(self):
        """Let go of the file: the estate is not lent again, and whoever opens its path finds what was put into it."""
        super().close()
        self.kept.close()
        self.kept.lent_again = False


def empty():
    """An empty estate open for writing.

    To open one takes longer than to fill it, so an estate that nobody holds any more, and that was never closed, is
    emptied and lent again. Its tables are made anew: nothing is left of the rows, not even what is known of them.
    """
    if _KEPT:
        kept = _KEPT.pop()
        _emptied(kept)
    else:
        kept = Store(made_at(_folder() / f"{next(_NUMBERS)}.duckdb"), read_only=False)
        kept.lent_again = True
    estate = connect(kept.path)
    estate._store = _Lent(kept)
    weakref.finalize(estate._store, _back, kept)
    weakref.finalize(estate, _gone, kept)
    return estate


def _emptied(kept):
    filled = kept.fetch("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'main' AND estimated_size > 0")
    with kept.transaction():
        for (table,) in filled:
            if table != "estate":
                kept.run(f'DROP TABLE "{table}"')
                kept.run(_SCOPES if table == "scope" else ddl(table))


def _back(kept):
    if kept.lent_again:
        _KEPT.append(kept)


def _gone(kept):
    if not kept.lent_again:
        Path(kept.path).unlink(missing_ok=True)


_KEPT = []
_NUMBERS = itertools.count()
