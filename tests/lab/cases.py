"""The estate of the lab: every endpoint there is, what is odd about it, and the certificates it serves."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import ip_address
from itertools import count

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import NameOID

from tests.lab.authority import Authority, Credential, name, self_signed

DOMAIN = "lab.example"  # reserved by RFC 2606 and RFC 6761


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """One place a scanner is sent to.

    Attributes:
        case: Short name; the truth files are called after it.
        what: What the case is there for, in a clause.
        credentials: What is served, by the name under which the truth is kept; several are served side by side.
        without_sni: What is served to a client that names another host or none, if that differs.
        outcome: Why there is no certificate, for an endpoint that serves none.
        old_tls: TLS 1.0 and 1.1 are offered, weak suites too.
        asks_client: A client certificate is asked for.
    """

    case: str
    what: str
    host: str
    ip: str | None
    port: int = 443
    starttls: str | None = None
    credentials: dict[str, Credential] = field(default_factory=dict)
    without_sni: dict[str, Credential] = field(default_factory=dict)
    outcome: str | None = None
    old_tls: bool = False
    asks_client: bool = False


@dataclass(frozen=True)
class Lab:
    """The endpoints, and the certificates that exist beside what they serve."""

    day: datetime
    endpoints: tuple[Endpoint, ...]
    unserved: dict[str, bytes]


def lab(day: datetime) -> Lab:
    """Issue the certificates of a lab run.

    Args:
        day: The day of the run, naive UTC; all validities are counted from it.
    """
    rsa_ca = Authority("R", (_rsa(), _rsa()), day)
    ec_ca = Authority("E", (_p256(), _p256()), day)
    addresses = (f"127.0.0.{number}" for number in count(10))

    def endpoint(
        case: str,
        what: str,
        credential: Credential | None = None,
        *,
        host: str | None = None,
        port: int = 443,
        starttls: str | None = None,
        days: tuple[int, int] = (-30, 60),
        old_tls: bool = False,
        asks_client: bool = False,
    ) -> Endpoint:
        host = host or f"{case}.{DOMAIN}"
        return Endpoint(
            case=case,
            what=what,
            host=host,
            ip=next(addresses),
            port=port,
            starttls=starttls,
            credentials={case: credential or rsa_ca.issue(_rsa(), host, days=days)},
            old_tls=old_tls,
            asks_client=asks_client,
        )

    precertificate, logged = rsa_ca.issue_logged(_rsa(), f"rsa2048.{DOMAIN}", log_key=_p256())
    incomplete = rsa_ca.issue(_rsa(), f"missing.{DOMAIN}")
    ordered = rsa_ca.issue(_rsa(), f"wrongorder.{DOMAIN}")
    odd_host = f"xn--mnchen-3ya.{DOMAIN}"
    endpoints = (
        endpoint("rsa2048", "the ordinary case, logged in CT, SCT embedded", logged),
        endpoint("rsa1024", "a key long too short", rsa_ca.issue(_rsa(1024), f"rsa1024.{DOMAIN}")),
        endpoint("rsa4096", "a long RSA key", rsa_ca.issue(_rsa(4096), f"rsa4096.{DOMAIN}")),
        endpoint("p256", "ECDSA on P-256", ec_ca.issue(_p256(), f"p256.{DOMAIN}")),
        endpoint("p384", "ECDSA on P-384", ec_ca.issue(ec.generate_private_key(ec.SECP384R1()), f"p384.{DOMAIN}")),
        endpoint("ed25519", "an Ed25519 key", ec_ca.issue(ed25519.Ed25519PrivateKey.generate(), f"ed25519.{DOMAIN}")),
        endpoint("sha1", "signed with SHA-1", rsa_ca.issue_with_sha1(_rsa(), f"sha1.{DOMAIN}")),
        endpoint("expired", "ended twelve days before", days=(-102, -12)),
        endpoint("notyet", "begins ten days later", days=(10, 100)),
        endpoint("longvalid", "valid for ten years, on another port", days=(-800, 2850), port=8443),
        endpoint("selfsigned", "nobody vouches for it", self_signed(_rsa(), f"selfsigned.{DOMAIN}", day)),
        endpoint("mismatch", "made for another host", rsa_ca.issue(_rsa(), f"other.{DOMAIN}")),
        endpoint(
            "wildcard", "one label is a star", rsa_ca.issue(_rsa(), f"*.wild.{DOMAIN}"), host=f"www.wild.{DOMAIN}"
        ),
        endpoint("nosan", "only a common name", rsa_ca.issue(_rsa(), subject=name(f"nosan.{DOMAIN}"))),
        endpoint(
            "oddname",
            "umlauts, quotes, two units, an IDN, addresses, a mailbox and a URI",
            rsa_ca.issue(_rsa(), odd_host, subject=_odd_subject(), others=_odd_names()),
            host=odd_host,
        ),
        endpoint("missing", "the intermediate is not sent", Credential(incomplete.chain[:1], incomplete.key)),
        endpoint(
            "wrongorder",
            "leaf, root, intermediate",
            Credential((ordered.chain[0], rsa_ca.root, ordered.chain[1]), ordered.key),
        ),
        endpoint("oldtls", "TLS 1.0 and 1.1 too", old_tls=True),
        endpoint("mtls", "asks for a client certificate", asks_client=True),
        endpoint("mail", "SMTP that goes on with STARTTLS", port=25, starttls="smtp"),
        Endpoint(
            case="dual",
            what="an RSA and an ECDSA certificate side by side",
            host=f"dual.{DOMAIN}",
            ip=next(addresses),
            credentials={
                "dual-rsa": rsa_ca.issue(_rsa(), f"dual.{DOMAIN}"),
                "dual-ec": ec_ca.issue(_p256(), f"dual.{DOMAIN}"),
            },
        ),
        Endpoint(
            case="sni",
            what="another certificate to a client that sends no SNI",
            host=f"sni.{DOMAIN}",
            ip=next(addresses),
            credentials={"sni": ec_ca.issue(_p256(), f"sni.{DOMAIN}")},
            without_sni={"sni-default": rsa_ca.issue(_rsa(), f"default.{DOMAIN}")},
        ),
        Endpoint(case="plain", what="HTTP without TLS", host=f"plain.{DOMAIN}", ip=next(addresses), outcome="not tls"),
        Endpoint(
            case="refused", what="nothing listens", host=f"refused.{DOMAIN}", ip=next(addresses), outcome="refused"
        ),
        Endpoint(
            case="nowhere", what="the name has no address", host=f"nowhere.{DOMAIN}", ip=None, outcome="unresolvable"
        ),
    )
    return Lab(day, endpoints, {"root-rsa": rsa_ca.root, "root-ec": ec_ca.root, "precertificate": precertificate})


def _odd_subject() -> x509.Name:
    units = (NameOID.ORGANIZATIONAL_UNIT_NAME, "Büro 1"), (NameOID.ORGANIZATIONAL_UNIT_NAME, 'R&D, "Werk/2"')
    return name('Zürich, "Büro" / Größe; a=b', *units)


def _odd_names() -> list[x509.GeneralName]:
    return [
        x509.DNSName(f"under_score.{DOMAIN}"),
        x509.IPAddress(ip_address("192.0.2.7")),
        x509.IPAddress(ip_address("2001:db8::7")),
        x509.RFC822Name(f"admin@{DOMAIN}"),
        x509.UniformResourceIdentifier(f"https://xn--mnchen-3ya.{DOMAIN}/a?b=c"),
    ]


def _rsa(bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


def _p256() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())
