"""Certificates as they lie in Secrets and ConfigMaps of Kubernetes; private keys are named and not kept."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from typing import Any

from certanalytics.model import Alias, Record, Reject, Row, Sighting
from certanalytics.sources._reading.held import attributes, held, key_findings, owner_of
from certanalytics.sources._reading.records import section, text

SYSTEM = "kubernetes"
_CHAIN = "tls.crt"
"""Where a Secret of type kubernetes.io/tls keeps the chain it serves, leaf first."""

_SKIPPED = "kubectl.kubernetes.io/last-applied-configuration"
"""The whole object once more, keys included."""


def named(thing: Mapping[str, Any]) -> tuple[str | None, str]:
    """Namespace and name of an object; a manifest without namespace goes wherever it is applied.

    Raises:
        ValueError: It has no name.
    """
    metadata = section(thing.get("metadata"))
    name = text(metadata.get("name"))
    if name is None:
        raise ValueError("an object without name")
    return text(metadata.get("namespace")), name


def qualified(namespace: str | None, name: str) -> str:
    """``namespace/name``."""
    return f"{namespace}/{name}" if namespace else name


def said_of(thing: Mapping[str, Any], prefixes: tuple[str, ...] = ("cert-manager.io/",)) -> dict[str, Any]:
    """Labels in full, and the annotations that are about certificates or name an owner."""
    metadata = section(thing.get("metadata"))
    labels = {key: text(value) or "" for key, value in section(metadata.get("labels")).items()}
    annotations = {
        key: text(value) or ""
        for key, value in section(metadata.get("annotations")).items()
        if key != _SKIPPED and (key.startswith(prefixes) or owner_of({key: text(value) or ""}).tag)
    }
    return {"labels": labels, "annotations": annotations}


def secret(locator: str, thing: Mapping[str, Any], path: str) -> Iterator[Row]:
    """What lies in a Secret: the chain of ``tls.crt``, every other certificate by itself, and where keys lie."""
    namespace, name = named(thing)
    where = qualified(namespace, name)
    chain: tuple[bytes, ...] = ()
    for key, content in _contents(locator, thing):
        if isinstance(content, Reject):
            yield content
            continue
        found = held(f"{locator}, {key}", content)
        # Other keys than tls.crt may hold anything in PEM: parameters, requests, text about certificates.
        yield from found.rejects
        yield from key_findings(f"{locator}, {key}", found.keys, f"Secret {where}, {key}", path)
        chains = (found.chain,) if key == _CHAIN else tuple((each,) for each in found.chain)
        for each in chains:
            if each:
                yield Sighting(locator=f"{locator}, {key}", kind="file", resource=where, chain=each)
        chain = found.chain if key == _CHAIN else chain
    if not chain:
        return  # no TLS secret, or the certificate is still to be issued
    if namespace:
        yield Alias(locator=locator, alias=f"kubernetes:{where}", certificate=chain[0])
    said = said_of(thing)
    owner = owner_of({**said["annotations"], **said["labels"]})
    yield Record(
        locator=locator,
        system=SYSTEM,
        record_id=where,
        certificate=chain[0],
        owner_name=owner.name,
        owner_email=owner.email,
        business_unit=owner.unit,
        product=text(thing.get("type")),
        attributes=attributes({"owner_from": owner.tag, **said}),
    )


def _contents(locator: str, thing: Mapping[str, Any]) -> Iterator[tuple[str, bytes | Reject]]:
    """The entries of a Secret that hold PEM, and ``tls.crt`` in any form; ``data`` is base64, ``stringData`` is not."""
    for key, value in section(thing.get("data")).items():
        try:
            content = base64.b64decode("".join((text(value) or "").split()), validate=True)
        except (binascii.Error, ValueError):
            if key == _CHAIN:
                yield key, Reject(locator=f"{locator}, {key}", reason=f"{key} is not base64: redacted, or cut")
            continue
        if key == _CHAIN or b"-----BEGIN " in content:
            yield key, content
    for key, value in section(thing.get("stringData")).items():
        if "-----BEGIN " in (text(value) or ""):
            yield key, (text(value) or "").encode()


def config_map(locator: str, thing: Mapping[str, Any], path: str) -> Iterator[Row]:
    """The certificates in a ConfigMap, most of them trust anchors, each by itself."""
    namespace, name = named(thing)
    where = qualified(namespace, f"configmap/{name}")
    for key, value in section(thing.get("data")).items():
        content = value if isinstance(value, str) else ""
        if "-----BEGIN CERTIFICATE-----" not in content:
            continue
        found = held(f"{locator}, {key}", content)
        yield from key_findings(f"{locator}, {key}", found.keys, f"ConfigMap {where}, {key}", path)
        for each in found.chain:
            yield Sighting(locator=f"{locator}, {key}", kind="file", resource=where, chain=(each,))
