"""The lab's endpoints as assessments of SSL Labs, in the shapes of its API v3 and v2."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from tests.lab.authority import milliseconds
from tests.lab.facts import CN, Facts, attribute, endpoint, reversed_dn, served
from tests.lab.provenance import Sample
from tests.lab.staff import INVENTED, written_json
from tests.lab.truth import Truth

Json = dict[str, Any]

_PROTOCOLS = [{"id": 771, "name": "TLS", "version": "1.2"}, {"id": 772, "name": "TLS", "version": "1.3"}]
_SUITES = {
    771: "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    772: "TLS_AES_256_GCM_SHA384",
}


def files(truth: Truth) -> Iterator[tuple[Sample, bytes]]:
    """An array as the client writes it, one assessment as the API v3 answers, and one of v2."""
    dual = [served(truth, endpoint(truth, "dual", number)) for number in (0, 1)]
    with_sni, without = (served(truth, endpoint(truth, "sni", number)) for number in (0, 1))
    hosts = [
        _host(truth, endpoint(truth, "dual"), [(chain, False) for chain in dual]),
        _host(truth, endpoint(truth, "sni"), [(with_sni, False), (without, True)]),
        _host(truth, endpoint(truth, "refused"), [], "Unable to connect to the server"),
        _unresolved(truth),
    ]
    yield _sample("hosts.json", "an array of assessments (v3)"), written_json(hosts)
    one = _host(truth, endpoint(truth, "wrongorder"), [(served(truth, endpoint(truth, "wrongorder")), False)])
    yield (
        _sample("host.json", "one assessment (v4), keys in alphabetical order"),
        (json.dumps(one, sort_keys=True) + "\n").encode(),
    )
    yield _sample("v2.json", "one assessment (v2)"), written_json(_v2(truth, endpoint(truth, "p256")))


def _sample(name: str, what: str) -> Sample:
    return Sample(f"ssllabs/{name}", "the lab", f"{INVENTED}SSL Labs: {what}")


def _assessment(truth: Truth, row: Json) -> Json:
    started = milliseconds(truth.day.replace(hour=10))
    return {
        "host": row["host"],
        "port": row["port"],
        "protocol": "http",
        "isPublic": False,
        "status": "READY",
        "startTime": started,
        "testTime": started + 90_500,
        "engineVersion": "2.4.1",
        "criteriaVersion": "2009q",
    }


def _unresolved(truth: Truth) -> Json:
    failed = {"status": "ERROR", "statusMessage": "Unable to resolve domain name", "endpoints": []}
    return _assessment(truth, endpoint(truth, "nowhere")) | failed


def _host(truth: Truth, row: Json, chains: list[tuple[list[Facts], bool]], message: str = "Ready") -> Json:
    known = {part.sha256: part for chain, _ in chains for part in chain}
    assessed = {
        "ipAddress": row["ip"],
        "serverName": row["host"],
        "statusMessage": message,
        "progress": 100 if chains else -1,
        "duration": 90_500,
        "delegation": 1,
    }
    if chains:
        assessed["details"] = {
            "hostStartTime": milliseconds(truth.day.replace(hour=10)),
            "certChains": [
                {
                    "id": chain[0].sha256,
                    "certIds": [part.sha256 for part in chain],
                    "trustPaths": [],
                    "issues": 0,
                    "noSni": no_sni,
                }
                for chain, no_sni in chains
            ],
            "protocols": _PROTOCOLS,
            "suites": [
                {"protocol": version, "list": [{"id": 1, "name": suite, "cipherStrength": 256}], "preference": True}
                for version, suite in _SUITES.items()
            ],
            "namedGroups": {"list": [{"id": 23, "name": "secp256r1", "bits": 256, "namedGroupType": "EC"}]},
            "sims": {"results": []},
        }
    certs = [_cert(part) for part in known.values()]
    return _assessment(truth, row) | {"endpoints": [assessed], "certs": certs}


def _cert(part: Facts) -> Json:
    algorithm, bits = part.key
    kind, digest = part.signature
    return {
        "id": part.sha256,
        "subject": reversed_dn(part.subject),
        "serialNumber": f"{part.serial:x}",
        "commonNames": [attribute(part.subject, CN)],
        "altNames": part.dns_names,
        **_validity(part.start, part.end),
        "issuerSubject": reversed_dn(part.issuer),
        "sigAlg": f"{digest}with{kind}",
        "sha1Hash": part.sha1,
        "sha256Hash": part.sha256,
        "keyAlg": algorithm,
        "keySize": bits,
        "issues": 0,
        "revocationStatus": 4,
        "raw": part.pem,
    }


def _validity(start: datetime, end: datetime) -> Json:
    return {"notBefore": milliseconds(start), "notAfter": milliseconds(end)}


def _v2(truth: Truth, row: Json) -> Json:
    chain = served(truth, row)
    algorithm, bits = chain[0].key
    raw = [{**_validity(part.start, part.end), "subject": reversed_dn(part.subject), "raw": part.pem} for part in chain]
    details = {
        "hostStartTime": milliseconds(truth.day.replace(hour=10)),
        "key": {"size": bits, "alg": algorithm, "debianFlaw": False},
        "cert": {"subject": reversed_dn(chain[0].subject), "commonNames": [attribute(chain[0].subject, CN)]},
        "chain": {"certs": raw, "issues": 0},
        "protocols": _PROTOCOLS[:1],
        "suites": {"list": [{"id": 1, "name": _SUITES[771], "cipherStrength": 256}], "preference": True},
    }
    assessed = {"ipAddress": row["ip"], "statusMessage": "Ready", "grade": "A", "delegation": 1, "details": details}
    return _assessment(truth, row) | {"engineVersion": "1.35.1", "criteriaVersion": "2009p", "endpoints": [assessed]}
