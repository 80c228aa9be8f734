"""SSLyze before 5.0: the JSON of 3.x and 4.x, and the XML of 1.x and 2.x (2014 to 2020).

Read as from newer ones: the chains as served, the protocol versions and suites that were accepted, and every server
that gave no certificate. Not read: the chains SSLyze built against its trust stores, its checks for vulnerabilities,
and the JSON of 1.x and 2.x.

Neither format says when the scan ran, only how long it took.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from certanalytics.model import (
    CertificateRef,
    EndpointTls,
    Outcome,
    Probe,
    Reject,
    Row,
    Run,
    Sighting,
    StatedCertificate,
)
from certanalytics.sources._reading.export import DAMAGED, Export
from certanalytics.sources._reading.json import BrokenJsonError, items
from certanalytics.sources._reading.records import array, json_records, rows, section, text
from certanalytics.sources._reading.reports import read_through
from certanalytics.sources._reading.signature import Signature, json_paths
from certanalytics.sources._reading.source import source
from certanalytics.sources._reading.text import hex_digits, host_and_ip, port_number, serial_hex, utc
from certanalytics.sources._reading.xml import xml_rows
from certanalytics.sources.scanners._sslyze import Result, distinct, outcome, place
from certanalytics.x509.containers import pem_to_der

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_NO_TARGET = re.compile("Not a valid host:port|IPv6 is not supported")
"""What SSLyze says of a target that it could make nothing of."""

_RECEIVED = ("receivedCertificateChain", "certificateChain")
"""What the chain as served is called in the XML; the second in 0.10 to 0.13."""

_PROTOCOLS = {
    "sslv2": "SSLv2",
    "sslv3": "SSLv3",
    "tlsv1": "TLSv1.0",
    "tlsv1_1": "TLSv1.1",
    "tlsv1_2": "TLSv1.2",
    "tlsv1_3": "TLSv1.3",
}


@source(
    "sslyze-json-3",
    produced_by="sslyze --certinfo --json_out=FILE TARGETS (SSLyze 3.x and 4.x)",
    brings=("certificate", "chain", "place", "protocols"),
    signature=json_paths("server_connectivity_errors") | json_paths("server_scan_results.item.scan_commands_results"),
)
def sslyze_json_3(export: Export) -> Iterator[Row]:
    """Sightings, endpoints and probes of one run; servers that could not be reached come first.

    Raises:
        DataError: Not one result can be read.
    """
    yield Run(tool_version=_version(export))
    for number, error in enumerate(_unreached(export)):
        locator = f"server_connectivity_errors[{number}]"
        try:
            failed = section(error)
            server, message = text(failed.get("server_string")), text(failed.get("error_message"))
        except ValueError as odd:
            yield Reject(locator=locator, reason=str(odd))
        else:
            yield _failed(locator, server or "", message or "")
    yield from rows(
        json_records(export, "server_scan_results"),
        lambda locator, result: Result(locator, _as_newer(result), {}, "scan_commands_results").rows(),
    )


def _version(export: Export) -> str | None:
    """Which SSLyze it was, from the last member but one of the file; a server cannot write an unescaped quote."""
    found = re.search(r'"sslyze_version"\s*:\s*"([^"\\]*)"', read_through(export, "sslyze_version")[1])
    return found[1] if found else None


def _unreached(export: Export) -> Iterator[Any]:
    try:
        with export.open() as stream:
            yield from items(stream, "server_connectivity_errors.item")
    except (BrokenJsonError, *DAMAGED):
        return  # the results are read next, from the same bytes: there the break is reported, once


def _as_newer(result: Mapping[str, Any]) -> dict[str, Any]:
    """A result of 3.x or 4.x in the shape of newer ones."""
    server = section(result.get("server_info"))
    errors = section(result.get("scan_commands_errors"))
    attempts: dict[str, Any] = {
        name: {"status": "COMPLETED", "result": said}
        for name, said in section(result.get("scan_commands_results")).items()
    }
    for name, failure in errors.items():
        why = section(failure)
        attempts[name] = {
            "status": "ERROR",
            "error_reason": why.get("reason"),
            "error_trace": why.get("exception_trace"),
        }
    if "certificate_info" in attempts and (found := attempts["certificate_info"].get("result")):
        deployments = [
            {**section(one), "received_certificate_chain": _newer_chain(section(one))}
            for one in array(section(found).get("certificate_deployments"))
        ]
        attempts["certificate_info"]["result"] = {**found, "certificate_deployments": deployments}
    return {
        "server_location": server.get("server_location"),
        "network_configuration": server.get("network_configuration"),
        "connectivity_status": "COMPLETED",
        "scan_result": attempts,
    }


def _newer_chain(deployment: Mapping[str, Any]) -> list[dict[str, Any]]:
    chain = []
    for certificate in map(section, array(deployment.get("received_certificate_chain"))):
        if "serialNumber" not in certificate:  # 4.x has the names of 5.x already
            chain.append(dict(certificate))
            continue
        key, serial = section(certificate.get("publicKey")), text(certificate["serialNumber"])
        chain.append(
            {
                **certificate,
                "serial_number": int(serial) if serial else None,
                "not_valid_before": certificate.get("notBefore"),
                "not_valid_after": certificate.get("notAfter"),
                "subject_alternative_name": {
                    "dns_names": section(certificate.get("subjectAlternativeName")).get("DNS")
                },
                "signature_hash_algorithm": {"name": certificate.get("signatureAlgorithm")},
                "public_key": {
                    "algorithm": key.get("algorithm"),
                    "key_size": key.get("size"),
                    "ec_curve_name": key.get("curve"),
                },
            }
        )
    return chain


def _failed(locator: str, server: str, message: str) -> Row:
    """A server SSLyze could not start on, or what was no target at all."""
    found = place(server)
    if not found or _NO_TARGET.search(message):
        return Reject(locator=locator, reason=f"SSLyze could not use this target: {message}", excerpt=server)
    host, ip, port = found
    return Probe(locator=locator, outcome=outcome(message), detail=message or None, host=host, ip=ip, port=port)


@source(
    "sslyze-xml",
    produced_by="sslyze --certinfo --xml_out=FILE TARGETS (SSLyze 1.x and 2.x)",
    brings=("certificate", "chain", "place", "protocols"),
    signature=Signature(
        "XML <document SSLyzeVersion>",
        lambda head: (
            head.xml_root == "document" and bool(re.search(r"<document\s[^>]{0,1000}\bSSLyzeVersion\s*=", head.text))
        ),
    ),
)
def sslyze_xml(export: Export) -> Iterator[Row]:
    """Sightings, endpoints and probes of one run.

    Raises:
        DataError: The file holds entities, or is no XML from its first byte on.
    """
    readers = {
        "document": lambda _, root: [Run(tool_version=root.get("SSLyzeVersion"))],
        "document/results/target": _target,
        "document/invalidTargets/invalidTarget": lambda locator, failed: [
            _failed(locator, (failed.text or "").strip(), failed.get("error", ""))
        ],
    }
    yield from xml_rows(export, readers)


def _target(locator: str, target: Element) -> Iterator[Row]:
    host, ip = host_and_ip(target.get("host"), target.get("ip"))
    if not (host or ip):
        raise ValueError("it does not say which server it is about")
    wrapped = target.get("tlsWrappedProtocol", "")
    where: dict[str, Any] = {
        "host": host,
        "ip": ip,
        "port": port_number(target.attrib["port"]),
        "starttls": _starttls(wrapped) if wrapped.startswith("startTls") else None,
    }
    asked = [command for command in target if command.tag.startswith("certinfo")]
    sent = next((name for command in asked if (name := _sni(command))), None)
    seen: set[tuple[CertificateRef, ...]] = set()
    chains = [chain for command in asked for name in _RECEIVED for chain in command.findall(name)]
    for received in chains:
        chain: list[CertificateRef] = []
        for number, certificate in enumerate(received.findall("certificate"), 1):
            try:
                chain.append(_certificate(certificate))
            except ValueError as error:
                yield Reject(locator=f"{locator}/{received.tag}/certificate[{number}]", reason=str(error))
                break  # what follows a gap is no chain
        if chain and tuple(chain) not in seen:
            seen.add(tuple(chain))
            yield Sighting(locator=f"{locator}/{received.tag}", chain=tuple(chain), kind="scan", sni=sent, **where)
    as_received = any(received.find("certificate") is not None for received in chains)
    if not as_received and any(command.find(".//certificate") is not None for command in asked):
        # 1.1.0 and 1.1.1 put what they received into the chains they built, 0.9 and before wrote no chain.
        yield Reject(locator=locator, reason="SSLyze did not write the certificates as it received them")
    elif asked and not as_received:
        words = next((words for command in asked if (words := command.get("exception"))), None)
        why: Outcome = outcome(words) if words else "no certificate"
        yield Probe(locator=locator, outcome=why, detail=words, sni=sent, **where)
    yield from _endpoint(locator, target, {**where, "sni": sent})


def _endpoint(locator: str, target: Element, where: Mapping[str, Any]) -> Iterator[Row]:
    tried = {name: command for name in _PROTOCOLS if (command := target.find(name)) is not None}
    answered = {name: command for name, command in tried.items() if command.get("exception") is None}
    if not answered:
        return
    accepted = {name: command.findall("acceptedCipherSuites/cipherSuite") for name, command in answered.items()}
    yield EndpointTls(
        locator=locator,
        protocols=tuple(_PROTOCOLS[name] for name, suites in accepted.items() if suites),
        refused=tuple(_PROTOCOLS[name] for name, suites in accepted.items() if not suites),
        cipher_suites=distinct(suite.get("name") for suites in accepted.values() for suite in suites),
        **where,
    )


def _starttls(wrapped: str) -> str:
    """``startTlsXmppServer`` as newer SSLyze has it: ``xmpp_server``."""
    name = wrapped.removeprefix("startTls")
    return "xmpp_server" if name == "XmppServer" else name.lower()


def _sni(command: Element) -> str | None:
    """The name SSLyze asked for; it stands on the chain, in 1.0 only where the name is compared."""
    for path, name in (
        ("receivedCertificateChain", "suppliedServerNameIndication"),
        ("certificateValidation/hostnameValidation", "serverHostname"),
    ):
        if (found := command.find(path)) is not None and (sent := host_and_ip(found.get(name))[0]):
            return sent
    return None


def _certificate(certificate: Element) -> CertificateRef:
    """The DER, or what SSLyze says of the certificate when its PEM was cut out of the export."""
    try:
        return pem_to_der(certificate.findtext("asPEM") or "")
    except ValueError:
        said = {child.tag: child.text.strip() for child in certificate if child.text and child.text.strip()}
        serial, sha1 = said.get("serialNumber", ""), certificate.get("sha1Fingerprint")
        stated = StatedCertificate(
            sha1=hex_digits(sha1) if sha1 else None,
            serial_hex=serial_hex(int(serial)) if serial.isdigit() else None,
            subject_dn=said.get("subject"),
            issuer_dn=said.get("issuer"),
            san_dns=distinct(name.text for name in certificate.findall("subjectAlternativeName/DNS")),
            not_before=utc(said.get("notBefore")),
            not_after=utc(said.get("notAfter")),
            signature_hash=said.get("signatureAlgorithm"),
        )
        if stated == StatedCertificate():
            raise
        return stated
