"""What ZGrab2's modules say, whichever reader has it before it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict
from urllib.parse import urlsplit

from certanalytics.model import Outcome
from certanalytics.sources._reading.records import number, section, text
from certanalytics.sources.scanners._tls_names import failure, protocol

_STATUS: dict[str, Outcome] = {
    "connection-refused": "refused",
    "connection-timeout": "timeout",
    "connection-closed": "handshake failed",
    "handshake-error": "handshake failed",
    "io-timeout": "timeout",
    "protocol-error": "not tls",
}

UNREACHED = frozenset({"refused", "timeout", "filtered", "unresolvable", "handshake failed"})
UNTRIED = frozenset({"invalid-inputs", "blocklisted-target", "blacklisted-target"})

TLS_PORTS = frozenset({443, 465, 563, 636, 853, 989, 990, 992, 993, 994, 995, 5061, 5986, 6697, 8443, 8883})

UPGRADES: dict[str, tuple[tuple[str, ...], str]] = {
    "ftp": (("auth_tls", "auth_ssl"), "ftp"),
    "imap": (("starttls",), "imap"),
    "managesieve": (("starttls_response",), "sieve"),
    "pop3": (("starttls",), "pop3"),
    "smtp": (("starttls",), "smtp"),
}
"""By module: what shows that it upgraded a plain-text connection, and the name the other scanners give the upgrade."""

DATABASES = {"mssql": "mssql", "mysql": "mysql", "postgres": "postgres"}

_TLS13_SUITES = range(0x1301, 0x1308)


def attempt(module: str, status: str | None, words: str | None, *, logged: bool) -> tuple[Outcome, str | None]:
    """Why there is no certificate, as an outcome and in ZGrab2's words.

    Args:
        module: The module.
        status: Its status.
        words: Its error.
        logged: Whether it says anything of a handshake.
    """
    # "connection-timeout" was once said of every connection that could not be made.
    if outcome := failure(words) or _STATUS.get(status or ""):
        return outcome, words or status
    spoke_plainly = status == "success" and not logged and module not in {"http", "tls"}
    return "not tls" if spoke_plainly else "no certificate", words or status or None


class Offer(TypedDict):
    """What was negotiated, as columns of `EndpointTls`."""

    protocols: tuple[str, ...]
    cipher_suites: tuple[str, ...]
    groups: tuple[str, ...]


def offer(log: Mapping[str, Any]) -> Offer | None:
    """What was negotiated; ``None`` if the server said no hello."""
    hello = section(log.get("server_hello"))
    if not hello:
        return None
    suite = section(hello.get("cipher_suite"))
    # A server of TLS 1.3 says 1.2 where older clients look (RFC 8446 section 4.1.3).
    selected = section(section(hello.get("supported_versions")).get("selected_version"))
    version = text(selected.get("name")) or text(section(hello.get("version")).get("name"))
    if number(suite.get("value")) in _TLS13_SUITES:
        version = "TLSv1.3"
    exchange = section(section(log.get("server_key_exchange")).get("ecdh_params"))
    found = (text(suite.get("name")), text(section(exchange.get("curve_id")).get("name")))
    return {
        "protocols": (protocol(version),) if version else (),
        "cipher_suites": (found[0],) if found[0] else (),
        "groups": (found[1],) if found[1] else (),
    }


def web_port(scheme: str | None, host: str | None) -> int | None:
    """The port of a URL by its scheme and what its host says.

    Raises:
        ValueError: The port is none.
    """
    return urlsplit(f"//{host or ''}").port or {"https": 443, "http": 80}.get(scheme or "")
