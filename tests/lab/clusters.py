"""The lab's certificates in Kubernetes, Vault and step-ca: invented values in the documented shapes; no keys."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

from cryptography import x509

from tests.lab.authority import pem
from tests.lab.provenance import Sample
from tests.lab.staff import INVENTED, STAFF, written_json
from tests.lab.truth import Truth

_CASES = ("rsa2048", "p256", "expired", "wildcard", "rsa4096", "p384")


def files(truth: Truth) -> Iterator[tuple[Sample, bytes]]:
    """A List in JSON and YAML, manifests, and answers of Vault and step-ca."""
    secrets = [_secret(truth, number, case) for number, case in enumerate(_CASES)]
    things = [*secrets, _pending(), _ingress(), _gateway(), _certificate(truth), _issuing()]
    listed = {"apiVersion": "v1", "items": things, "kind": "List", "metadata": {"resourceVersion": ""}}
    yield _sample("kubernetes/list.json", "`kubectl get secrets,ingresses,... -A -o json`"), written_json(listed)
    yield _sample("kubernetes/list.yaml", "the same with `-o yaml`"), "".join(_yaml(listed)).encode()
    bare = [{key: value for key, value in secret.items() if key not in {"kind", "apiVersion"}} for secret in secrets]
    answer = {"kind": "SecretList", "apiVersion": "v1", "metadata": {}, "items": bare[:2]}
    yield _sample("kubernetes/secrets_raw.json", "`kubectl get --raw /api/v1/secrets`"), written_json(answer)
    manifests = "".join("---\n" + "".join(_yaml(thing)) for thing in (_bundle(truth), _plain(truth), *things[6:]))
    yield _sample("kubernetes/manifests.yaml", "manifests of Kubernetes"), manifests.encode()
    yield from _vault(truth)
    chain = [pem(der).decode() for der in truth.chain("p256")]
    signed = {"crt": chain[0], "ca": chain[1], "certChain": chain, "tlsOptions": {"minVersion": 1.2}}
    yield _sample("step-ca/sign.json", "step-ca's `POST /sign`"), written_json(signed)
    roots = [pem(truth.chain(name)[0]).decode() for name in ("root-rsa", "root-ec")]
    yield _sample("step-ca/roots.json", "step-ca's `GET /roots`"), written_json({"crts": roots})


def _sample(name: str, what: str) -> Sample:
    return Sample(name, "the lab", f"{INVENTED}{what}")


def _encoded(ders: tuple[bytes, ...]) -> str:
    return base64.b64encode(b"".join(map(pem, ders))).decode()


def _secret(truth: Truth, number: int, case: str) -> dict[str, Any]:
    chain = truth.chain(case)
    return {
        "apiVersion": "v1",
        "data": {"ca.crt": _encoded(chain[1:]), "tls.crt": _encoded(chain), "tls.key": ""},
        "kind": "Secret",
        "metadata": {
            "annotations": {"cert-manager.io/certificate-name": case},
            "labels": {"team": STAFF[number % len(STAFF)].unit.lower()},
            "name": f"{case}-tls",
            "namespace": "shop",
        },
        "type": "kubernetes.io/tls",
    }


def _pending() -> dict[str, Any]:
    metadata = {"name": "new-tls", "namespace": "shop"}
    data = {"tls.crt": "", "tls.key": ""}
    return {"apiVersion": "v1", "data": data, "kind": "Secret", "metadata": metadata, "type": "kubernetes.io/tls"}


def _ingress() -> dict[str, Any]:
    tls = [
        {"hosts": ["rsa2048.lab.example", "www.rsa2048.lab.example"], "secretName": "rsa2048-tls"},
        {"hosts": ["*.wild.lab.example"], "secretName": "wildcard-tls"},
        {"hosts": ["plain.lab.example"]},
    ]
    metadata = {"name": "web", "namespace": "shop"}
    return {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": metadata, "spec": {"tls": tls}}


def _gateway() -> dict[str, Any]:
    tls = {"mode": "Terminate", "certificateRefs": [{"kind": "Secret", "name": "p256-tls"}]}
    listener = {"hostname": "p256.lab.example", "name": "https", "port": 8443, "protocol": "HTTPS", "tls": tls}
    metadata = {"name": "edge", "namespace": "shop"}
    spec = {"gatewayClassName": "lab", "listeners": [listener]}
    return {"apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway", "metadata": metadata, "spec": spec}


def _certificate(truth: Truth) -> dict[str, Any]:
    certificate = x509.load_der_x509_certificate(truth.chain("p256")[0])
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    form = "%Y-%m-%dT%H:%M:%SZ"
    return {
        "apiVersion": "cert-manager.io/v1",
        "kind": "Certificate",
        "metadata": {"labels": {"owner": "ada.berger"}, "name": "p256", "namespace": "shop"},
        "spec": {
            "dnsNames": names.get_values_for_type(x509.DNSName),
            "issuerRef": {"kind": "ClusterIssuer", "name": "lab"},
            "privateKey": {"algorithm": "ECDSA", "size": 256},
            "secretName": "p256-tls",
        },
        "status": {
            "conditions": [{"reason": "Ready", "status": "True", "type": "Ready"}],
            "notAfter": certificate.not_valid_after_utc.strftime(form),
            "notBefore": certificate.not_valid_before_utc.strftime(form),
            "revision": 3,
        },
    }


def _issuing() -> dict[str, Any]:
    condition = {"message": "Issuing certificate", "reason": "DoesNotExist", "status": "False", "type": "Ready"}
    return {
        "apiVersion": "cert-manager.io/v1",
        "kind": "Certificate",
        "metadata": {"name": "new", "namespace": "shop"},
        "spec": {"dnsNames": ["new.lab.example"], "issuerRef": {"name": "lab"}, "secretName": "new-tls"},
        "status": {"conditions": [condition]},
    }


def _bundle(truth: Truth) -> dict[str, Any]:
    anchors = "".join(pem(truth.chain(name)[0]).decode() for name in ("root-rsa", "root-ec"))
    metadata = {"name": "trust", "namespace": "shop"}
    return {"apiVersion": "v1", "data": {"ca-bundle.crt": anchors}, "kind": "ConfigMap", "metadata": metadata}


def _plain(truth: Truth) -> dict[str, Any]:
    text = "".join(pem(der).decode() for der in truth.chain("mail"))
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "mail"}, "stringData": {"tls.crt": text}}


def _yaml(value: Any, indent: str = "") -> Iterator[str]:
    """YAML as kubectl writes it: block style, lists not indented, text over several lines as a literal."""
    for key, each in value.items():
        if isinstance(each, dict) and each:
            yield f"{indent}{key}:\n"
            yield from _yaml(each, f"{indent}  ")
        elif isinstance(each, list) and each:
            yield f"{indent}{key}:\n"
            for item in each:
                if isinstance(item, dict):
                    text = "".join(_yaml(item, f"{indent}  "))
                    yield f"{indent}- {text[len(indent) + 2 :]}"
                else:
                    yield f"{indent}- {json.dumps(item)}\n"
        elif isinstance(each, str) and "\n" in each:
            yield f"{indent}{key}: |\n" + "".join(f"{indent}  {line}\n" for line in each.splitlines())
        else:
            plain = isinstance(each, str) and each.replace("/", "").replace(".", "").isalpha() and each != "True"
            yield f"{indent}{key}: {each if plain else json.dumps(each)}\n"


def _vault(truth: Truth) -> Iterator[tuple[Sample, bytes]]:
    envelope = {"request_id": "c6a5a6a0-0000-4000-8000-000000000001", "lease_id": "", "renewable": False}
    answers = []
    for case in _CASES:
        revoked = case == "expired"
        data = {
            "certificate": pem(truth.chain(case)[0]).decode().rstrip(),
            "issuer_id": "",
            "revocation_time": 1795392000 if revoked else 0,
            "revocation_time_rfc3339": "2026-11-23T00:00:00.5Z" if revoked else "",
        }
        answers.append({**envelope, "lease_duration": 0, "data": data, "wrap_info": None, "auth": None})
    lines = "".join(json.dumps(answer) + "\n" for answer in answers)
    yield _sample("vault/certificates.json", "Vault's `GET /pki/cert/<serial>`, one a line"), lines.encode()
    leaf, issuer = (pem(der).decode().rstrip() for der in truth.chain("p256"))
    number = x509.load_der_x509_certificate(truth.chain("p256")[0]).serial_number
    serial = f"{number:040x}"
    colons = ":".join(serial[at : at + 2] for at in range(0, 40, 2))
    signed = {"ca_chain": [issuer], "certificate": leaf, "issuing_ca": issuer, "serial_number": colons}
    yield _sample("vault/sign.json", "Vault's `POST /pki/sign/<role>`"), written_json({**envelope, "data": signed})
    listed = {**envelope, "data": {"keys": [colons, "17:67:16:b0:b9:45:58:c0:3a:29:e3:cb:d6:98:33:7a:a6:3b:66:c1"]}}
    yield _sample("vault/list.json", "Vault's `LIST /pki/certs`"), written_json(listed)
