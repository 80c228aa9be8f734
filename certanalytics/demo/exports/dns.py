"""The DNS: what a cloud answered about one zone, twice, and the zone file of name servers of one's own.

The cloud team keeps the answers of Route 53 with placebo, which records what boto3 is told; each has the time of the
answer. Only those records are in them that this story needs. The zone of the payments unit is a BIND file.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from certanalytics.demo.exports._files import write, write_json
from certanalytics.demo.faults.transparency import (
    INTERNAL_ADDRESS,
    INTERNAL_NAME,
    PAYMENTS_ZONE,
    ZONE,
    ZONE_LOOKS,
)
from certanalytics.demo.world import World

NOBODY = '0 issue ";"'
"""No CA may issue (RFC 8659 section 4.2)."""
PARKED = f"parked.{ZONE}"
"""Where names of services that are being wound down lead to."""
TTL = 300

_AWAY = "edge.hosting.example.net"
_PAYMENTS = f"""\
$ORIGIN {PAYMENTS_ZONE}.
$TTL 1h
@\tIN SOA ns1 hostmaster ( 2026110401 1h 10m 1w 5m )
\tNS ns1
\tNS ns2
\tMX 10 mail.{ZONE}.
\tTXT "v=spf1 mx -all"
\tCAA 0 issue "larkspur.example"
\tCAA 0 issue "northgate.example"
\tCAA 0 iodef "mailto:security@{ZONE}"
ns1\tA 198.18.250.1
ns2\tA 198.18.250.2
"""


def write_zones(folder: Path, world: World) -> None:
    """Write what was recorded of the first zone at each look, and the second as it is now."""
    for number, look in enumerate(ZONE_LOOKS, 1):
        write_json(folder / "route53" / f"route53.ListResourceRecordSets_{number}.json", _answer(world, look), look)
    write(folder / f"{PAYMENTS_ZONE}.zone", _PAYMENTS.encode(), ZONE_LOOKS[-1])


def _answer(world: World, look: datetime) -> dict[str, Any]:
    sets = [{"Name": f"{name}.", "Type": kind, "TTL": TTL, "ResourceRecords": [{"Value": value} for value in values]}
            for name, kind, values in _records(world, look)]  # fmt: skip
    headers = {"x-amzn-requestid": f"{world.issued[0].certificate.sha256[:32]}", "content-type": "text/xml"}
    return {
        "status_code": 200,
        "data": {
            "ResponseMetadata": {
                "RequestId": headers["x-amzn-requestid"],
                "HTTPStatusCode": 200,
                "HTTPHeaders": {**headers, "date": f"{look:%a, %d %b %Y %H:%M:%S} GMT"},
                "RetryAttempts": 0,
            },
            "ResourceRecordSets": sets,
            "IsTruncated": False,
            "MaxItems": "300",
        },
    }


def _records(world: World, look: datetime) -> Iterator[tuple[str, str, list[str]]]:
    yield ZONE, "NS", ["ns-101.awsdns-12.com.", "ns-606.awsdns-11.net."]
    yield ZONE, "SOA", ["ns-101.awsdns-12.com. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400"]
    yield ZONE, "MX", [f"10 mail.{ZONE}"]
    yield INTERNAL_NAME, "A", [INTERNAL_ADDRESS]
    yield PARKED, "CAA", [NOBODY]
    for deployment in world.deployments:
        closed = deployment.closed
        if closed is None or look < closed.since:
            continue
        name = deployment.names[0].removeprefix("*.")
        if closed.by == "issue":
            yield name, "CAA", [NOBODY]
        elif closed.by == "issuewild":
            yield name, "CAA", ['0 issue "larkspur.example"', '0 issuewild ";"']
        else:
            yield name, "CNAME", [PARKED if closed.by == "alias" else _AWAY]
