"""The synthetic enterprise, and what an independent reader makes of its exports."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from independent_ownership import Sources
from independent_reading import Exports, contents, sha256, unarmoured

from certanalytics import demo


@dataclass(frozen=True)
class Built:
    """One build: where it is, what it says is true, what its exports say to an independent reader."""

    folder: Path
    truth: demo.Truth
    exports: Exports


@pytest.fixture(scope="session")
def built(enterprise) -> Built:
    return Built(enterprise.folder, enterprise.truth, Exports(enterprise.folder / demo.EXPORTS))


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
def sources(built):
    return Sources(built.exports)


@pytest.fixture(scope="session")
def said(sources, live, in_service):
    """What the organisation says of each certificate in service, closest first."""
    return {
        each: sources.of(each, certificate, [endpoint.rpartition(":")[0] for endpoint in in_service[each]])
        for each, certificate in live.items()
    }
