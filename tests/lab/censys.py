"""The lab's endpoints and certificates as records of Censys: Search API v2 and Platform API v3."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tests.lab.facts import CN, Facts, O, attribute, dn, endpoint, served
from tests.lab.provenance import Sample
from tests.lab.staff import INVENTED, written_json
from tests.lab.truth import Truth

Json = dict[str, Any]

_CASES = ("rsa2048", "p256", "wildcard", "expired", "nosan")


def files(truth: Truth) -> Iterator[tuple[Sample, bytes]]:
    """A host and a page of a search (v2), a host and a page of a search (v3), certificates one a line."""
    views = [_old_host(truth, case) for case in _CASES]
    answer = {"code": 200, "status": "OK", "result": views[0]}
    yield _sample("v2_host.json", "GET /v2/hosts/IP"), written_json(answer)
    hits = [_hit(view) for view in views]
    page = {"code": 200, "status": "OK", "result": {"query": "services.tls: *", "total": len(hits), "hits": hits}}
    yield _sample("v2_search.json", "GET /v2/hosts/search"), written_json(page)
    resource = _host(truth, "p256")
    yield _sample("v3_host.json", "GET /v3/global/asset/host/IP"), written_json({"result": {"resource": resource}})
    found = [
        {"host_v1": {"resource": _host(truth, "rsa2048"), "matched_services": []}},
        {"webproperty_v1": {"resource": _web_property(truth, "longvalid")}},
        {"certificate_v1": {"resource": _certificate(served(truth, endpoint(truth, "sha1"))[0], logged=0)}},
    ]
    answer = {"result": {"hits": found, "total_hits": len(found), "next_page_token": ""}}
    yield _sample("v3_search.json", "POST /v3/global/search/query"), written_json(answer)
    cases = ("sha1", *_CASES)
    records = [_certificate(served(truth, endpoint(truth, case))[0], logged=at) for at, case in enumerate(cases, 1)]
    revoked = {
        "revoked": True,
        "reason": "key_compromise",
        "revocation_time": f"{truth.day.date().isoformat()}T00:00:00Z",
    }
    records[0] |= {"revoked": True, "revocation": {"crl": revoked, "ocsp": {"reason": "unspecified"}}}
    lines = "".join(json.dumps(record) + "\n" for record in records)
    yield _sample("certificates.jsonl", "certificate records, one a line"), lines.encode()


def _sample(name: str, what: str) -> Sample:
    return Sample(f"censys/{name}", "the lab", f"{INVENTED}Censys: {what}")


def _network() -> Json:
    return {"asn": 64496, "description": "LAB", "bgp_prefix": "127.0.0.0/8", "name": "LAB", "country_code": "DE"}


def _time(truth: Truth) -> str:
    return f"{truth.day.date().isoformat()}T06:07:08.581346512Z"


def _old_host(truth: Truth, case: str) -> Json:
    row = endpoint(truth, case)
    leaf, *others = served(truth, row)
    algorithm, bits = leaf.key
    kind, digest = leaf.signature
    common = attribute(leaf.subject, CN)
    certificates = {
        "leaf_fp_sha_256": leaf.sha256,
        "chain_fps_sha_256": [part.sha256 for part in others],
        "leaf_data": {
            "names": sorted({common, *leaf.dns_names}),
            "subject_dn": dn(leaf.subject),
            "issuer_dn": dn(leaf.issuer),
            "pubkey_algorithm": {"EC": "ECDSA"}.get(algorithm, algorithm),
            "pubkey_bit_size": bits,
            "fingerprint": leaf.sha256,
            "subject": _name(leaf.subject),
            "issuer": _name(leaf.issuer),
            "signature": {"signature_algorithm": _signed(kind, digest), "self_signed": False},
        },
        "chain": [
            {"fingerprint": part.sha256, "subject_dn": dn(part.subject), "issuer_dn": dn(part.issuer)}
            for part in others
        ],
    }
    service = {
        "_decoded": "http",
        "certificate": leaf.sha256,
        "extended_service_name": "HTTPS",
        "observed_at": _time(truth),
        "perspective_id": "PERSPECTIVE_HE",
        "port": row["port"],
        "service_name": "HTTP",
        "tls": {
            "version_selected": "TLSv1_3",
            "cipher_selected": "TLS_AES_128_GCM_SHA256",
            "certificates": certificates,
            "versions": [{"tls_version": "TLSv1_3"}, {"tls_version": "TLSv1_2"}],
        },
        "transport_protocol": "TCP",
    }
    ssh = {"extended_service_name": "SSH", "port": 22, "service_name": "SSH", "transport_protocol": "TCP"}
    return {
        "ip": row["ip"],
        "services": [ssh, service],
        "autonomous_system": _network(),
        "dns": {"names": [row["host"]]},
        "last_updated_at": _time(truth),
    }


def _hit(view: Json) -> Json:
    """A host as a search lists it: of each service where it is and what it shows."""
    keys = ("transport_protocol", "extended_service_name", "service_name", "port", "certificate")
    services = [{key: service[key] for key in keys if key in service} for service in view["services"]]
    return view | {"services": services}


def _tls(chain: list[Facts]) -> Json:
    return {
        "cipher_selected": "TLS_AES_128_GCM_SHA256",
        "fingerprint_sha256": chain[0].sha256,
        "presented_chain": [
            {"fingerprint_sha256": part.sha256, "issuer_dn": dn(part.issuer), "subject_dn": dn(part.subject)}
            for part in chain[1:]
        ],
        "version_selected": "tlsv1_3",
        "versions": [{"version": "tlsv1_3"}, {"version": "tlsv1_2"}],
    }


def _host(truth: Truth, case: str) -> Json:
    row = endpoint(truth, case)
    chain = served(truth, row)
    service = {
        "cert": _certificate(chain[0], logged=1),
        "ip": row["ip"],
        "port": row["port"],
        "protocol": "HTTP",
        "scan_time": _time(truth),
        "tls": _tls(chain),
        "transport_protocol": "tcp",
    }
    return {"ip": row["ip"], "autonomous_system": _network(), "services": [service], "service_count": 1}


def _web_property(truth: Truth, case: str) -> Json:
    row = endpoint(truth, case)
    chain = served(truth, row)
    seen = {"endpoint_type": "HTTP", "hostname": row["host"], "port": row["port"], "path": "/"}
    return {
        "hostname": row["host"],
        "port": row["port"],
        "scan_time": _time(truth),
        "endpoints": [seen],
        "cert": _certificate(chain[0], logged=0),
        "tls": _tls(chain),
    }


def _certificate(part: Facts, *, logged: int) -> Json:
    kind, digest = part.signature
    entries = {
        "lab_2026": {
            "added_to_ct_at": f"{part.start.isoformat()}Z",
            "ct_to_censys_at": "1970-01-01T00:00:00Z",
            "index": 8_000 + logged,
        }
    }
    return {
        "added_at": f"{part.start.isoformat()}Z",
        "ct": {"entries": entries} if logged else {},
        "fingerprint_md5": part.md5,
        "fingerprint_sha1": part.sha1,
        "fingerprint_sha256": part.sha256,
        "names": part.dns_names,
        "parse_status": "success",
        "parsed": {
            "extensions": {
                "basic_constraints": {"is_ca": part.is_ca},
                "subject_alt_name": {"dns_names": part.dns_names},
            },
            "issuer": _name(part.issuer),
            "issuer_dn": dn(part.issuer),
            "serial_number": str(part.serial),
            "serial_number_hex": f"{part.serial:040x}",
            "signature": {"signature_algorithm": {"name": _signed(kind, digest)}, "valid": True},
            "subject": _name(part.subject),
            "subject_dn": dn(part.subject),
            "subject_key_info": _key(part),
            "validity_period": {"not_after": f"{part.end.isoformat()}Z", "not_before": f"{part.start.isoformat()}Z"},
            "version": 3,
        },
        "precert": False,
        "revoked": False,
        "validation_level": "unknown",
    }


def _signed(kind: str, digest: str) -> str:
    return f"{digest}-RSA" if kind == "RSA" else f"{kind}-{digest}"


def _name(name: x509.Name) -> Json:
    said = {"common_name": attribute(name, CN), "organization": attribute(name, O)}
    return {key: [value] for key, value in said.items() if value}


def _key(part: Facts) -> Json:
    key = part.certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        numbers = key.public_numbers()
        said = {"exponent": numbers.e, "length": key.key_size, "modulus": f"{numbers.n:x}"}
        return {"key_algorithm": {"name": "RSA"}, "rsa": said}
    if isinstance(key, ec.EllipticCurvePublicKey):
        return {"key_algorithm": {"name": "ECDSA"}, "ecdsa": {"curve": f"P-{key.key_size}", "length": key.key_size}}
    return {"key_algorithm": {"name": "Ed25519"}}
