"""Whoever looked, an endpoint is one endpoint and its certificate one certificate."""

from __future__ import annotations

import json

import pytest

from certanalytics.estate import MEMORY, Estate

SCANS = ("nmap/lab.xml", "sslscan/lab.xml.gz", "testssl/flat.json", "sslyze/full.json.gz")
"""The same loopback servers, scanned by the four real tools."""


@pytest.fixture(scope="module")
def scanned(samples):
    with Estate(MEMORY) as estate:
        estate.load(*(samples / scan for scan in SCANS), collected_at="2026-11-23")
        yield estate


@pytest.mark.parametrize("case", ["rsa2048", "p256", "ed25519", "expired", "longvalid", "sha1"])
def test_a_host_four_scanners_saw_is_one_endpoint_with_one_certificate(scanned, samples, case):
    (truth,) = [
        row
        for row in json.loads((samples / "truth" / "truth.json").read_text())["endpoints"]
        if row["case"] == case and row["sni"]
    ]
    frame = scanned.inventory()
    found = frame[frame["certificate"] == truth["sha256"][0]]
    assert found["in_service"].tolist() == [True]
    assert found["endpoints"].tolist() == [1]
    assert found["hosts"].iloc[0].tolist() == [truth["host"]]
    place = f"position = 0 AND sni = '{truth['host']}' AND port = {truth['port']}"
    sightings = scanned.query(
        f"SELECT l.source, s.certificate FROM sighting AS s JOIN load AS l ON l.load = s.load WHERE {place}"
    )
    assert set(sightings["certificate"]) == {truth["sha256"][0]}
    assert sorted(sightings["source"]) == ["nmap-xml", "sslscan-xml", "sslyze-json", "testssl-json"]
