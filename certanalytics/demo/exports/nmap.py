"""nmap 7.93: monthly scans of the internal network, ``nmap -Pn --script ssl-cert,ssl-enum-ciphers -oX``.

Servers are scanned by name, network equipment by address alone. One XML document a scan.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from xml.sax.saxutils import quoteattr

from cryptography import x509

from certanalytics.demo.certificates import Certificate
from certanalytics.demo.clock import INTERNAL_SCANS, epoch
from certanalytics.demo.company import Endpoint
from certanalytics.demo.exports._files import pem, write, write_zip
from certanalytics.demo.world import Issued, World

_ARGUMENTS = "nmap -Pn -p443 --script ssl-cert,ssl-enum-ciphers -iL internal.txt -oX internal.xml"
_SECONDS_A_HOST = 4
_CLOSED_PORT = (
    '<port protocol="tcp" portid="443"><state state="closed" reason="reset" reason_ttl="64"/>'
    '<service name="https" method="table" conf="3"/></port>'
)


def write_scans(folder: Path, world: World) -> None:
    """Write one file a month; the first year lies in one archive, the rest is packed one by one."""
    documents = {start: _document(world, start) for start in INTERNAL_SCANS}
    archived = INTERNAL_SCANS[:12]
    members = {f"nmap-internal-{start:%Y-%m-%d}.xml": documents[start].encode() for start in archived}
    write_zip(folder / "nmap-internal-first-year.zip", members, archived[-1] + timedelta(hours=3))
    for start in INTERNAL_SCANS[12:]:
        name = f"nmap-internal-{start:%Y-%m-%d}.xml.zst"
        write(folder / name, documents[start].encode(), start + timedelta(hours=3))


def _document(world: World, start: datetime) -> str:
    hosts = [
        _host(start, number, endpoint, each) for number, (endpoint, each) in enumerate(world.served("internal", start))
    ]
    for endpoint in world.gone("internal", start):
        hosts.append(_host(start, len(hosts), endpoint, None))
    end = start + timedelta(seconds=_SECONDS_A_HOST * len(hosts) + 1)
    elapsed = epoch(end) - epoch(start)
    summary = (
        f"Nmap done at {end.ctime()}; {len(hosts)} IP addresses ({len(hosts)} hosts up) scanned in {elapsed} seconds"
    )
    run = (
        f'<nmaprun scanner="nmap" args={quoteattr(_ARGUMENTS)} start="{epoch(start)}" '
        f'startstr="{start.ctime()}" version="7.93" xmloutputversion="1.05">'
    )
    finished = (
        f'<runstats><finished time="{epoch(end)}" timestr="{end.ctime()}" summary="{summary}" '
        f'elapsed="{elapsed}" exit="success"/><hosts up="{len(hosts)}" down="0" total="{len(hosts)}"/>'
    )
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            "<!DOCTYPE nmaprun>",
            '<?xml-stylesheet href="file:///usr/bin/../share/nmap/nmap.xsl" type="text/xsl"?>',
            run,
            '<scaninfo type="syn" protocol="tcp" numservices="1" services="443"/>',
            '<verbose level="0"/>',
            '<debugging level="0"/>',
            *hosts,
            finished,
            "</runstats>",
            "</nmaprun>",
            "",
        ]
    )


def _host(start: datetime, number: int, endpoint: Endpoint, served: Issued | None) -> str:
    """One host; without a certificate its port is closed."""
    begun = epoch(start) + number * _SECONDS_A_HOST
    hostnames = [] if endpoint.is_appliance else [f'<hostname name="{endpoint.host}" type="user"/>']
    return "\n".join(
        [
            f'<host starttime="{begun}" endtime="{begun + _SECONDS_A_HOST}">',
            '<status state="up" reason="user-set" reason_ttl="0"/>',
            f'<address addr="{endpoint.ip}" addrtype="ipv4"/>',
            "<hostnames>",
            *hostnames,
            "</hostnames>",
            f"<ports>{_open_port(served.certificate) if served else _CLOSED_PORT}",
            "</ports>",
            '<times srtt="12" rttvar="3750" to="100000"/>',
            "</host>",
        ]
    )


@cache
def _open_port(certificate: Certificate) -> str:
    return (
        '<port protocol="tcp" portid="443"><state state="open" reason="syn-ack" reason_ttl="64"/>'
        f'<service name="https" method="table" conf="3"/>{_ssl_cert(certificate)}'
        f"{_ssl_enum_ciphers(certificate)}</port>"
    )


def _ssl_cert(certificate: Certificate) -> str:
    request = certificate.request
    key = request.key
    names = ", ".join(f"DNS:{name}" for name in request.alternative_names)
    sha1 = hashlib.sha1(certificate.der, usedforsecurity=False).hexdigest()
    md5 = hashlib.md5(certificate.der, usedforsecurity=False).hexdigest()
    sigalg = certificate.signer.algorithm_name
    begins, ends = request.not_before.isoformat(), request.not_after.isoformat()
    kind = "rsa" if key.is_rsa else "ec"
    output = "\n".join(
        [
            f"Subject: {_one_line(request.subject)}",
            *([f"Subject Alternative Name: {names}"] if names else []),
            f"Issuer: {_one_line(certificate.issuer)}",
            f"Public Key type: {kind}",
            f"Public Key bits: {key.bits}",
            f"Signature Algorithm: {sigalg}",
            f"Not valid before: {begins}",
            f"Not valid after:  {ends}",
            f"MD5:   {md5}",
            f"SHA-1: {sha1}",
        ]
    )
    numbers = f'<elem key="modulus">{key.numbers[0]:X}</elem>\n<elem key="exponent">{key.numbers[1]}</elem>\n'
    usage = "Digital Signature, Key Encipherment" if key.is_rsa else "Digital Signature"
    extensions = "".join(
        _extension_table(*extension)
        for extension in (
            ("X509v3 Key Usage", usage, True),
            ("X509v3 Basic Constraints", "CA:FALSE", True),
            *([("X509v3 Subject Alternative Name", names, False)] if names else []),
        )
    )
    return (
        f'<script id="ssl-cert" output={_attribute(output)}>{_name_table("subject", request.subject)}'
        f'{_name_table("issuer", certificate.issuer)}<table key="pubkey">\n<elem key="type">{kind}</elem>\n'
        f'<elem key="bits">{key.bits}</elem>\n{numbers if key.is_rsa else ""}</table>\n'
        f'<table key="extensions">\n{extensions}</table>\n'
        f'<elem key="sig_algo">{sigalg}</elem>\n<table key="validity">\n'
        f'<elem key="notBefore">{begins}</elem>\n<elem key="notAfter">{ends}</elem>\n</table>\n'
        f'<elem key="md5">{md5}</elem>\n<elem key="sha1">{sha1}</elem>\n'
        f'<elem key="pem">{_dashes(pem(certificate.der))}</elem>\n</script>'
    )


def _extension_table(name: str, value: str, critical: bool) -> str:  # noqa: FBT001  # as the columns of a table
    mark = '<elem key="critical">true</elem>\n' if critical else ""
    return f'<table>\n<elem key="name">{name}</elem>\n<elem key="value">{value}</elem>\n{mark}</table>\n'


def _ssl_enum_ciphers(certificate: Certificate) -> str:
    key = certificate.request.key
    auth = "RSA" if key.is_rsa else "ECDSA"
    is_old = certificate.signer.digest == "sha1" or key.kind == "RSA-1024"
    versions = {
        **({"TLSv1.0": [f"TLS_ECDHE_{auth}_WITH_AES_128_CBC_SHA"]} if is_old else {}),
        "TLSv1.2": [f"TLS_ECDHE_{auth}_WITH_AES_256_GCM_SHA384", f"TLS_ECDHE_{auth}_WITH_AES_128_GCM_SHA256"],
        **({} if is_old else {"TLSv1.3": ["TLS_AKE_WITH_AES_256_GCM_SHA384"]}),
    }
    lines, tables = [""], []
    for version, suites in versions.items():
        lines += [f"  {version}: ", "    ciphers: "]
        lines += [f"      {suite} (secp256r1) - A" for suite in suites]
        lines.append("    cipher preference: server")
        rows = "".join(
            f'<table>\n<elem key="name">{suite}</elem>\n<elem key="kex_info">secp256r1</elem>\n'
            '<elem key="strength">A</elem>\n</table>\n'
            for suite in suites
        )
        tables.append(
            f'<table key="{version}">\n<table key="ciphers">\n{rows}</table>\n'
            '<elem key="cipher preference">server</elem>\n</table>\n'
        )
    lines.append("  least strength: A")
    output = _attribute("\n".join(lines))
    return (
        f'<script id="ssl-enum-ciphers" output={output}>{"".join(tables)}<elem key="least strength">A</elem>\n</script>'
    )


def _name_table(key: str, name: x509.Name) -> str:
    elements = sorted((attribute.oid._name, str(attribute.value)) for attribute in name)  # noqa: SLF001
    return "\n".join(
        [f'<table key="{key}">', *(f'<elem key="{kind}">{value}</elem>' for kind, value in elements), "</table>", ""]
    )


def _one_line(name: x509.Name) -> str:
    return "/".join(f"{attribute.oid._name}={attribute.value!s}" for attribute in reversed(list(name)))  # noqa: SLF001


def _attribute(text: str) -> str:
    return quoteattr(text, {"\n": "&#xa;"})


def _dashes(text: str) -> str:
    """Text as nmap writes it: line ends and every dash after a dash as character references."""
    return text.replace("-----", "-&#45;&#45;&#45;&#45;").replace("\n", "&#xa;")
