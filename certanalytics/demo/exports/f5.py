"""F5 BIG-IP: what ``tmsh list`` prints of the load balancer's virtual servers, profiles and certificates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from certanalytics.demo.certificates import Certificate
from certanalytics.demo.clock import AS_OF
from certanalytics.demo.company import Endpoint
from certanalytics.demo.exports._files import write
from certanalytics.demo.world import Issued, World

_LISTED = AS_OF - timedelta(hours=7)


def write_configuration(folder: Path, world: World) -> None:
    """Write each certificate in the load balancer, its profile, and a virtual server for every place."""
    stanzas: list[str] = []
    for each in balanced(world):
        name = each.certificate.common_name
        stanzas += [_certificate(name, each.certificate), _profile(name)]
        stanzas += [_virtual(name, endpoint) for endpoint in each.issue.deployment.balanced_at]
    write(folder / "tmsh-list.txt", ("#TMSH-VERSION: 16.1.4\n\n" + "\n".join(stanzas)).encode(), _LISTED)


def balanced(world: World) -> Iterator[Issued]:
    """The newest certificate of each deployment the load balancer is set up to serve."""
    newest = {each.issue.deployment: each for each in world.issued if each.issue.deployment.balanced_at}
    yield from newest.values()


def _certificate(name: str, certificate: Certificate) -> str:
    digits = certificate.sha256.upper()
    fingerprint = ":".join(digits[place : place + 2] for place in range(0, len(digits), 2))
    names = ", ".join(f"DNS:{each}" for each in certificate.request.names)
    return f"""\
sys file ssl-cert /Common/{name}.crt {{
    create-time {_LISTED - timedelta(days=20):%Y-%m-%d:%H:%M:%S}
    created-by admin
    expiration-string "{_openssl_time(certificate.request.not_after)}"
    fingerprint SHA256/{fingerprint}
    is-bundle false
    subject-alternative-name "{names}"
}}"""


def _profile(name: str) -> str:
    return f"""\
ltm profile client-ssl /Common/{name} {{
    cert-key-chain {{
        default {{
            cert /Common/{name}.crt
            key /Common/{name}.key
        }}
    }}
    defaults-from /Common/clientssl
}}"""


def _virtual(name: str, endpoint: Endpoint) -> str:
    return f"""\
ltm virtual /Common/vs_{name} {{
    destination /Common/{endpoint.ip}:{endpoint.port}
    ip-protocol tcp
    profiles {{
        /Common/{name} {{
            context clientside
        }}
        /Common/tcp {{ }}
    }}
}}"""


def _openssl_time(time: datetime) -> str:
    return f"{time:%b} {time.day:2d} {time:%H:%M:%S %Y} GMT"
