"""Prometheus: certificates that exporters saw, from an exporter's page or from an answer of the HTTP API.

Read: blackbox_exporter (``probe_ssl_last_chain_info``, the version spoken, ``probe_success 0`` of a target that
showed no certificate) and x509-certificate-exporter (``x509_cert_not_after`` of files, Kubernetes
Secrets, ConfigMaps and CA bundles). All other series are passed over, ``x509_cert_not_before`` too: it is a series of
its own, which would have to be held until its like comes. Not read: remote write, and CSV of dashboards.

The page of blackbox_exporter does not say which target it is about: that is a label (``instance``, or ``target``)
Prometheus adds. Neither exporter brings the certificate. The expiry blackbox_exporter gives is the first in the
chain, not that of the leaf: it comes as a finding. Why a probe failed is not said. Of a range the first and the last
time count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from certanalytics.errors import DataError
from certanalytics.model import Reject, Row
from certanalytics.sources._reading.export import DAMAGED, Export
from certanalytics.sources._reading.records import page_records, rows
from certanalytics.sources._reading.signature import Head, Signature
from certanalytics.sources._reading.source import source
from certanalytics.sources.scanners._prometheus import Samples, from_line, from_result

_OURS = r"(?:probe_success|probe_ssl_\w+|x509_cert_\w+)"

_LINE = re.compile(rf"^(?:# (?:HELP|TYPE) {_OURS} |{_OURS}(?:\{{[^\n]*\}})?[ \t]+[-+]?(?:\d|NaN|Inf))", re.MULTILINE)
_WHOLE = re.compile(r"# EOF|(?:probe_success|probe_tls_version_info|probe_ssl_last_chain_info)(?:\{.*\})? [01]")
"""A last line nothing can be missing from, whether or not its end is there: the values are 0 or 1."""


def _is_page(head: Head) -> bool:
    return bool(_LINE.search(head.text)) and head.text.lstrip()[:1] not in {"{", "[", "<", '"'}


def _is_answer(head: Head) -> bool:
    labels = {"fingerprint_sha256", "serial_number"}
    paths = head.json_paths
    return any(
        f"{root}data.resultType" in paths
        and (
            bool(re.search(rf'"__name__"\s*:\s*"{_OURS}"', head.text))
            or any(f"{root}data.result.item.metric.{label}" in paths for label in labels)
        )
        for root in ("", "item.")
    )


@source(
    "prometheus-text",
    produced_by="curl 'http://EXPORTER:9115/probe?target=...', http://EXPORTER:9793/metrics, /federate",
    brings=("place",),
    signature=Signature("text with series probe_success, probe_ssl_* or x509_cert_*", _is_page),
)
def prometheus_text(export: Export) -> Iterator[Row]:
    """Sightings and findings in file order, then the probes that showed no certificate.

    Raises:
        DataError: Not one line can be read.
    """
    samples, number, whole = Samples(), 0, True
    try:
        with export.text() as stream:
            for number, line in enumerate(stream, 1):
                locator = f"line {number}"
                if not (line.endswith("\n") or _WHOLE.fullmatch(line)):
                    yield Reject(locator=locator, reason="the file is cut short here: the line has no end")
                    whole = False
                    break
                if not line.strip() or line.startswith("#"):
                    continue
                try:
                    yield from tuple(samples.rows(from_line(locator, line)))
                except (ValueError, OverflowError) as error:
                    yield Reject(locator=locator, reason=str(error), excerpt=line[:200].strip())
    except DAMAGED as error:
        if not number:
            raise DataError(f"damaged ({error})", where=export.label, hint="Export it again.") from error
        yield Reject(locator=f"line {number + 1}", reason=f"damaged from here on ({error})")
        whole = False
    if whole:  # a target may have shown its certificate in what is missing
        yield from samples.failures()


@source(
    "prometheus-query",
    produced_by="Prometheus: /api/v1/query and /api/v1/query_range, ?query={__name__=~'probe_.*|x509_.*'}",
    brings=("place",),
    tried_on="documentation",
    signature=Signature("JSON with data.resultType and series probe_success, probe_ssl_* or x509_cert_*", _is_answer),
)
def prometheus_query(export: Export) -> Iterator[Row]:
    """The same from answers, in an array too, with the target and the time of every sample.

    Raises:
        DataError: Not one series can be read.
    """
    samples, whole = Samples(), True

    def convert(locator: str, result: Mapping[str, Any]) -> Iterator[Row]:
        if sample := from_result(locator, result):
            yield from samples.rows(sample)

    records = page_records(export, "data.result")
    for record in records:
        whole = whole and not (isinstance(record, Reject) and "the file is" in record.reason)
        yield from rows([record], convert)
    if whole:
        yield from samples.failures()
