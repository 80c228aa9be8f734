"""F5 BIG-IP, iControl REST: certificates, client-SSL profiles and virtual servers: together, what is served where.

A virtual server names profiles, a client-SSL profile names certificates, a certificate object has a fingerprint. Each
of the three is an export of its own, told apart by ``kind``, and they may be loaded in any order.

What cannot be told: which BIG-IP an export is from. Where exports of one day mean different certificates by the same
full path, places that name it stay unresolved; where only one of two BIG-IPs says what a path means, it is taken for
both. So load the exports of one BIG-IP (or one cluster) into an estate, or UCS archives, whose names stay apart. The
properties of a bundle are those of one of its certificates, and which one is not said: it is a record, but it does not
tell what a profile presents that names the bundle. ``sys/crypto/cert`` does not say what is a bundle, so only
``sys/file/ssl-cert`` joins profiles to certificates. A profile's ``chain`` (the intermediates it sends) is not read.
``serverssl`` profiles, device certificates (``cm/cert``) and keys are not read either.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from certanalytics.model import Alias, Record, Row, StatedCertificate
from certanalytics.sources._reading import f5_objects
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.records import array, json_records, rows, section, text
from certanalytics.sources._reading.signature import Head, Signature
from certanalytics.sources._reading.source import source
from certanalytics.sources.managers import _f5_certificate

_BUNDLED = "tm:sys:file:ssl-cert:bundle-certificates:"
_KINDS = {
    "tm:sys:file:ssl-cert:ssl-cert": "certificate",
    f"{_BUNDLED}bundle-certificates": "bundled",
    "tm:sys:crypto:cert:cert": "listed",
    "tm:ltm:profile:client-ssl:client-ssl": "profile",
    "tm:ltm:virtual:virtual": "virtual",
}
_KIND = re.compile(r'"kind"\s*:\s*"(?:' + "|".join(map(re.escape, _KINDS)) + r')(?:collection)?state"')

_NOTED = ("partition", "isBundle", "createTime", "createdBy", "lastUpdateTime", "updatedBy", "systemPath", "sourcePath")


def _is_ours(head: Head) -> bool:
    return head.text.lstrip()[:1] in {"{", "["} and bool(_KIND.search(head.text))


@source(
    "f5-icontrol-rest",
    produced_by="F5 BIG-IP 12 to 17, iControl REST: GET /mgmt/tm/sys/file/ssl-cert (and its bundle-certificates), "
    "/mgmt/tm/sys/crypto/cert, /mgmt/tm/ltm/profile/client-ssl, /mgmt/tm/ltm/virtual?expandSubcollections=true",
    brings=("place", "status"),
    signature=Signature(
        'JSON with "kind": "tm:sys:file:ssl-cert:...", "tm:sys:crypto:cert:...", "tm:ltm:profile:client-ssl:..." or '
        '"tm:ltm:virtual:..."',
        _is_ours,
    ),
)
def f5_icontrol_rest(export: Export) -> Iterator[Row]:
    """Read a collection, or one or more objects.

    A virtual server that is disabled serves nothing and gives no row, as does a profile that is disabled, one that
    makes up certificates as it goes (SSL forward proxy) and an entry of it that is only used to sign those (``usage``
    CA). ``observed_at`` stays empty: the objects say when they were last changed, not when they were exported.
    """
    paths = Head(export.head).json_paths
    under = next((path for path in ("items", "item.items") if path in paths), "")
    yield from rows(json_records(export, under=under), lambda locator, item: _rows(export, locator, item))


def _rows(export: Export, locator: str, item: Mapping[str, Any]) -> Iterator[Row]:
    kind = (text(item.get("kind")) or "").removesuffix("state")
    match _KINDS.get(kind):
        case "certificate":
            yield from _certificate(export, locator, item)
        case "bundled":
            yield _record(locator, item, _bundled_id(item))
        case "listed":
            yield _record(locator, item, f5_objects.full_path(_required(item, "fullPath", "name")))
        case "profile":
            yield from _profile(export, locator, item)
        case "virtual":
            yield from _virtual(export, locator, item)
        case _ if kind.endswith("collection"):
            return  # without items
        case _:
            raise ValueError(f"an object of kind {kind or 'unknown'}, which is not read")


def _certificate(export: Export, locator: str, item: Mapping[str, Any]) -> Iterator[Row]:
    path = f5_objects.full_path(_required(item, "fullPath", "name"))
    record = _record(locator, item, path)
    yield record
    if text(item.get("isBundle")) != "true" and record.certificate is not None:
        yield Alias(locator=locator, alias=f5_objects.named(export, path), certificate=record.certificate)
    for at, one in enumerate(array(section(item.get("bundleCertificatesReference")).get("items"))):
        yield _record(f"{locator}.bundleCertificatesReference.items[{at}]", section(one), _bundled_id(one, path))


def _record(locator: str, item: Mapping[str, Any], record_id: str) -> Record:
    noted = {name: item[name] for name in _NOTED if text(item.get(name))}
    return Record(
        locator=locator,
        system=f5_objects.SYSTEM,
        record_id=record_id,
        certificate=_f5_certificate.stated({**section(item.get("apiRawValues")), **item}),
        attributes=json.dumps(noted, default=str, ensure_ascii=False) if noted else None,
    )


def _bundled_id(item: Mapping[str, Any], bundle: str | None = None) -> str:
    """Name of a certificate inside a bundle; the address of the item says which bundle."""
    of = re.search(r"/ssl-cert/~([^/?]+)/bundle-certificates", text(item.get("selfLink")) or "")
    bundle = bundle or (f"/{of[1].replace('~', '/')}" if of else None)
    name = _required(item, "name", "fullPath")
    return f"{bundle}!{name}" if bundle else name


def _profile(export: Export, locator: str, item: Mapping[str, Any]) -> Iterator[Row]:
    path = f5_objects.full_path(_required(item, "fullPath", "name"))
    if text(item.get("mode")) == "disabled" or text(item.get("sslForwardProxy")) == "enabled":
        return
    entries = [section(entry) for entry in array(item.get("certKeyChain"))]
    used = [text(entry.get("cert")) for entry in entries if text(entry.get("usage")) != "CA"]
    for certificate in dict.fromkeys(used if entries else [text(item.get("cert"))]):
        if certificate and certificate != "none":
            named = StatedCertificate(alias=f5_objects.named(export, f5_objects.full_path(certificate)))
            yield Alias(locator=locator, alias=f5_objects.named(export, path), certificate=named)


def _virtual(export: Export, locator: str, item: Mapping[str, Any]) -> Iterator[Row]:
    path = f5_objects.full_path(_required(item, "fullPath", "name"))
    if item.get("disabled") is True or item.get("enabled") is False:
        return
    reference = section(item.get("profilesReference"))
    if "items" not in reference:
        yield f5_objects.unknown_profiles(locator, path)
        return
    profiles = [_client_ssl(section(profile)) for profile in array(reference["items"])]
    yield from f5_objects.serving(
        export, locator, path, text(item.get("destination")), [name for name in profiles if name]
    )


def _client_ssl(profile: Mapping[str, Any]) -> str | None:
    """Full path of a profile, if it is for what clients are shown; before version 12 its kind is not said."""
    path = f5_objects.full_path(_required(profile, "fullPath", "name"))
    link = text(section(profile.get("nameReference")).get("link"))
    is_ssl = "/profile/client-ssl/" in link if link else not f5_objects.is_supplied(path)
    return path if is_ssl and text(profile.get("context")) == "clientside" else None


def _required(item: Mapping[str, Any], *names: str) -> str:
    found = next(filter(None, (text(item.get(name)) for name in names)), None)
    if found is None:
        raise ValueError(f"{names[0]} is missing")
    return found
