"""The zone of the lab: true addresses and keys of its servers, in the dialects of name servers, cli53 and Route 53."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.lab.provenance import Sample
from tests.lab.staff import INVENTED, written_json
from tests.lab.truth import Truth

_ZONE = "lab.example"
_SOA = (f"ns1.{_ZONE}.", f"hostmaster.{_ZONE}.", 2026112301, 3600, 600, 604800, 300)
_CASES = ("rsa2048", "p256", "ed25519")


def files(truth: Truth) -> Iterator[tuple[Sample, bytes]]:
    """The zone as BIND keeps it, as a transfer prints it, as cli53 exports it, and as Route 53 lists it."""
    hosts = sorted({(row["host"], row["ip"]) for row in truth.endpoints if row["ip"]})[:8]
    for name, what, content in (
        ("lab.example.zone", "a zone file for BIND", _bind(truth, hosts)),
        ("axfr.txt", "dig axfr", _transfer(hosts)),
        ("cli53.txt", "cli53 export", _cli53(hosts)),
    ):
        yield Sample(f"dns/{name}", "the lab", f"{INVENTED}{what}"), content.encode()
    how = f"{INVENTED}the AWS CLI: route53"
    yield Sample("dns/route53_records.json", "the lab", f"{how} list-resource-record-sets"), _records(hosts)
    yield Sample("dns/route53_zones.json", "the lab", f"{how} list-hosted-zones"), _zones()


def _relative(host: str) -> str:
    return host.removesuffix(f".{_ZONE}")


def _bind(truth: Truth, hosts: list[tuple[str, str]]) -> str:
    """Relative names, comments, parentheses, owners taken over, and what BIND allows beyond RFC 1035."""
    lines = [
        "; the lab, written by hand",
        f"$ORIGIN {_ZONE}.",
        "$TTL 1h",
        f"@\tIN SOA {_SOA[0]} hostmaster ( {_SOA[2]} ; serial",
        "\t\t1h 10m 1w 5m )",
        "\tNS ns1",
        '\tCAA 0 issue "ca.lab.example"',
        '\tCAA 0 issuewild ";"',
        "\tMX 10 smtp",
        '\tTXT "v=spf1 mx -all"',
        "ns1 300 IN A 127.0.0.53",
        "    IN 300 AAAA ::1",
        f"* CNAME www.{_ZONE}.",
        "_ldap._tcp SRV 0 5 389 ns1",
        "svc HTTPS 1 . alpn=h2 port=443",
    ]
    lines += [f"{_relative(host)} A {ip}" for host, ip in hosts]
    lines += [line for case in _CASES for line in _tlsa(truth, case)]
    return "\n".join(lines) + "\n"


def _tlsa(truth: Truth, case: str) -> Iterator[str]:
    """What pins the key of a server (RFC 6698): usage 3, the SHA-256 of its SubjectPublicKeyInfo."""
    host, port = next((row["host"], row["port"]) for row in truth.endpoints if row["pem"] == f"{case}.pem")
    key = x509.load_der_x509_certificate(truth.chain(case)[0]).public_key()
    digest = hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest().upper()
    yield f"_{port}._tcp.{_relative(host)} TLSA 3 1 1 ( {digest[:32]}"
    yield f"\t{digest[32:]} )"


def _soa() -> str:
    return f"{_ZONE}.\t\t3600\tIN\tSOA\t{' '.join(map(str, _SOA))}"


def _transfer(hosts: list[tuple[str, str]]) -> str:
    lines = [
        "",
        f"; <<>> DiG 9.18.33 <<>> axfr {_ZONE}",
        ";; global options: +cmd",
        _soa(),
        *(f"{host}.\t\t3600\tIN\tA\t{ip}" for host, ip in hosts),
        _soa(),
        ";; Query time: 0 msec",
    ]
    return "\n".join(lines) + "\n"


def _cli53(hosts: list[tuple[str, str]]) -> str:
    first, second = (_relative(host) for host, _ in hosts[:2])
    lines = [
        f"$ORIGIN {_ZONE}.",
        *(f"{_relative(host)}\t86400\tIN\tA\t{ip}" for host, ip in hosts),
        f"alias\t86400\tAWS\tALIAS\tA {first} $self false",
        'weighted\t300\tIN\tA\t127.0.0.1 ; AWS routing="WEIGHTED" weight=1 identifier="One"',
        'weighted\t300\tIN\tA\t127.0.0.2 ; AWS routing="WEIGHTED" weight=0 identifier="Two"',
        f"other\t300\tIN\tCNAME\t{second}",
    ]
    return "\n".join(lines) + "\n"


def _records(hosts: list[tuple[str, str]]) -> bytes:
    def record(name: str, kind: str, *values: str, **more: object) -> dict[str, Any]:
        written = re.sub(r"^\*", r"\\052", name)
        return {
            "Name": f"{written}.",
            "Type": kind,
            **more,
            "TTL": 300,
            "ResourceRecords": [{"Value": v} for v in values],
        }

    balancer = "dualstack.shop-1234567890.eu-central-1.elb.amazonaws.com."
    target = {"HostedZoneId": "Z215JYRZR1TBD5", "DNSName": balancer, "EvaluateTargetHealth": False}
    sets = [
        record(_ZONE, "MX", f"10 smtp.{_ZONE}"),
        record(_ZONE, "NS", f"ns1.{_ZONE}.", "ns-2048.awsdns-64.com."),
        record(_ZONE, "SOA", " ".join(map(str, _SOA))),
        record(_ZONE, "TXT", '"v=spf1 mx -all"', '"a=\\303\\244; b"'),
        record(f"*.{_ZONE}", "CNAME", f"www.{_ZONE}"),
        {"Name": f"shop.{_ZONE}.", "Type": "A", "AliasTarget": target},
        *(record(host, "A", ip, SetIdentifier="one", Weight=10) for host, ip in hosts),
    ]
    return written_json({"ResourceRecordSets": sets})


def _zones() -> bytes:
    def zone(number: int, name: str, *, private: bool) -> dict[str, Any]:
        config = {"Comment": "the lab", "PrivateZone": private}
        reference = f"lab-{number}"
        return {
            "Id": f"/hostedzone/Z0LAB{number}EXAMPLE",
            "Name": f"{name}.",
            "CallerReference": reference,
            "Config": config,
            "ResourceRecordSetCount": 2,
        }

    return written_json({"HostedZones": [zone(1, _ZONE, private=False), zone(2, f"internal.{_ZONE}", private=True)]})
