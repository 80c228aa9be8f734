"""AWS: certificates in ACM and IAM, where load balancers and CloudFront serve them, and their tags.

Read are the answers of the AWS CLI (v1 and v2, ``--output json``) and of boto3 written as JSON, bare or recorded by
placebo (``{"status_code": 200, "data": {...}}``), one or several in a file:

- ``acm list-certificates``, ``describe-certificate``, ``get-certificate``, ``export-certificate``
- ``iam list-server-certificates``, ``get-server-certificate``
- ``elbv2 describe-listeners``, ``describe-listener-certificates``, ``describe-load-balancers``,
  ``elb describe-load-balancers``
- ``cloudfront list-distributions``, ``get-distribution``
- ``resourcegroupstaggingapi get-resources``

Exports join by ARN (`certanalytics.model.Alias`). Not read: ``list-tags-for-certificate`` and
``list-server-certificate-tags``, which do not name the certificate they are about. What cannot be told: the ARN
behind ``get-certificate``, the listener behind ``describe-listener-certificates``, the load balancer's DNS name of a
listener, and the times in recordings of ACM, which have lost their zone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from certanalytics.model import Row
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.places import Convert, answered_at, dated, made, rows_at
from certanalytics.sources._reading.records import array, section
from certanalytics.sources._reading.signature import Head, Signature
from certanalytics.sources._reading.source import source
from certanalytics.sources.managers._aws_certificates import (
    acm_certificate,
    acm_pem,
    iam_certificate,
    iam_metadata,
    tagged,
)
from certanalytics.sources.managers._aws_places import (
    classic_load_balancer,
    distribution,
    listener,
    listener_certificate,
    load_balancer,
)

_WRAPPERS = ("", "data.", "item.", "item.data.")

_LISTS: dict[str, Convert] = {
    "CertificateSummaryList": acm_certificate,
    "ServerCertificateMetadataList": iam_metadata,
    "Listeners": listener,
    "Certificates": listener_certificate,
    "LoadBalancers": load_balancer,
    "LoadBalancerDescriptions": classic_load_balancer,
    "DistributionList.Items": distribution,
    "ResourceTagMappingList": tagged,
}
_TELLING = (
    ("CertificateSummaryList",),
    ("ServerCertificateMetadataList",),
    ("Listeners.item.ListenerArn",),
    ("Certificates.item.CertificateArn", "Certificates.item.IsDefault"),
    ("LoadBalancers.item.LoadBalancerArn",),
    ("LoadBalancerDescriptions.item.ListenerDescriptions",),
    ("DistributionList.Items.item.ARN",),
    ("ResourceTagMappingList.item.ResourceARN",),
)
_ONES = (
    ("Certificate.CertificateArn",),
    ("Certificate", "CertificateChain"),
    ("ServerCertificate.ServerCertificateMetadata",),
    ("Distribution.ARN",),
)
"""What tells an answer about one thing, which is read as a whole."""

_BARE_PEM = re.compile(r'\s*\{\s*(?:"status_code"\s*:\s*200\s*,\s*"data"\s*:\s*\{\s*)?"Certificate"\s*:\s*"-----BEGIN ')


def _found(head: Head, telling: tuple[tuple[str, ...], ...]) -> bool:
    return any(all(wrapper + path in head.json_paths for path in paths) for wrapper in _WRAPPERS for paths in telling)


def _is_one(head: Head) -> bool:
    # VCert writes a member of that name too, beside others.
    bare = bool(_BARE_PEM.match(head.text)) and not {"Chain", "PickupId"} & head.json_paths
    return _found(head, _ONES) or bare


@source(
    "aws-json",
    produced_by="AWS CLI v1 and v2 (--output json), boto3: acm, iam, elbv2, elb, cloudfront, resourcegroupstaggingapi",
    brings=("certificate", "chain", "place", "owner", "status"),
    signature=Signature(
        "JSON with one of " + ", ".join(" and ".join(paths) for paths in (*_TELLING, *_ONES)) + ", bare or under data",
        lambda head: _found(head, _TELLING) or _is_one(head),
    ),
)
def aws_json(export: Export) -> Iterator[Row]:
    """Read answers of AWS; lists as a stream, answers about one certificate or distribution as a whole.

    ``observed_at`` is the ``Date`` of the answer in recordings, which keep the HTTP headers; else it stays empty.
    """
    prefix = "ResponseMetadata.HTTPHeaders.date"
    head = Head(export.head)
    recorded = any(f"{wrapper}data" in head.json_paths for wrapper in ("", "item."))
    if _is_one(head):
        whole = "item" if "item" in head.json_paths else ""
        rows = rows_at(export, {whole: lambda locator, value: _answer(locator, value, export.label)})
    else:
        rows = rows_at(
            export, {f"{wrapper}{path}.item": read for wrapper in _WRAPPERS for path, read in _LISTS.items()}
        )
    if recorded:
        rows = dated(rows, answered_at(export, *(wrapper + prefix for wrapper in _WRAPPERS)))
    yield from rows


def _answer(locator: str, value: Any, path: str) -> Iterator[Row]:
    """A whole answer, whatever it is about."""
    said = section(value)
    if "status_code" in said:
        said = section(said.get("data"))
    if isinstance(said.get("Certificate"), dict):
        yield from made(f"{locator}.Certificate", said["Certificate"], acm_certificate)
    elif "Certificate" in said:
        yield from acm_pem(locator, said, path)
    if "ServerCertificate" in said:
        yield from iam_certificate(f"{locator}.ServerCertificate", said["ServerCertificate"], path)
    if "Distribution" in said:
        yield from made(f"{locator}.Distribution", said["Distribution"], distribution)
    for name, read in _LISTS.items():
        outer, _, inner = name.partition(".")
        listed = section(said.get(outer)).get(inner) if inner else said.get(outer)
        for number, each in enumerate(array(listed)):
            yield from made(f"{locator}.{name}[{number}]", each, read)
