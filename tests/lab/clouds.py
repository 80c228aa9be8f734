"""What AWS, Azure and Google Cloud would say of the lab's certificates: invented values in the documented shapes."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.lab.authority import pem
from tests.lab.provenance import Sample
from tests.lab.staff import INVENTED, STAFF, written_json
from tests.lab.truth import Truth

_ACCOUNT = "123456789012"
_CASES = ("rsa2048", "p256", "wildcard", "expired", "rsa4096", "p384")
_CURVES = {"secp256r1": "prime256v1", "secp384r1": "secp384r1"}
_BERLIN = timezone(timedelta(hours=1))


def files(truth: Truth) -> Iterator[tuple[Sample, bytes]]:
    """Answers of the three clouds, bare and recorded."""
    yield from _aws(truth)
    yield from _azure(truth)
    yield from _google(truth)


def _sample(name: str, what: str) -> Sample:
    return Sample(name, "the lab", f"{INVENTED}{what}")


def _text(der: bytes) -> str:
    return pem(der).decode()


def _names(der: bytes) -> list[str]:
    certificate = x509.load_der_x509_certificate(der)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return names.get_values_for_type(x509.DNSName)


def _acm(case: str) -> str:
    identifier = hashlib.md5(case.encode(), usedforsecurity=False).hexdigest()
    parts = (identifier[:8], identifier[8:12], identifier[12:16], identifier[16:20], identifier[20:])
    return f"arn:aws:acm:eu-central-1:{_ACCOUNT}:certificate/{'-'.join(parts)}"


def _iam(case: str) -> str:
    return f"arn:aws:iam::{_ACCOUNT}:server-certificate/{case}"


_BALANCER = f"arn:aws:elasticloadbalancing:eu-central-1:{_ACCOUNT}:loadbalancer/app/shop/50dc6c495c0c9188"
_LISTENER = _BALANCER.replace(":loadbalancer/", ":listener/") + "/f2f7dc8efc522ab2"
_DISTRIBUTION = f"arn:aws:cloudfront::{_ACCOUNT}:distribution/ELAB0EXAMPLE01"
_USES = {"rsa2048": [_LISTENER], "wildcard": [_DISTRIBUTION]}


def _key(der: bytes) -> str:
    key = x509.load_der_x509_certificate(der).public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA-{key.key_size}"
    return f"EC-{_CURVES[key.curve.name]}"  # type: ignore[union-attr]


def _described(truth: Truth, case: str, *, version: int) -> dict[str, Any]:
    """A certificate as ``describe-certificate`` shows it: seconds from the CLI v1, local time from v2."""
    der = truth.chain(case)[0]
    certificate = x509.load_der_x509_certificate(der)
    start, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    organisation = certificate.issuer.get_attributes_for_oid(x509.NameOID.ORGANIZATION_NAME)

    def written(time: datetime) -> object:
        return time.timestamp() if version == 1 else time.astimezone(_BERLIN).isoformat()

    serial = f"{certificate.serial_number:040x}"
    return {
        "CertificateArn": _acm(case),
        "DomainName": _names(der)[0],
        "SubjectAlternativeNames": _names(der),
        "Serial": ":".join(serial[at : at + 2] for at in range(0, 40, 2)),
        "Subject": certificate.subject.rfc4514_string(),
        "Issuer": organisation[0].value if organisation else "",
        "CreatedAt": written(start + timedelta(hours=9)),
        "ImportedAt": written(start + timedelta(hours=9)),
        "Status": "EXPIRED" if case == "expired" else "ISSUED",
        "NotBefore": written(start),
        "NotAfter": written(end),
        "KeyAlgorithm": _key(der),
        "SignatureAlgorithm": f"{str(certificate.signature_hash_algorithm.name).upper()}WITH"  # type: ignore[union-attr]
        f"{'RSA' if 'rsa' in certificate.signature_algorithm_oid._name.lower() else 'ECDSA'}",
        "InUseBy": _USES.get(case, []),
        "Type": "IMPORTED",
        "ExtendedKeyUsages": [{"Name": "TLS_WEB_SERVER_AUTHENTICATION", "OID": "1.3.6.1.5.5.7.3.1"}],
        "RenewalEligibility": "INELIGIBLE",
        "Options": {"CertificateTransparencyLoggingPreference": "DISABLED"},
    }


def _aws(truth: Truth) -> Iterator[tuple[Sample, bytes]]:
    described = {case: _described(truth, case, version=2) for case in _CASES}
    summaries = [
        {
            "CertificateArn": _acm(case),
            "DomainName": one["DomainName"],
            "SubjectAlternativeNameSummaries": one["SubjectAlternativeNames"],
            "HasAdditionalSubjectAlternativeNames": False,
            **{key: one[key] for key in ("Status", "Type", "KeyAlgorithm")},
            "KeyUsages": ["DIGITAL_SIGNATURE"],
            "ExtendedKeyUsages": ["TLS_WEB_SERVER_AUTHENTICATION"],
            "InUse": bool(one["InUseBy"]),
            **{key: one[key] for key in ("RenewalEligibility", "NotBefore", "NotAfter", "CreatedAt", "ImportedAt")},
        }
        for case, one in described.items()
    ]
    pending = {"CertificateArn": _acm("pending"), "DomainName": "new.lab.example", "Status": "PENDING_VALIDATION"}
    yield (
        _sample("aws/acm_list.json", "`aws acm list-certificates` (v2)"),
        written_json({"CertificateSummaryList": [*summaries, pending]}),
    )
    lines = "".join(json.dumps({"Certificate": one}, indent=4) + "\n" for one in described.values())
    yield _sample("aws/acm_describe.json", "`aws acm describe-certificate` (v2), one after another"), lines.encode()
    yield (
        _sample("aws/acm_describe_v1.json", "`aws acm describe-certificate` (v1)"),
        written_json({"Certificate": _described(truth, "rsa2048", version=1)}),
    )
    leaf, *rest = map(_text, truth.chain("rsa2048"))
    answer = {"Certificate": leaf, "CertificateChain": "".join(rest)}
    yield _sample("aws/acm_get.json", "`aws acm get-certificate`"), written_json(answer)
    yield from _aws_iam(truth)
    yield from _aws_places()


def _aws_iam(truth: Truth) -> Iterator[tuple[Sample, bytes]]:
    listed = []
    for number, case in enumerate(("mail", "sni")):
        end = x509.load_der_x509_certificate(truth.chain(case)[0]).not_valid_after_utc
        parts = dict(zip(("year", "month", "day", "hour", "minute", "second"), end.timetuple(), strict=False))
        listed.append(
            {
                "Path": "/",
                "ServerCertificateName": case,
                "ServerCertificateId": f"ASCALAB{number}EXAMPLE",
                "Arn": _iam(case),
                "Expiration": {"__class__": "datetime", **parts, "microsecond": 0},
            }
        )
    date = (truth.day + timedelta(hours=6)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    headers = {"HTTPStatusCode": 200, "HTTPHeaders": {"content-type": "text/xml", "date": date}, "RetryAttempts": 0}
    data = {"ServerCertificateMetadataList": listed, "IsTruncated": False, "ResponseMetadata": headers}
    recorded = {"status_code": 200, "data": data}
    yield _sample("aws/iam_list_recorded.json", "a recorded answer of IAM"), written_json(recorded)
    leaf, *rest = map(_text, truth.chain("mail"))
    end = x509.load_der_x509_certificate(truth.chain("mail")[0]).not_valid_after_utc
    held = {
        "ServerCertificateMetadata": {**listed[0], "Expiration": end.isoformat()},
        "CertificateBody": leaf.rstrip(),
        "CertificateChain": "".join(rest).rstrip(),
        "Tags": [{"Key": "Owner", "Value": STAFF[0].email}, {"Key": "Department", "Value": STAFF[0].unit}],
    }
    yield _sample("aws/iam_get.json", "`aws iam get-server-certificate`"), written_json({"ServerCertificate": held})


def _aws_places() -> Iterator[tuple[Sample, bytes]]:
    host = "shop-1234567890.eu-central-1.elb.amazonaws.com"
    listeners = [
        {
            "ListenerArn": _LISTENER,
            "LoadBalancerArn": _BALANCER,
            "Port": 443,
            "Protocol": "HTTPS",
            "Certificates": [{"CertificateArn": _acm("rsa2048")}],
            "SslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
        },
        {"ListenerArn": f"{_LISTENER[:-1]}3", "LoadBalancerArn": _BALANCER, "Port": 80, "Protocol": "HTTP"},
    ]
    yield _sample("aws/elbv2_listeners.json", "`aws elbv2 describe-listeners`"), written_json({"Listeners": listeners})
    certificates = [
        {"CertificateArn": _acm("rsa2048"), "IsDefault": True},
        {"CertificateArn": _acm("p256"), "IsDefault": False},
    ]
    yield (
        _sample("aws/elbv2_listener_certificates.json", "`aws elbv2 describe-listener-certificates`"),
        written_json({"Certificates": certificates}),
    )
    balancer = {"LoadBalancerArn": _BALANCER, "DNSName": host, "LoadBalancerName": "shop", "State": {"Code": "active"}}
    yield (
        _sample("aws/elbv2_load_balancers.json", "`aws elbv2 describe-load-balancers`"),
        written_json({"LoadBalancers": [balancer]}),
    )
    heard = {"Protocol": "SSL", "LoadBalancerPort": 465, "InstancePort": 25, "SSLCertificateId": _iam("mail")}
    classic = {
        "LoadBalancerName": "mail",
        "DNSName": "mail-1234567890.eu-central-1.elb.amazonaws.com",
        "ListenerDescriptions": [{"Listener": heard, "PolicyNames": []}],
    }
    yield (
        _sample("aws/elb_classic.json", "`aws elb describe-load-balancers`"),
        written_json({"LoadBalancerDescriptions": [classic]}),
    )
    distribution = {
        "Id": "ELAB0EXAMPLE01",
        "ARN": _DISTRIBUTION,
        "Status": "Deployed",
        "DomainName": "d111111abcdef8.cloudfront.net",
        "Aliases": {"Quantity": 1, "Items": ["www.wild.lab.example"]},
        "Enabled": True,
        "ViewerCertificate": {"ACMCertificateArn": _acm("wildcard"), "SSLSupportMethod": "sni-only"},
    }
    yield (
        _sample("aws/cloudfront_list.json", "`aws cloudfront list-distributions`"),
        written_json({"DistributionList": {"Items": [distribution]}}),
    )
    tags = [
        {
            "ResourceARN": _acm(case),
            "Tags": [{"Key": "owner", "Value": employee.email}, {"Key": "env", "Value": "prod"}],
        }
        for case, employee in zip(_CASES, STAFF, strict=False)
    ]
    yield (
        _sample("aws/tags.json", "`aws resourcegroupstaggingapi get-resources`"),
        written_json({"PaginationToken": "", "ResourceTagMappingList": tags}),
    )


def _azure(truth: Truth) -> Iterator[tuple[Sample, bytes]]:
    listed, shown = [], []
    for number, case in enumerate(_CASES):
        der = truth.chain(case)[0]
        certificate = x509.load_der_x509_certificate(der)
        digest = hashlib.sha1(der).digest()  # noqa: S324 - what Key Vault calls x5t
        start, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
        identifier = f"https://lab-vault.vault.azure.net/certificates/{case}"
        times = {"nbf": int(start.timestamp()), "exp": int(end.timestamp())}
        made = int(start.timestamp()) + 600
        tags = {"owner": STAFF[number % len(STAFF)].email}
        x5t = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        state = {"enabled": case != "expired", **times, "created": made, "updated": made}
        listed.append({"id": identifier, "x5t": x5t, "attributes": state, "tags": tags, "subject": ""})
        shown.append(
            {
                "attributes": {
                    "created": datetime.fromtimestamp(made, UTC).isoformat(),
                    "enabled": True,
                    "expires": end.isoformat(),
                    "notBefore": start.isoformat(),
                },
                "cer": base64.b64encode(der).decode(),
                "contentType": "application/x-pkcs12",
                "id": f"{identifier}/{digest.hex()[:32]}",
                "kid": f"https://lab-vault.vault.azure.net/keys/{case}/{digest.hex()[:32]}",
                "name": case,
                "policy": {"issuerParameters": {"name": "Unknown"}},
                "tags": tags,
                "x509Thumbprint": x5t,
                "x509ThumbprintHex": digest.hex().upper(),
            }
        )
    page = {"value": listed, "nextLink": None}
    yield _sample("azure/list.json", "`GET {vault}/certificates` of Key Vault"), written_json(page)
    yield _sample("azure/show.json", "`az keyvault certificate show`"), written_json(shown[0])
    yield _sample("azure/shown.json", "several `az keyvault certificate show` in one array"), written_json(shown[:3])
    day = (truth.day + timedelta(hours=6)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    asked = {"method": "GET", "uri": "https://lab-vault.vault.azure.net/certificates?api-version=7.3"}
    answered = {"status": {"code": 200}, "headers": {"date": [day]}, "body": {"data": page}}
    cassette = {"version": 1, "interactions": [{"request": asked, "response": answered}]}
    yield _sample("azure/cassette.json", "a VCR cassette of the Key Vault REST API"), written_json(cassette)


def _google(truth: Truth) -> Iterator[tuple[Sample, bytes]]:
    project, day = "projects/lab", truth.day + timedelta(hours=6)
    managed, compute = [], []
    for number, case in enumerate(_CASES):
        chain = truth.chain(case)
        certificate = x509.load_der_x509_certificate(chain[0])
        end = certificate.not_valid_after_utc.strftime("%Y-%m-%dT%H:%M:%SZ")
        text = "".join(map(_text, chain))
        managed.append(
            {
                "name": f"{project}/locations/global/certificates/{case}",
                "createTime": "2026-11-01T08:00:00.123456789Z",
                "labels": {"team": STAFF[number % len(STAFF)].unit.lower()},
                "sanDnsnames": _names(chain[0]),
                "pemCertificate": text,
                "selfManaged": {},
                "expireTime": end,
                "usedBy": [{"name": f"//compute.googleapis.com/{project}/global/targetHttpsProxies/{case}"}],
            }
        )
        compute.append(
            {
                "kind": "compute#sslCertificate",
                "id": f"73333821455586{number}",
                "creationTimestamp": "2026-11-01T00:00:00.000-08:00",
                "name": case,
                "selfLink": f"https://www.googleapis.com/compute/v1/{project}/global/sslCertificates/{case}",
                "certificate": text,
                "type": "SELF_MANAGED",
                "subjectAlternativeNames": _names(chain[0]),
                "expireTime": end,
            }
        )
    headers = {"content-type": "application/json", "date": day.strftime("%a, %d %b %Y %H:%M:%S GMT"), "status": "200"}
    recorded = {"headers": headers, "body": {"certificates": managed}}
    yield _sample("google/certificate_manager.json", "a recorded answer of Certificate Manager"), written_json(recorded)
    yield _sample("google/ssl_certificates.json", "`gcloud compute ssl-certificates list`"), written_json(compute)
    links = {"global": {"sslCertificates": compute[:2]}, "regions/europe-west3": {"sslCertificates": compute[2:3]}}
    aggregated = {"kind": "compute#sslCertificateAggregatedList", "items": links}
    yield _sample("google/aggregated.json", "the aggregated list of Compute Engine"), written_json(aggregated)
    application = {
        "name": "apps/lab/authorizedCertificates/12277184",
        "id": "12277184",
        "displayName": "web",
        "domainNames": _names(truth.chain("rsa2048")[0]),
        "visibleDomainMappings": ["apps/lab/domainMappings/rsa2048.lab.example"],
        "certificateRawData": {"publicCertificate": "".join(map(_text, truth.chain("rsa2048")))},
    }
    yield (
        _sample("google/app_engine.json", "App Engine's `authorizedCertificates`"),
        written_json({"certificates": [application]}),
    )
    client = truth.chain("p256")[0]
    serial = x509.load_der_x509_certificate(client).serial_number
    sql = {
        "kind": "sql#sslCert",
        "certSerialNumber": str(serial),
        "cert": _text(client),
        "sha1Fingerprint": hashlib.sha1(client).hexdigest(),  # noqa: S324 - what Cloud SQL shows
        "commonName": "lab",
        "instance": "lab",
        "selfLink": f"https://www.googleapis.com/sql/v1beta4/{project}/instances/lab/sslCerts/1",
    }
    yield (
        _sample("google/sql.json", "Cloud SQL's `sslCerts`"),
        written_json({"kind": "sql#sslCertsList", "items": [sql]}),
    )
