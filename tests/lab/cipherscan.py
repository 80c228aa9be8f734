"""What cipherscan would print of three of the lab's endpoints, one of which speaks no TLS."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tests.lab.provenance import Sample
from tests.lab.truth import Truth


def files(truth: Truth) -> Iterator[tuple[Sample, bytes]]:
    """Several targets, one object after the other."""
    how = "in the shape of `cipherscan -j`, one object a target"
    scans = []
    for endpoint in truth.endpoints:
        if endpoint["case"] in {"rsa2048", "oldtls", "plain"}:
            suite = {
                "cipher": "ECDHE-RSA-AES256-SHA",
                "protocols": ["TLSv1"] if endpoint["case"] == "oldtls" else ["TLSv1.2"],
                "pubkey": ["2048"],
                "sigalg": ["sha256WithRSAEncryption"],
                "trusted": "False",
                "ticket_hint": "None",
                "ocsp_stapling": "False",
                "pfs": "ECDH,P-256,256bits",
                "curves": ["prime256v1"],
                "curves_ordering": "server",
            }
            scans.append(
                {
                    "target": f"{endpoint['host']}:{endpoint['port']}",
                    "utctimestamp": f"{truth.day:%Y-%m-%d}T09:15:00.0Z",
                    "serverside": "True",
                    "curves_fallback": "False",
                    "ciphersuite": [suite] if endpoint["pem"] else [],
                }
            )
    written = "\n".join(json.dumps(scan) for scan in scans)
    yield Sample("cipherscan/targets.json", "the lab", how), (written + "\n").encode()
