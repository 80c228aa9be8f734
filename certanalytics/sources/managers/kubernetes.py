"""Kubernetes: TLS Secrets, where Ingresses and Gateways use them, and what cert-manager says of its Certificates.

Read are JSON and YAML as ``kubectl get ... -o json`` and ``-o yaml`` write them (a List or one object), answers of the
API (``SecretList``), and manifests with several documents: Secret, ConfigMap, Ingress, Gateway and cert-manager's
Certificate; other kinds are passed over. Not read: keystores inside Secrets (``keystore.p12``), releases of Helm,
requests for certificates, routes of OpenShift and Traefik. A Secret is known by namespace and name, so exports of
several clusters with the same names cannot be told apart: where those of one day mean different certificates by one
name, places that name it stay unresolved.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from certanalytics.model import Record, Reject, Row, Sighting, StatedCertificate
from certanalytics.sources._reading.export import DAMAGED, Export
from certanalytics.sources._reading.held import attributes, owner_of
from certanalytics.sources._reading.json import BrokenJsonError, events
from certanalytics.sources._reading.places import made, rows_at
from certanalytics.sources._reading.records import array, section, text
from certanalytics.sources._reading.signature import Head, Signature
from certanalytics.sources._reading.source import source
from certanalytics.sources._reading.text import ip_address, is_dns_name, port_number, utc
from certanalytics.sources._reading.yaml import documents
from certanalytics.sources.managers._kubernetes_secrets import config_map, named, qualified, said_of, secret

_KINDS = ("Secret", "ConfigMap", "Ingress", "Gateway", "Certificate")
_KIND = rf"(?:(?:{'|'.join(_KINDS)})(?:List)?|List)"
_JSON_KIND = re.compile(rf'"kind"\s*:\s*"{_KIND}"')
_YAML_KIND = re.compile(rf"^(?:- |  )?kind:\s*[\"']?{_KIND}[\"']?\s*(?:#.*)?$", re.MULTILINE)
_YAML_VERSION = re.compile(r"^apiVersion:\s*\S", re.MULTILINE)
_TOLD = ("kind", "string")
_INGRESS = ("networking.k8s.io/", "extensions/")
_CERT_MANAGER = ("cert-manager.io/", "certmanager.k8s.io/")


def _is_json(head: Head) -> bool:
    paths = head.json_paths
    placed = any({f"{at}apiVersion", f"{at}kind"} <= paths for at in ("", "item.", "items.item."))
    return (placed or {"kind", "items.item.metadata"} <= paths) and bool(_JSON_KIND.search(head.text))


def _is_yaml(head: Head) -> bool:
    if head.text.lstrip()[:1] in {"{", "[", "<"}:
        return False
    return bool(_YAML_VERSION.search(head.text) and _YAML_KIND.search(head.text))


@source(
    "kubernetes",
    produced_by="kubectl get secrets,ingresses,certificates -A -o json or -o yaml; manifests",
    brings=("certificate", "chain", "place", "owner", "status"),
    signature=Signature(
        f"JSON or YAML with apiVersion and kind, one of {', '.join(_KINDS)}, or a List",
        lambda head: _is_json(head) or _is_yaml(head),
    ),
)
def kubernetes(export: Export) -> Iterator[Row]:
    """Read objects one at a time; ``observed_at`` stays empty, for an object says only when it was made.

    A private key is a finding of severity ``high`` and is not kept. A Secret without a certificate gives no row.
    """
    reader = _Reader(export.label)
    head = Head(export.head)
    if not _is_json(head):
        for found in documents(export, "items"):
            if isinstance(found, Reject):
                yield found
            else:
                yield from made(*found, reader.thing)
        return
    paths = head.json_paths
    if "items.item" in paths and "items.item.kind" not in paths:
        reader.kind = _kind_of_list(export)
    if "items" in paths:
        yield from rows_at(export, {"kind": reader.list_of, "items.item": reader.thing})
    elif "item.items" in paths:
        yield from rows_at(export, {"item.kind": reader.list_of, "item.items.item": reader.thing})
    else:
        yield from rows_at(export, {"item" if "item" in paths else "": reader.thing})


def _kind_of_list(export: Export) -> str | None:
    """What a list is of whose objects do not say it; whoever sorted its members put that behind them."""
    try:
        with export.open() as stream:
            return next((text(value) for prefix, event, value in events(stream) if (prefix, event) == _TOLD), None)
    except (BrokenJsonError, *DAMAGED):
        return None  # the reader that follows says what is wrong with the file


class _Reader:
    """Turns objects into rows; in a ``SecretList`` the objects do not say themselves what they are."""

    def __init__(self, path: str) -> None:
        self._path = path
        self.kind: str | None = None

    def list_of(self, locator: str, value: Any) -> Iterator[Row]:  # noqa: ARG002 - a reader gets both
        """Remember what a list is of."""
        self.kind = text(value)
        yield from ()

    def thing(self, locator: str, value: Any) -> Iterator[Row]:
        """The rows of one object."""
        said = section(value)
        kind = text(said.get("kind")) or (self.kind or "").removesuffix("List")
        readers: dict[str, Callable[[], Iterator[Row]]] = {
            "Secret": lambda: secret(locator, said, self._path),
            "ConfigMap": lambda: config_map(locator, said, self._path),
            "Ingress": lambda: _ingress(locator, said),
            "Gateway": lambda: _gateway(locator, said),
            "Certificate": lambda: _certificate(locator, said),
        }
        if kind in readers:
            yield from readers[kind]()


def _ingress(locator: str, thing: Mapping[str, Any]) -> Iterator[Row]:
    """Each host of each TLS entry; without a Secret the controller serves a certificate of its own."""
    if not (text(thing.get("apiVersion")) or _INGRESS[0]).startswith(_INGRESS):
        return  # Knative has a kind of this name whose Secrets lie in other namespaces, OpenShift one for the cluster
    namespace, name = named(thing)
    for entry in map(section, array(section(thing.get("spec")).get("tls"))):
        hosts = [text(host) for host in array(entry.get("hosts"))] or [None]
        used = text(entry.get("secretName"))
        for host in hosts if used else ():
            yield _place(locator, qualified(namespace, name), host, 443, _secret_of(namespace, used))


def _gateway(locator: str, thing: Mapping[str, Any]) -> Iterator[Row]:
    """Each listener of the Gateway API that ends TLS, with each Secret it names."""
    namespace, name = named(thing)
    for listener in map(section, array(section(thing.get("spec")).get("listeners"))):
        port = text(listener.get("port"))
        for reference in map(section, array(section(listener.get("tls")).get("certificateRefs"))):
            if (text(reference.get("kind")) or "Secret") != "Secret":
                continue
            used = _secret_of(text(reference.get("namespace")) or namespace, text(reference.get("name")))
            where = qualified(namespace, name)
            yield _place(locator, where, text(listener.get("hostname")), port_number(port) if port else None, used)


def _place(locator: str, resource: str, host: str | None, port: int | None, certificate: StatedCertificate) -> Sighting:
    """A wildcard is a pattern and no host; the resource says where it stands."""
    exact = host.lower() if host and is_dns_name(host) and not host.startswith("*.") else None
    return Sighting(
        locator=locator, kind="config", resource=resource, host=exact, sni=exact, port=port, chain=(certificate,)
    )


def _secret_of(namespace: str | None, name: str | None) -> StatedCertificate:
    if not namespace or not name:
        raise ValueError("no namespace is given: which Secret is meant cannot be told")
    return StatedCertificate(alias=f"kubernetes:{namespace}/{name}")


def _certificate(locator: str, thing: Mapping[str, Any]) -> Iterator[Row]:
    """A Certificate of cert-manager: what was asked for, and in its status what the Secret holds.

    The names asked for are those of the certificate only while cert-manager says it is ready, which includes that it
    fits. Before it is issued there is no certificate.
    """
    if not (text(thing.get("apiVersion")) or "cert-manager.io/").startswith(_CERT_MANAGER):
        return  # other operators have a kind of this name, with other meanings
    namespace, name = named(thing)
    spec, status, said = section(thing.get("spec")), section(thing.get("status")), said_of(thing)
    ready = next((each for each in map(section, array(status.get("conditions"))) if each.get("type") == "Ready"), {})
    is_ready = text(ready.get("status")) == "True" or ready.get("status") is True
    used, end = text(spec.get("secretName")), utc(text(status.get("notAfter")))
    owner = owner_of({**said["annotations"], **said["labels"]})
    certificate = None
    if end is not None:
        certificate = StatedCertificate(
            alias=f"kubernetes:{namespace}/{used}" if namespace and used else None,
            subject_cn=text(spec.get("commonName")) if is_ready else None,
            san_dns=tuple(name for name in _texts(spec.get("dnsNames")) if is_dns_name(name)) if is_ready else (),
            san_ip=tuple(filter(None, map(ip_address, _texts(spec.get("ipAddresses"))))) if is_ready else (),
            not_before=utc(text(status.get("notBefore"))),
            not_after=end,
        )
    yield Record(
        locator=locator,
        system="cert-manager",
        record_id=qualified(namespace, name),
        certificate=certificate,
        state="Ready" if is_ready else text(ready.get("reason")) or ("Not ready" if ready else None),
        owner_name=owner.name,
        owner_email=owner.email,
        business_unit=owner.unit,
        requested_at=utc(text(section(thing.get("metadata")).get("creationTimestamp"))),
        attributes=attributes(
            {
                "owner_from": owner.tag,
                **said,
                **{key: spec.get(key) for key in _SPEC},
                **{key: status.get(key) for key in ("renewalTime", "revision", "lastFailureTime")},
                "message": None if is_ready else ready.get("message"),
            }
        ),
    )


_SPEC = (
    "secretName",
    "commonName",
    "dnsNames",
    "ipAddresses",
    "issuerRef",
    "duration",
    "renewBefore",
    "privateKey",
    "usages",
    "isCA",
)


def _texts(value: Any) -> list[str]:
    return [each for each in map(text, array(value)) if each]
