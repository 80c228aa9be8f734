"""The lab's endpoints as banners of Shodan: as downloaded, and as the API answers for one address."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Iterator
from typing import Any

from cryptography import x509

from tests.lab.facts import CN, Facts, O, attribute, endpoint, served
from tests.lab.provenance import Sample
from tests.lab.staff import INVENTED, written_json
from tests.lab.truth import Truth

Json = dict[str, Any]

_CASES = ("rsa2048", "p256", "expired", "selfsigned", "wrongorder", "longvalid", "mail")


def files(truth: Truth) -> Iterator[tuple[Sample, bytes]]:
    """Banners one a line, and a host with its banners."""
    banners = [_tls(truth, endpoint(truth, case), number) for number, case in enumerate(_CASES)]
    plain = _banner(truth, endpoint(truth, "plain"), 20)
    failed = _banner(truth, endpoint(truth, "mtls"), 21)
    failed["ssl"] = {**_ssl([]), "cert": None, "cipher": None, "versions": []}
    lines = "".join(json.dumps(banner) + "\n" for banner in [*banners, plain, failed])
    yield _sample("banners.json", "banners, one a line"), lines.encode()
    first = banners[1]
    host = {
        "ip": first["ip"],
        "ip_str": first["ip_str"],
        "ports": [443],
        "hostnames": first["hostnames"],
        "last_update": first["timestamp"],
        "data": [first],
    }
    yield _sample("host.json", "the answer of the API for one host"), written_json(host)


def _sample(name: str, what: str) -> Sample:
    return Sample(f"shodan/{name}", "the lab", f"{INVENTED}Shodan: {what}")


def _banner(truth: Truth, row: Json, number: int) -> Json:
    return {
        "hash": 1_000_000 + number,
        "ip": int(ipaddress.ip_address(row["ip"])),
        "ip_str": row["ip"],
        "port": row["port"],
        "transport": "tcp",
        "hostnames": [row["host"], "shared.lab.example"] if number % 2 else [row["host"]],
        "domains": ["lab.example"],
        "asn": "AS64496",
        "org": "Lab Example AG",
        "isp": "Lab Example AG",
        "os": None,
        "opts": {},
        "location": {"country_code": "DE", "city": None},
        "timestamp": f"{truth.day.date().isoformat()}T09:{number:02}:00.125000",
        "data": "HTTP/1.1 200 OK\r\n\r\n",
        "_shodan": {
            "id": f"00000000-0000-4000-8000-{number:012}",
            "crawler": "0" * 40,
            "module": "smtp" if row["starttls"] else "https",
            "options": {"hostname": row["host"]} if number == 1 else {},
            "ptr": True,
        },
    }


def _tls(truth: Truth, row: Json, number: int) -> Json:
    return _banner(truth, row, number) | {"ssl": _ssl(served(truth, row))}


def _ssl(chain: list[Facts]) -> Json:
    return {
        "chain_sha256": [part.sha256 for part in chain],
        "chain": [part.pem for part in chain],
        "versions": ["-SSLv2", "-SSLv3", "-TLSv1", "-TLSv1.1", "TLSv1.2", "TLSv1.3"],
        "cipher": {"version": "TLSv1.3", "bits": 256, "name": "TLS_AES_256_GCM_SHA384"},
        "dhparams": None,
        "alpn": [],
        "tlsext": [],
        "acceptable_cas": [],
        "trust": {"revoked": False, "browser": None},
        "cert": _cert(chain[0]) if chain else None,
    }


def _cert(leaf: Facts) -> Json:
    algorithm, bits = leaf.key
    kind, digest = leaf.signature
    return {
        "version": 2,
        "serial": leaf.serial,
        "sig_alg": f"ecdsa-with-{digest}" if kind == "ECDSA" else f"{digest.lower()}WithRSAEncryption",
        "issued": f"{leaf.start:%Y%m%d%H%M%S}Z",
        "expires": f"{leaf.end:%Y%m%d%H%M%S}Z",
        "expired": False,
        "pubkey": {"type": algorithm.lower(), "bits": bits},
        "subject": _name(leaf.subject),
        "issuer": _name(leaf.issuer),
        "fingerprint": {"sha1": leaf.sha1, "sha256": leaf.sha256},
        "extensions": [],
    }


def _name(name: x509.Name) -> Json:
    said = {"CN": attribute(name, CN), "O": attribute(name, O)}
    return {key: value for key, value in said.items() if value}
