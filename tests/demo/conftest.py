"""The synthetic enterprise, built once a session, and what an independent reader makes of its exports."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from independent_reading import Exports, contents, dns_names, sha256, unarmoured

from certanalytics import demo


@dataclass(frozen=True)
class Built:
    """One build: where it is, what it says is true, what its exports say to an independent reader."""

    folder: Path
    truth: demo.Truth
    exports: Exports


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("demo") / "meridian"
    started = time.process_time()
    truth = demo.build(folder)
    print(f"built in {time.process_time() - started:.1f} s of processor time")  # noqa: T201  # shown with -s
    return Built(folder, truth, Exports(folder / demo.EXPORTS))


@pytest.fixture(scope="session")
def in_service(built):
    """Endpoints of every certificate in service: seen in the 45 days before the moment, latest sight only."""
    recent = demo.AS_OF - timedelta(days=45)
    found = defaultdict(list)
    for endpoint, (seen, each) in built.exports.latest.items():
        if recent <= seen <= demo.AS_OF:
            found[sha256(each)].append(endpoint)
    return found


@pytest.fixture(scope="session")
def known(built):
    """Every final certificate in scans, logs and files."""
    ders = {each for _, _, each in built.exports.served}
    ders |= {entry.certificate for entry in built.exports.entries if not entry.is_precert}
    ders |= {unarmoured(data.decode()) for _, data in contents(built.exports.folder / "files" / "appliances")}
    return {sha256(each): x509.load_der_x509_certificate(each) for each in ders}


@pytest.fixture(scope="session")
def live(known, in_service):
    return {each: known[each] for each in in_service}


@pytest.fixture(scope="session")
def statements(built, live, in_service):
    """What the organisation says of each certificate in service: owner, unit and criticality, closest first.

    What the list says of a certificate itself is the last word: servers of several owners may share it.
    """
    active = {each["sys_id"]: each["active"] == "true" for each in built.exports.table("sys_user")}
    active |= {each["email"]: each["active"] == "true" for each in built.exports.table("sys_user")}
    servers = {}
    for row in built.exports.table("cmdb_ci_server"):
        said = {
            "owner": row["owned_by"]["value"],
            "team": row["support_group"]["value"],
            "unit": row["business_unit"]["display_value"],
        }
        servers[row["fqdn"]["value"]] = servers[row["ip_address"]["value"]] = said
    owners = {
        row["name"]: {
            "owner": row["owner_email"],
            "team": row["team"],
            "unit": row["business_unit"],
            "criticality": row["criticality"],
        }
        for row in built.exports.owners
    }
    found = {}
    for fingerprint, certificate in live.items():
        hosts = [endpoint.rpartition(":")[0] for endpoint in in_service[fingerprint]]
        names = [*hosts, *dns_names(certificate)]
        said = [owners.get(fingerprint)]
        if said[0]:
            found[fingerprint] = said
            continue
        said += [source.get(name) for name in names for source in (servers, owners)]
        for name in names:
            labels = name.removeprefix("*.").split(".")
            said += [owners.get("*." + ".".join(labels[cut:])) for cut in range(len(labels))]
        found[fingerprint] = [each for each in said if each]
    return found, active
