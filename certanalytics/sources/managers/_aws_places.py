"""Where AWS is set up to serve a certificate: listeners of load balancers and CloudFront distributions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from certanalytics.model import Asset, Record, Row, Sighting, StatedCertificate
from certanalytics.sources._reading.held import attributes
from certanalytics.sources._reading.records import array, section, text
from certanalytics.sources._reading.text import is_dns_name, port_number
from certanalytics.sources.managers._aws_text import arn

ELB = "aws-elb"


def listener(locator: str, value: Any) -> Iterator[Row]:
    """One listener of ELBv2; a listener without TLS has no certificate and gives no row.

    The answer shows the default certificate only, and not the DNS name of the load balancer.
    """
    said = section(value)
    name, port = arn(said["ListenerArn"]), text(said.get("Port"))
    for certificate in array(said.get("Certificates")):
        yield Sighting(
            locator=locator,
            kind="config",
            resource=name,
            port=port_number(port) if port else None,
            chain=(StatedCertificate(alias=arn(section(certificate)["CertificateArn"])),),
        )


def listener_certificate(locator: str, value: Any) -> Iterator[Row]:
    """One certificate of ``describe-listener-certificates``, which does not name the listener it was asked about."""
    said = section(value)
    name = arn(said["CertificateArn"])
    yield Record(
        locator=locator,
        system=ELB,
        record_id=name,
        certificate=StatedCertificate(alias=name),
        attributes=attributes({"in_use_by": "a listener the export does not name", "IsDefault": said.get("IsDefault")}),
    )


def load_balancer(locator: str, value: Any) -> Iterator[Row]:
    """One load balancer of ELBv2: its DNS name."""
    said = section(value)
    name = text(said.get("DNSName"))
    yield Asset(
        locator=locator,
        system=ELB,
        asset_id=arn(said["LoadBalancerArn"]),
        name=name if name and is_dns_name(name) else None,
        service=text(said.get("LoadBalancerName")),
        status=text(section(said.get("State")).get("Code")),
        location=text(said.get("VpcId")),
    )


def classic_load_balancer(locator: str, value: Any) -> Iterator[Row]:
    """One classic load balancer with its listeners; it has a name in its region but shows no ARN."""
    said = section(value)
    host = text(said.get("DNSName"))
    for description in array(said.get("ListenerDescriptions")):
        heard = section(section(description).get("Listener"))
        certificate, port = text(heard.get("SSLCertificateId")), text(heard.get("LoadBalancerPort"))
        if certificate is None or not certificate.startswith("arn:"):
            continue  # no TLS, or a certificate that was deleted ("Invalid-Certificate")
        yield Sighting(
            locator=locator,
            kind="config",
            resource=text(said.get("LoadBalancerName")),
            host=host,
            port=port_number(port) if port else None,
            chain=(StatedCertificate(alias=certificate),),
        )


def distribution(locator: str, value: Any) -> Iterator[Row]:
    """One CloudFront distribution, summary or in full: its own certificate at each of its alternate names.

    At its ``cloudfront.net`` name a distribution serves CloudFront's certificate, of which nothing is said.
    """
    said = section(value)
    name = arn(said["ARN"])
    config = section(said.get("DistributionConfig")) or said
    certificate = _certificate(section(config.get("ViewerCertificate")))
    if certificate is None:
        return
    aliases = [text(alias) or "" for alias in array(section(config.get("Aliases")).get("Items"))]
    if text(config.get("Enabled")) == "false":
        aliases = []
    hosts = [alias.lower() for alias in aliases if is_dns_name(alias) and not alias.startswith("*.")]
    for host in hosts:
        yield Sighting(
            locator=locator, kind="config", resource=name, host=host, sni=host, port=443, chain=(certificate,)
        )
    if not hosts:
        port = 443 if aliases else None
        yield Sighting(locator=locator, kind="config", resource=name, port=port, chain=(certificate,))


def _certificate(viewer: Mapping[str, Any]) -> StatedCertificate | None:
    by_arn, by_identifier = text(viewer.get("ACMCertificateArn")), text(viewer.get("IAMCertificateId"))
    if by_arn:
        return StatedCertificate(alias=arn(by_arn))
    return StatedCertificate(alias=f"aws-iam:{by_identifier}") if by_identifier else None
