"""Symantec, later Broadcom SSL Visibility: the session log it sends to a syslog server.

One line a session, told by ``ssldata[...]``, with one or two syslog headers before it; other lines of the same file
are passed over. Since version 3.9.4.1 a line brings the category and the fingerprint of the certificate; before, it
says nothing of the certificate and gives no sighting.

The fingerprint is taken for that of the server's own certificate, by which rules match before a session is resigned.
What cannot be told: whether the domain is what the client asked for (SNI) or what the certificate says, so it is the
host and no SNI; and of which of the two handshakes of a session that is decrypted the version and cipher suite are,
so those are taken only where the session passed unbroken (action ``cut``). An endpoint without a certificate is no
probe: nobody tried it, a client did.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from certanalytics.errors import DataError
from certanalytics.model import EndpointTls, Reject, Row, Sighting, StatedCertificate
from certanalytics.sources._reading.bytes import AS_WINDOWS
from certanalytics.sources._reading.export import DAMAGED, Export
from certanalytics.sources._reading.signature import Signature
from certanalytics.sources._reading.source import source
from certanalytics.sources._reading.text import from_epoch, hex_digits, ip_address, is_dns_name, port_number

_SESSION = re.compile(
    r"\bssldata\[\d+\]: +\[[^\]\n]*\] +(?P<time>\d{9,10}) +\S+ +-> +(?P<address>\S+):(?P<port>\d+) +(?P<rest>.*)"
)
_END = re.compile(r"(?P<front>.*) rule:\s*\S+ +(?P<action>\S+) +\S.*\((?P<code>0x[0-9A-Fa-f]+)\)\s*")
_VERSION = re.compile(r"(?:TLS|SSL)v?\d?(?:\.\d)?")
_SUITE = re.compile(r"(?:TLS|SSL)_\w+")
_PROTOCOLS = {"TLS1.0": "TLSv1.0", "TLS1.1": "TLSv1.1", "TLS1.2": "TLSv1.2", "TLS1.3": "TLSv1.3", "SSL3.0": "SSLv3"}
_SHA1_DIGITS = 40
_EXCERPT = 200


@source(
    "ssl-visibility-session-log",
    produced_by="Symantec/Broadcom SSL Visibility 3 and 4: session log over remote syslog",
    brings=("place", "protocols"),
    tried_on="documentation",
    signature=Signature(
        "text with a line ssldata[...]: [segment:flow] time source -> destination",
        lambda head: head.text.lstrip()[:1] not in {"{", "[", "<"} and bool(_SESSION.search(head.text)),
    ),
)
def ssl_visibility_session_log(export: Export) -> Iterator[Row]:
    """Read sessions: a passive sighting where there is a fingerprint, version and suite where nobody broke it open.

    The time is the appliance's own Unix time, not that of the syslog header, which has no year and no zone.
    """
    number = 0
    try:
        with export.text(errors=AS_WINDOWS) as stream:
            for number, line in enumerate(stream, 1):
                if session := _SESSION.search(line):
                    try:
                        yield from tuple(_rows(f"line {number}", session))
                    except ValueError as error:
                        yield Reject(locator=f"line {number}", reason=str(error), excerpt=line.strip()[:_EXCERPT])
    except DAMAGED as error:
        if not number:
            raise DataError(f"damaged ({error})", where=export.label, hint="Export it again.") from error
        reason = f"damaged from here on ({error}); what follows is not read"
        yield Reject(locator=f"line {number + 1}", reason=reason)


def _rows(locator: str, session: re.Match[str]) -> Iterator[Row]:
    end = _END.fullmatch(session["rest"])
    if end is None:
        raise ValueError("the line does not end in rule, action and result: cut short")
    front, marked, written = end["front"].partition(" cert fp:")
    version, suite, domain = _handshake(front.split())
    address = ip_address(session["address"])
    if address is None:
        raise ValueError(f"{session['address'][:40]!r} is no address")
    port, time = port_number(session["port"]), from_epoch(int(session["time"]))
    if marked and written.strip():
        yield Sighting(
            locator=locator,
            kind="passive",
            host=domain,
            ip=address,
            port=port,
            chain=(_certificate(written),),
            observed_at=time,
        )
    if end["action"].lower() == "cut" and int(end["code"], 16) == 0 and version:
        yield EndpointTls(
            locator=locator,
            host=domain,
            ip=address,
            port=port,
            protocols=(_PROTOCOLS.get(version, version),),
            cipher_suites=(suite,) if suite else (),
            observed_at=time,
        )


def _handshake(words: list[str]) -> tuple[str | None, str | None, str | None]:
    """Version, cipher suite and domain before the category, any of which may be missing; a category has no dot."""
    version = words.pop(0) if words and _VERSION.fullmatch(words[0]) else None
    suite = words.pop(0) if words and _SUITE.fullmatch(words[0]) else None
    domain = words[0].lower().rstrip(".") if words else ""
    return version, suite, domain if "." in domain and "*" not in domain and is_dns_name(domain) else None


def _certificate(written: str) -> StatedCertificate:
    digits = hex_digits(written)
    if len(digits) != _SHA1_DIGITS:
        raise ValueError(f"a fingerprint of {len(digits)} digits, {_SHA1_DIGITS} expected")
    return StatedCertificate(sha1=digits)
