"""Azure Key Vault: the certificates of a vault, as the REST API and the Azure CLI show them.

Read are ``GET {vault}/certificates``, ``GET {vault}/certificates/{name}`` (with versions and deleted certificates),
``az keyvault certificate list`` and ``show``, and recordings of the REST API by VCR. A list brings the SHA-1 and the
validity, ``show`` the certificate itself. The policy of a certificate is about the next one to be issued, so nothing
in it is taken for a statement about this one. Not read: Azure Resource Manager's own lists of certificates and the
output of PowerShell.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from certanalytics.model import Record, Row, Sighting, StatedCertificate
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.held import attributes, held, owner_of
from certanalytics.sources._reading.places import dated, http_date, made, rows_at
from certanalytics.sources._reading.records import section, text
from certanalytics.sources._reading.signature import Head, Signature
from certanalytics.sources._reading.source import source
from certanalytics.sources._reading.text import from_epoch, hex_digits, utc

_SYSTEM = "azure-key-vault"
_ID = re.compile(r'\\?"(?:id|kid|sid|recoveryId)\\?"\s*:\s*\\?"https://[^/"\\]+/+(?:certificates|deletedcertificates)/')
_NAME = re.compile(r"https://[^/]+/+(?:certificates|deletedcertificates)/+([^/]+)")
_CASSETTE = "interactions.item"
_PLACES = ("value.item", "item", "", "item.value.item")

_KEPT = ("kid", "sid", "contentType", "recoveryId", "deletedDate", "scheduledPurgeDate")


def _matches(head: Head) -> bool:
    paths = head.json_paths
    known = any({f"{place}.id".lstrip("."), f"{place}.attributes".lstrip(".")} <= paths for place in _PLACES)
    return (known or f"{_CASSETTE}.response.body" in paths) and bool(_ID.search(head.text))


@source(
    "azure-keyvault-json",
    produced_by="Azure Key Vault REST API 7.x: GET /certificates; az keyvault certificate list and show; VCR cassettes",
    brings=("certificate", "owner", "status"),
    signature=Signature('JSON with attributes and "id": "https://<vault>/certificates/..."', _matches),
)
def azure_keyvault_json(export: Export) -> Iterator[Row]:
    """Read certificates of vaults; in a cassette ``observed_at`` is when the vault answered."""
    paths = Head(export.head).json_paths
    if f"{_CASSETTE}.response.body" in paths:
        yield from rows_at(export, {_CASSETTE: _interaction})
        return
    place = next((place for place in _PLACES if f"{place}.id".lstrip(".") in paths), "")
    yield from rows_at(export, {place: _certificate})


def _interaction(locator: str, value: Any) -> Iterator[Row]:
    """One recorded request and its answer; most are about other things than certificates."""
    response = section(section(value).get("response"))
    body = response.get("body")
    answer = body.get("data", body.get("string")) if isinstance(body, dict) else body
    if isinstance(answer, str):
        try:
            answer = json.loads(answer)
        except ValueError:
            return  # an answer without JSON has no certificate
    listed = answer.get("value", [answer]) if isinstance(answer, dict) else []
    dates = next((each for name, each in section(response.get("headers")).items() if name.lower() == "date"), None)
    time = http_date(dates[0] if isinstance(dates, list) and dates else dates)
    for number, each in enumerate(listed if isinstance(listed, list) else []):
        if isinstance(each, dict) and _NAME.match(str(each.get("id"))):
            yield from dated(made(f"{locator}.value[{number}]", each, _certificate), time)


def _certificate(locator: str, value: Any) -> Iterator[Row]:
    said = section(value)
    name, state = text(said["id"]), section(said.get("attributes"))
    if not name or not _NAME.match(name):
        raise ValueError(f"{name!r} is no certificate of a vault")
    tags = {key: text(each) or "" for key, each in section(said.get("tags")).items()}
    owner = owner_of(tags)
    content = held(f"{locator}.cer", text(said.get("cer")))
    yield from content.rejects
    yield Record(
        locator=locator,
        system=_SYSTEM,
        record_id=name,
        certificate=content.chain[0] if content.chain else _stated(said, state),
        state=_state(said, state),
        owner_name=owner.name,
        owner_email=owner.email,
        business_unit=owner.unit,
        requested_at=_time(state.get("created")),
        attributes=attributes(
            {
                "owner_from": owner.tag,
                "tags": tags,
                "updated": state.get("updated"),
                "issuer": _issuer(said),
                **{key: said.get(key) for key in _KEPT},
            }
        ),
    )
    if content.chain:
        yield Sighting(locator=locator, kind="file", resource=name, chain=content.chain)


def _stated(said: Mapping[str, Any], state: Mapping[str, Any]) -> StatedCertificate | None:
    """By its SHA-1; a request that is still pending has none, and no certificate."""
    thumbprint = _thumbprint(said)
    if thumbprint is None:
        return None
    return StatedCertificate(
        sha1=thumbprint,
        not_before=_time(state.get("nbf", state.get("notBefore"))),
        not_after=_time(state.get("exp", state.get("expires"))),
    )


def _thumbprint(said: Mapping[str, Any]) -> str | None:
    """``x5t`` is base64url without padding (RFC 7515 section 4.1.7); the CLI adds the same in hexadecimal."""
    written = text(said.get("x509ThumbprintHex"))
    if written:
        digits = hex_digits(written)
    else:
        encoded = text(said.get("x5t")) or text(said.get("x509Thumbprint"))
        if not encoded:
            return None
        try:
            digits = base64.urlsafe_b64decode(encoded.rstrip("=") + "=" * (-len(encoded.rstrip("=")) % 4)).hex()
        except binascii.Error as error:
            raise ValueError(f"the thumbprint is not base64 ({error})") from error
    if len(digits) != 40:
        raise ValueError(f"the thumbprint has {len(digits) // 2} bytes, a SHA-1 has 20")
    return digits


def _state(said: Mapping[str, Any], state: Mapping[str, Any]) -> str | None:
    if said.get("deletedDate"):
        return "deleted"
    return {"true": "enabled", "false": "disabled"}.get(text(state.get("enabled")) or "")


def _issuer(said: Mapping[str, Any]) -> str | None:
    """Name of the issuer object in the vault (``Self``, ``Unknown``, ``DigiCertCA``), not of a CA."""
    policy = section(said.get("policy"))
    issuer = section(policy.get("issuer")) or section(policy.get("issuerParameters"))
    return text(issuer.get("name"))


def _time(value: Any) -> datetime | None:
    """Seconds since 1970 from the API, ISO 8601 from the CLI."""
    if isinstance(value, int) and not isinstance(value, bool):
        return from_epoch(value)
    return utc(text(value))
