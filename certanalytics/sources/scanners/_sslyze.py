"""What SSLyze's exports of all ages say of one server, in the shape of 5.x and 6.x.

3.x and 4.x name the same things otherwise; their reader puts a result into this shape first.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from certanalytics.model import (
    CertificateRef,
    EndpointTls,
    Outcome,
    Probe,
    Reject,
    Row,
    Sighting,
    StatedCertificate,
)
from certanalytics.sources._reading.records import array, number, section, text
from certanalytics.sources._reading.text import host_and_ip, port_number, serial_hex, utc
from certanalytics.x509.containers import pem_to_der

_PROTOCOLS = {
    "ssl_2_0_cipher_suites": "SSLv2",
    "ssl_3_0_cipher_suites": "SSLv3",
    "tls_1_0_cipher_suites": "TLSv1.0",
    "tls_1_1_cipher_suites": "TLSv1.1",
    "tls_1_2_cipher_suites": "TLSv1.2",
    "tls_1_3_cipher_suites": "TLSv1.3",
}

_KEY_ALGORITHMS = {
    "RSAPublicKey": "RSA",
    "ECPublicKey": "EC",
    "EllipticCurvePublicKey": "EC",
    "DSAPublicKey": "DSA",
    "Ed25519PublicKey": "Ed25519",
    "Ed448PublicKey": "Ed448",
}

# By the class of the error SSLyze met. A server without one common protocol version and suite is in
# practice one that does not speak TLS; the detail keeps SSLyze's own words. What became of an HTTP proxy says
# nothing of the server.
_OUTCOMES: dict[str, Outcome] = {
    "ServerRejectedConnection": "refused",
    "ConnectionToServerTimedOut": "timeout",
    "ServerTlsConfigurationNotSupported": "not tls",
    "ServerRejectedOpportunisticTlsNegotiation": "not tls",
    "ServerRejectedTlsHandshake": "handshake failed",
    "TlsHandshakeFailed": "handshake failed",
    "TlsHandshakeTimedOut": "handshake failed",
}

# By SSLyze's own words before it kept the errors themselves, first match.
_WORDS: tuple[tuple[str, Outcome], ...] = (
    (r"resolve", "unresolvable"),
    (r"http proxy", "no certificate"),
    (r"during the TLS handshake", "handshake failed"),
    (r"timed out|timeout", "timeout"),
    (r"connection rejected|rejected the connection|refused", "refused"),
    (r"could not find a TLS version|could not complete an SSL/TLS handshake|starttls|\behlo\b", "not tls"),
    (r"handshake|alert", "handshake failed"),
)


class Result:
    """One server of the run: where it is, and what came of it."""

    def __init__(
        self, locator: str, result: Mapping[str, Any], time: Mapping[str, Any], commands: str = "scan_result"
    ) -> None:
        location = section(result.get("server_location"))
        network = section(result.get("network_configuration"))
        host, ip = host_and_ip(text(location.get("hostname")), text(location.get("ip_address")))
        if not (host or ip):
            raise ValueError("it does not say which server it is about")
        starttls = text(network.get("tls_opportunistic_encryption"))
        self.locator = locator
        self.path = f"{locator}.{commands}.certificate_info" + (".result" if commands == "scan_result" else "")
        self.result = result
        self.sni, _ = host_and_ip(text(network.get("tls_server_name_indication")))
        self.place: dict[str, Any] = {
            "host": host,
            "ip": ip,
            "port": port_number(location["port"]),
            "starttls": starttls.lower() if starttls else None,
            **time,
        }

    def rows(self) -> Iterator[Row]:
        if self.result.get("connectivity_status") == "ERROR" or self.result.get("scan_result") is None:
            yield self._probe(*_failure(text(self.result.get("connectivity_error_trace")), "no certificate"))
            return
        scan = section(self.result["scan_result"])
        yield from self._sightings(section(scan.get("certificate_info")))
        yield from self._endpoint(scan)

    def _sightings(self, attempt: Mapping[str, Any]) -> Iterator[Row]:
        if attempt.get("status") == "ERROR":
            words = text(attempt.get("error_trace")) or text(attempt.get("error_reason"))
            yield self._probe(*_failure(words, "handshake failed"))
        if attempt.get("result") is None:
            return
        result = section(attempt["result"])
        deployments = [
            (f"{self.path}.certificate_deployments[{number}]", self.sni, section(deployment))
            for number, deployment in enumerate(array(result.get("certificate_deployments")))
        ]
        if without_sni := section(result.get("certificate_deployment_with_sni_disabled")):
            deployments.append((f"{self.path}.certificate_deployment_with_sni_disabled", None, without_sni))
        seen: set[tuple[str | None, tuple[CertificateRef, ...]]] = set()
        for locator, sni, deployment in deployments:
            chain: list[CertificateRef] = []
            for position, certificate in enumerate(array(deployment.get("received_certificate_chain"))):
                try:
                    chain.append(_certificate(section(certificate)))
                except ValueError as error:
                    yield Reject(locator=f"{locator}.received_certificate_chain[{position}]", reason=str(error))
                    if position == 0:
                        break  # the next certificate is no leaf
            if chain and (sni, tuple(chain)) not in seen:
                seen.add((sni, tuple(chain)))
                yield Sighting(locator=locator, chain=tuple(chain), kind="scan", sni=sni, **self.place)
        if not deployments:
            yield self._probe("no certificate", None)

    def _endpoint(self, scan: Mapping[str, Any]) -> Iterator[Row]:
        tried = {command: section(section(scan.get(command)).get("result")) for command in _PROTOCOLS}
        curves = section(section(scan.get("elliptic_curves")).get("result"))
        if not (any(tried.values()) or curves):
            return
        accepted = {command: array(result.get("accepted_cipher_suites")) for command, result in tried.items()}
        suites = (section(suite["cipher_suite"]) for found in accepted.values() for suite in found)
        yield EndpointTls(
            locator=self.locator,
            sni=self.sni,
            protocols=tuple(_PROTOCOLS[command] for command, found in accepted.items() if found),
            refused=tuple(_PROTOCOLS[command] for command, found in accepted.items() if tried[command] and not found),
            cipher_suites=distinct(text(suite.get("name")) or text(suite.get("openssl_name")) for suite in suites),
            groups=distinct(text(section(curve).get("name")) for curve in array(curves.get("supported_curves"))),
            **self.place,
        )

    def _probe(self, outcome: Outcome, detail: str | None) -> Probe:
        return Probe(locator=self.locator, outcome=outcome, detail=detail, sni=self.sni, **self.place)


def _certificate(certificate: Mapping[str, Any]) -> CertificateRef:
    """The DER, or what SSLyze says of the certificate when its PEM was cut out of the export."""
    try:
        return pem_to_der(text(certificate.get("as_pem")) or "")
    except ValueError:
        subject, issuer = (text(section(certificate.get(name)).get("rfc4514_string")) for name in ("subject", "issuer"))
        serial = certificate.get("serial_number")
        names = section(certificate.get("subject_alternative_name"))
        key = section(certificate.get("public_key"))
        algorithm = _KEY_ALGORITHMS.get((text(key.get("algorithm")) or "").removeprefix("_"))
        stated = StatedCertificate(
            sha256=_base64_hex(text(certificate.get("fingerprint_sha256"))),
            sha1=_base64_hex(text(certificate.get("fingerprint_sha1"))),
            serial_hex=serial_hex(serial) if isinstance(serial, int) else None,
            subject_dn=subject,
            issuer_dn=issuer,
            san_dns=distinct(text(name) for name in array(names.get("dns_names") or names.get("dns"))),
            not_before=utc(text(certificate.get("not_valid_before"))),
            not_after=utc(text(certificate.get("not_valid_after"))),
            key_algorithm=algorithm,
            key_bits=number(key.get("key_size")) if algorithm else None,
            key_curve=text(key.get("ec_curve_name")),
            signature_hash=text(section(certificate.get("signature_hash_algorithm")).get("name")),
        )
        if stated == StatedCertificate():
            raise
        return stated


def _base64_hex(fingerprint: str | None) -> str | None:
    return base64.b64decode(fingerprint, validate=True).hex() if fingerprint else None


def _failure(words: str | None, otherwise: Outcome) -> tuple[Outcome, str | None]:
    """Outcome and detail from a Python traceback, whose last line names the error."""
    if not words:
        return otherwise, None
    last = words.splitlines()[-1]
    name, _, message = last.partition(":")
    return _OUTCOMES.get(name.rpartition(".")[2], otherwise), message.strip() or last


def outcome(message: str) -> Outcome:
    """Why there was no certificate, by the words that SSLyze before 5 has for it."""
    return next((means for words, means in _WORDS if re.search(words, message, re.IGNORECASE)), "no certificate")


def place(target: str) -> tuple[str | None, str | None, int | None] | None:
    """Host, address and port of a target as it was given or as SSLyze writes it; ``None`` if it is no target."""
    # Before 5.0 the failures put the port behind an IPv6 address without brackets.
    name = r"\[[^\]]+\]|[^:]+|[0-9A-Fa-f:]+(?=:\d{1,5}$)"
    found = re.fullmatch(rf"({name})(?::(\d{{1,5}}))?(?:\{{(.*)\}})?", target.strip())
    if not found:
        return None
    host, ip = host_and_ip(found[1], found[3])
    return host, ip, port_number(found[2]) if found[2] else None


def distinct(names: Iterable[str | None]) -> tuple[str, ...]:
    """Every name once, in order."""
    return tuple(dict.fromkeys(name for name in names if name))
