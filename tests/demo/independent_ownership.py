"""Who the demo's exports name for a certificate, and what evidence then says, without the package."""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import NamedTuple

from cryptography import x509
from independent_reading import Exports, dns_names

LEFT, THERE, UNKNOWN = "left", "there", "unknown"


class Row(NamedTuple):
    """What one row of one system says of a place, and how closely; persons by address, teams by name."""

    distance: int
    place: str
    system: str
    owner: str = ""
    team: str = ""
    unit: str = ""
    service: str = ""
    criticality: str = ""
    environment: str = ""


class Sources:
    """The configuration database, the ownership list, the orders and the directory."""

    def __init__(self, exports: Exports) -> None:
        users, groups = exports.table("sys_user"), exports.table("sys_user_group")
        self.state = {row["email"]: THERE if row["active"] == "true" else LEFT for row in users}
        self.state |= {row["name"]: THERE if row["active"] == "true" else LEFT for row in groups}
        self.teams = {row["name"] for row in groups}
        ids = {row["sys_id"]: row["email"] for row in users} | {row["sys_id"]: row["name"] for row in groups}
        self.managers = {ids[row["sys_id"]]: ids[row["manager"]["value"]] for row in users + groups if row["manager"]}
        self.rows: dict[str, list[Row]] = defaultdict(list)
        for row in exports.table("cmdb_ci_server"):
            owner, team = (ids.get(row[column]["value"], "") for column in ("owned_by", "support_group"))
            unit, environment = (row[column]["display_value"] for column in ("business_unit", "environment"))
            said = Row(0, "", "database", owner, team, unit, environment=environment)
            for column in ("fqdn", "ip_address"):
                self.rows[row[column]["value"]].append(said)
        for row in exports.owners:
            columns = ("owner_email", "team", "business_unit", "service", "criticality", "environment")
            self.rows[row["name"]].append(Row(0, "", "list", *(row[column] for column in columns)))
        self.contacts = {int(row["serial_number"], 16): row["tech_email"] for row in exports.report}
        self.requesters = {int(row["serial_number"], 16): row["user_email"] for row in exports.report}
        requests = json.loads(gzip.decompress((exports.folder / "ca/certcentral/requests.json.gz").read_bytes()))
        serials = {int(row["order_id"]): int(row["serial_number"], 16) for row in exports.report}
        self.orders = {
            serials[request["order"]["id"]]: (
                request["requester"]["email"],
                request["order"]["technical_contact"]["email"],
                request["processor"]["email"],
            )
            for request in requests
        }
        self.directory = dict(_snapshots(exports))

    def of(self, fingerprint: str, certificate: x509.Certificate, hosts: Iterable[str] = ()) -> list[Row]:
        """What is said of a certificate, closest first: itself, servers, names, patterns, its order."""
        names = dns_names(certificate)
        places = [(1, fingerprint), *((2, host) for host in hosts), *((3, name) for name in names if name[0] != "*")]
        for name in {*hosts, *names}:
            labels = name.removeprefix("*.").split(".")
            cuts = range(0 if name.startswith("*.") else 1, len(labels))
            places += [(1000 - len(pattern), pattern) for cut in cuts if (pattern := "*." + ".".join(labels[cut:]))]
        found = [row._replace(distance=far, place=place) for far, place in places for row in self.rows.get(place, ())]
        if certificate.serial_number in self.contacts:
            found.append(Row(2000, "", "order", self.contacts[certificate.serial_number]))
        return sorted(set(found))

    def there(self, party: str) -> str:
        """Whether a directory says that a party is there, has left, or does not know it."""
        return self.state.get(party, UNKNOWN)

    def owner(self, rows: Iterable[Row]) -> str:
        """Whom the closest rows that name anybody name: who is there first, persons, those known, then by name."""
        for _, close in groupby(rows, key=lambda row: row.distance):
            named = [(party, part) for row in close for part, party in enumerate((row.owner, row.team)) if party]
            if named:
                return min(
                    named,
                    key=lambda each: (self.there(each[0]) == LEFT, each[1], self.there(each[0]) == UNKNOWN, each[0]),
                )[0]
        return ""

    def contacts_of(self, rows: Iterable[Row]) -> dict[tuple[str, str], set[str]]:
        """Parties by role and system; of each system its closest rows in that role."""
        found: dict[tuple[str, str], set[str]] = {}
        closest: dict[tuple[str, str], int] = {}
        for row in rows:
            roles = (
                "technical" if row.system == "order" else "accountable",
                "technical" if row.system == "database" else "accountable",
            )
            for role, party in zip(roles, (row.owner, row.team), strict=True):
                if party and closest.setdefault((role, row.system), row.distance) == row.distance:
                    found.setdefault((role, row.system), set()).add(party)
        return found


class Account(NamedTuple):
    """A person in one export of the directory."""

    is_open: bool
    last_logon: datetime


def _snapshots(exports: Exports) -> Iterator[tuple[datetime, dict[str, Account]]]:
    for path in sorted((exports.folder / "directory").glob("*/people.ldif")):
        time = datetime.fromtimestamp(path.stat().st_mtime, UTC).replace(tzinfo=None)
        assert path.parent.name == f"{time:%Y-%m-%d}"
        accounts = {}
        for entry in path.read_text().strip().split("\n\n"):
            said = dict(line.split(": ", 1) for line in entry.splitlines() if not line.startswith("objectClass"))
            ticks = int(said["lastLogonTimestamp"])
            last = datetime.fromisoformat("1601-01-01") + timedelta(microseconds=ticks // 10)
            accounts[said["mail"]] = Account(not int(said["userAccountControl"]) & 2, last)
        yield time, accounts
