"""What Prometheus knows of certificates, one sample after the other: a name, labels, a value, perhaps a time.

The text exposition and the answers of the HTTP API hold the same samples.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from certanalytics.model import EndpointTls, Finding, Probe, Row, Sighting, StatedCertificate
from certanalytics.sources._reading.text import fingerprint, from_epoch, host_and_ip, ip_address, is_dns_name
from certanalytics.sources._reading.text import serial_hex as serial

_YEAR_1 = -62_135_596_800
"""Go's time of nothing: blackbox_exporter gives it as the expiry of a chain that did not verify."""

_PORTS = {"https": 443, "ldaps": 636, "imaps": 993, "pop3s": 995, "smtps": 465, "wss": 443}
_TLS_PORTS = frozenset({443, 465, 563, 636, 853, 989, 990, 992, 993, 994, 995, 3269, 5061, 5986, 6697, 8443, 8883})

_EXPORTER = 9115
"""The port of blackbox_exporter."""

_EARLIEST = "probe_ssl_earliest_cert_expiry"
_ATTRIBUTES = re.compile(r"(?:^|[+,])(CN|O)=((?:[^\\,+]|\\.)*)", re.DOTALL)
_LABELS_OF_PODS = ("pod", "container")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One value of one series.

    Attributes:
        locator: Where it stands in the file.
        name: The metric; empty where a query has taken it off.
        labels: What tells the series from others of its name.
        value: The value.
        times: When it was so, first and last; empty if the file does not say.
    """

    locator: str
    name: str
    labels: Mapping[str, str]
    value: float
    times: tuple[datetime, ...] = ()


class Samples:
    """Rows of one file's samples.

    Whether a probe that failed got a certificate all the same is known only at the end: it failed for an answer
    of HTTP 500, say. So failures are kept until then, one for every target.
    """

    def __init__(self) -> None:
        self._failed: dict[tuple[tuple[str, str], ...], Sample] = {}
        self._showed: set[tuple[tuple[str, str], ...]] = set()
        self._no_tls: set[tuple[tuple[str, str], ...]] = set()

    def rows(self, sample: Sample) -> Iterator[Row]:
        """What one sample says; nothing for one that is not about certificates.

        Raises:
            ValueError: A label or a value is none.
        """
        name, target = sample.name, _target(sample.labels)
        if name.startswith("probe_ssl_"):
            self._showed.add(target)
        if name == "probe_success" and sample.value == 0:
            self._failed[target] = sample
        elif name.startswith(("probe_icmp_", "probe_dns_answer", "probe_dns_query", "probe_dns_duration")):
            self._no_tls.add(target)
        elif name == "probe_ssl_last_chain_info" or (not name and "fingerprint_sha256" in sample.labels):
            self._showed.add(target)
            for time in _moments(sample):
                yield Sighting(
                    locator=sample.locator,
                    chain=(_leaf(sample.labels),),
                    kind="scan",
                    **_endpoint(sample.labels),
                    **time,
                )
        elif name == _EARLIEST and (expiry := _time(sample.value)):
            place = {key: value for key, value in _endpoint(sample.labels).items() if key != "sni"}
            yield Finding(
                locator=sample.locator,
                check_id=name,
                severity="info",
                text=f"a certificate of the chain served ends on {expiry.isoformat(sep=' ')} UTC, the first to do so",
                **place,
                **_moments(sample)[-1],
            )
        elif name == "probe_tls_version_info" and (version := _version(sample.labels)):
            place = _endpoint(sample.labels)
            if place["host"] or place["ip"]:
                yield EndpointTls(locator=sample.locator, protocols=(version,), **place, **_moments(sample)[-1])
        elif name == "x509_cert_not_after" or (not name and "serial_number" in sample.labels):
            yield from _stored(sample)
        elif name == "x509_cert_error" and sample.value:
            yield Finding(
                locator=sample.locator,
                check_id=name,
                severity="warn",
                text=_where(sample.labels)["resource"] or "the exporter could not read a certificate here",
                host=_where(sample.labels)["host"],
                ip=_where(sample.labels)["ip"],
                path=_where(sample.labels)["path"],
                **_moments(sample)[-1],
            )

    def failures(self) -> Iterator[Row]:
        """The targets that were asked for TLS and gave no certificate; what the probe was for is told by its target."""
        for target, sample in self._failed.items():
            if target not in self._showed | self._no_tls and _asked_for_tls(sample.labels):
                yield Probe(
                    locator=sample.locator,
                    outcome="no certificate",  # blackbox_exporter does not say why
                    detail="probe_success 0",
                    **_endpoint(sample.labels),
                    **_moments(sample)[-1],
                )


def _asked_for_tls(labels: Mapping[str, str]) -> bool:
    """Whether a probe was for TLS: by its target or its names; of a page that names none, what else would it be."""
    written = _address(labels)
    if not written:
        return True
    scheme, _, rest = written.partition("://")
    if rest:
        return scheme in _PORTS
    named = re.search(r"tls|ssl|https|cert", f"{labels.get('module', '')} {labels.get('job', '')}", re.IGNORECASE)
    return bool(named) or _endpoint(labels)["port"] in _TLS_PORTS


def _moments(sample: Sample) -> list[dict[str, Any]]:
    """First and last time; of a series over a range both count, the certificate was there all the while."""
    return [{"observed_at": time} for time in dict.fromkeys(sample.times)] or [{}]


def _time(value: float) -> datetime | None:
    if not math.isfinite(value) or value <= _YEAR_1:
        return None
    return from_epoch(value)


def _target(labels: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """What the series of one probe have in common."""
    return tuple((name, labels[name]) for name in ("job", "module", "target", "instance", "probe") if name in labels)


def _address(labels: Mapping[str, str]) -> str:
    return labels.get("target") or labels.get("instance") or ""


def _endpoint(labels: Mapping[str, str]) -> dict[str, Any]:
    """The place a probe was sent to, by the labels Prometheus puts there; the exposition itself does not name it."""
    written = _address(labels)
    try:
        parts = urlsplit(written if "://" in written else f"//{written}")
        name, port = parts.hostname, parts.port
    except ValueError:
        name, port, parts = None, None, urlsplit("")
    host, ip = host_and_ip(name)
    if port == _EXPORTER or not (ip or is_dns_name(host or "")):
        host = ip = port = None  # the exporter itself, its target not made a label; or a name for people
    elif port is None:
        port = _PORTS.get(parts.scheme)
    return {"host": host, "ip": ip, "port": port, "sni": host}


def _leaf(labels: Mapping[str, str]) -> StatedCertificate:
    """The leaf. When it ends is not said: the expiry series are about the whole chain."""
    subject, issuer = labels.get("subject"), labels.get("issuer")
    number = labels.get("serialnumber")
    names = [name for name in labels.get("subjectalternative", "").split(",") if name]
    return StatedCertificate(
        sha256=fingerprint(labels["fingerprint_sha256"], 32),
        serial_hex=serial(number) if number else None,
        subject_dn=subject or None,
        subject_cn=_attribute(subject, "CN"),
        subject_o=_attribute(subject, "O"),
        issuer_dn=issuer or None,
        issuer_cn=_attribute(issuer, "CN"),
        issuer_o=_attribute(issuer, "O"),
        san_dns=tuple(name for name in names if is_dns_name(name)),
        san_ip=tuple(address for name in names if (address := ip_address(name))),
    )


def _attribute(dn: str | None, name: str) -> str | None:
    """An attribute that a name in Go's order has once; of several nobody knows which is meant."""
    found = [re.sub(r"\\(.)", r"\1", value) for key, value in _ATTRIBUTES.findall(dn or "") if key == name]
    return found[0] if len(found) == 1 else None


def _version(labels: Mapping[str, str]) -> str | None:
    """The version that was spoken, as the other scanners write it."""
    found = re.fullmatch(r"TLS (1\.[0-3])", labels.get("version", ""))
    return f"TLSv{found[1]}" if found else None


def _stored(sample: Sample) -> Iterator[Row]:
    """A certificate that x509-certificate-exporter found in a file, a Secret or the like."""
    labels, time = sample.labels, _time(sample.value)
    number = labels.get("serial_number", "")
    if not number:
        return  # a bundle that could not be parsed
    certificate = StatedCertificate(
        serial_hex=serial(int(number)),
        subject_cn=labels.get("subject_CN") or None,
        subject_o=labels.get("subject_O") or None,
        issuer_cn=labels.get("issuer_CN") or None,
        issuer_o=labels.get("issuer_O") or None,
        not_after=time if sample.name else None,  # what a query made of the value nobody knows
    )
    for moment in _moments(sample):
        yield Sighting(locator=sample.locator, chain=(certificate,), kind="file", **_where(labels), **moment)


def _where(labels: Mapping[str, str]) -> dict[str, Any]:
    """Where a certificate lies. The target that was scraped is the machine only where no pod stands between."""
    path = labels.get("filepath") or None
    node = (labels.get("node") or None) if path else None
    place = _endpoint(labels) if path and not node and not any(labels.get(name) for name in _LABELS_OF_PODS) else {}
    names = [("secret_namespace", "secret_name"), ("configmap_namespace", "configmap_name")]
    names += [("cabundle_resource_kind", "cabundle_resource_name"), ("embedded_kind", "embedded_key")]
    held = (f"{labels[outer]}/{labels[inner]}" for outer, inner in names if labels.get(outer) and labels.get(inner))
    return {"host": node or place.get("host"), "ip": place.get("ip"), "path": path, "resource": next(held, None)}


_SERIES = re.compile(
    r'([A-Za-z_:][\w:]*)\s*(?:\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\})?\s+(\S+)(?:\s+(-?[\d.]+))?(?:\s+#.*)?'
)
_LABEL = re.compile(r'\s*([A-Za-z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*,?')
_ESCAPES = {"\\n": "\n", '\\"': '"', "\\\\": "\\"}


def from_line(locator: str, line: str) -> Sample:
    """One line of the text exposition format; a time at its end (federation) is in milliseconds, or in seconds.

    Raises:
        ValueError: It is none.
    """
    found = _SERIES.fullmatch(line.strip())
    if not found:
        raise ValueError("not a sample of the text exposition format")
    name, labels, value, time = found.groups()
    if labels and _LABEL.sub("", labels).strip():
        raise ValueError("its labels are not labels")
    said = {
        key: re.sub(r"\\[n\"\\]", lambda escape: _ESCAPES[escape[0]], text)
        for key, text in _LABEL.findall(labels or "")
    }
    stamp = float(time) if time else None
    when = (from_epoch(stamp / 1000 if stamp > 1e11 else stamp),) if stamp else ()
    return Sample(locator=locator, name=name, labels=said, value=float(value), times=when)


def from_result(locator: str, result: Mapping[str, Any]) -> Sample | None:
    """One series of an answer: its last value, and the first and last times it was so; ``None`` if it has no value.

    Raises:
        KeyError, TypeError, ValueError: It is no series.
    """
    metric = result["metric"]
    points = result["values"] if "values" in result else [result["value"]] if "value" in result else []
    if not isinstance(metric, dict) or not isinstance(points, list):
        raise TypeError("not a series")
    if not points:
        return None
    labels = {key: value for key, value in metric.items() if isinstance(value, str)}
    (first, _), (last, value) = points[0], points[-1]
    times = from_epoch(float(first)), from_epoch(float(last))
    return Sample(locator=locator, name=labels.pop("__name__", ""), labels=labels, value=float(value), times=times)
