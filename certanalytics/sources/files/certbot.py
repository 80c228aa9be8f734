"""certbot's folder (``/etc/letsencrypt``): what it renews, and which certificate its links mean.

Read: ``renewal/<lineage>.conf``, which says of one lineage where it lies and how it is renewed (authenticator,
installer, CA, account, kind of key) and, with the webroot authenticator, for which domains; and the links in
``live/<lineage>`` where a copy kept only the text of a link (zip, Git, some file servers). Links that are links are
followed by the load itself. The certificates in ``archive`` are certificate files as any other.

The lineage is known by the name of its folder below ``live``. A relative path in the file, and one whose server cannot
be told, counts as below the folder the file lies in, if that is one of certbot's (``renewal`` beside ``live``). Not
read: hooks, paths of credentials and whatever else may hold a secret; ``accounts`` (keys, and since 2025 no e-mail
address either); and the domains of other authenticators, which only the certificate says.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator, Mapping

from certanalytics.errors import DataError
from certanalytics.model import Alias, Record, Reject, Row, StatedCertificate
from certanalytics.sources._reading.export import DAMAGED, Export
from certanalytics.sources._reading.signature import Head, Signature
from certanalytics.sources._reading.source import source
from certanalytics.sources.files._paths import alias_meant, alias_of, place

_FILES = tuple(re.compile(rf"^[^\S\n]*+{name}\s*+=", re.MULTILINE) for name in ("archive_dir", "fullchain"))
_PARAMETERS = re.compile(r"^[^\S\n]*+\[renewalparams\][^\S\n]*+$", re.MULTILINE)
_FIRST = re.compile(r"(?:\s++|#[^\n]*+)*+\w++[^\S\n]*+=")
_VERSION = re.compile(r"(?:\s++|#[^\n]*+)*+version\s*=\s*\d")
_LIVE = re.compile(r"(?P<folder>.*/live)/(?P<lineage>[^/]+)/fullchain\.pem")
_LINK = re.compile(rb"\s*((?:\.\./){2}archive/[^/\0\r\n]+/(?:cert|chain|fullchain)\d*\.pem)\s*")
_TOLD = (
    "version",
    "authenticator",
    "installer",
    "server",
    "account",
    "key_type",
    "elliptic_curve",
    "rsa_key_size",
    "reuse_key",
    "must_staple",
    "preferred_chain",
    "preferred_profile",
    "required_profile",
    "renew_before_expiry",
    "autorenew",
    "archive_dir",
    "fullchain",
)
"""What is kept; hooks, credentials and unknown settings are not."""


def _is_renewal(head: Head) -> bool:
    text = head.text
    if not _FIRST.match(text):  # prose about certbot shows such files
        return False
    return bool((_PARAMETERS.search(text) or _VERSION.match(text)) and all(file.search(text) for file in _FILES))


@source(
    "certbot-renewal",
    produced_by="certbot: /etc/letsencrypt/renewal/*.conf",
    brings=("place", "status"),
    path_matters=True,
    signature=Signature("certbot's renewal file: version, archive_dir, fullchain and [renewalparams]", _is_renewal),
)
def certbot_renewal(export: Export) -> Iterator[Row]:
    """Read what certbot renews, one record a file."""
    try:
        with export.text() as stream:
            sections, broken = _settings(stream.read(1 << 20))
    except DAMAGED as error:
        raise DataError(f"the archive is damaged ({error})", where=export.label, hint="Copy it again.") from None
    for line in broken:
        yield Reject(locator=f"line {line}", reason="neither a setting nor a section")
    said: dict[str, str] = {**sections.get("renewalparams", {}), **sections.get("", {})}
    fullchain = said.get("fullchain", "")
    lineage = _LIVE.fullmatch("/" + fullchain.replace("\\", "/"))  # certbot runs on Windows too
    if lineage is None:
        raise DataError("it does not say where the lineage lies (fullchain)", where=export.label)
    domains = [*sections.get("webroot_map", {}), *_listed(said.get("domains", ""))]
    told: dict[str, object] = {key: said[key] for key in _TOLD if said.get(key)}
    if domains:
        told["domains"] = sorted(set(domains))
    yield Record(
        locator="renewal",
        system="certbot",
        record_id=lineage["lineage"],
        certificate=StatedCertificate(alias=_meant(export, fullchain, lineage["lineage"])),
        location=fullchain,
        attributes=json.dumps(told, ensure_ascii=False),
    )


def _meant(export: Export, fullchain: str, lineage: str) -> str:
    """The name of the lineage's ``fullchain.pem``: beside the folder ``renewal`` the file lies in, else as it says."""
    folder, _, _ = place(export).rpartition("/")
    if posixpath.basename(folder) == "renewal":
        return f"path:{posixpath.dirname(folder)}/live/{lineage}/fullchain.pem"
    return alias_meant(export, fullchain)


def _settings(text: str) -> tuple[Mapping[str, Mapping[str, str]], list[int]]:
    """Settings by section, the nested ones too, as ConfigObj writes them; and the lines that are neither."""
    sections: dict[str, dict[str, str]] = {"": {}}
    section, broken = "", []
    for number, line in enumerate(text.splitlines(), 1):
        written = line.strip()
        if not written or written.startswith("#"):
            continue
        if found := re.fullmatch(r"(\[+)\s*(.*?)\s*(\]+)", written):
            section = found[2].strip("'\"")
            sections.setdefault(section, {})
            continue
        key, equals, value = written.partition("=")
        if not equals:
            broken.append(number)
            continue
        sections[section][key.strip().strip("'\"")] = value.strip().strip("'\"")
    return sections, broken


def _listed(value: str) -> list[str]:
    return [part.strip().strip("'\"") for part in value.split(",") if part.strip()]


@source(
    "certbot-link",
    produced_by="zip -y, Git or a file server, of certbot's live/<lineage>/*.pem: links kept as text",
    brings=("place",),
    path_matters=True,
    signature=Signature(
        "nothing but the text of a link ../../archive/<lineage>/fullchain1.pem",
        lambda head: bool(_LINK.fullmatch(head.data)),
    ),
)
def certbot_link(export: Export) -> Iterator[Row]:
    """Read which file of the same copy a link means."""
    try:
        with export.open() as stream:
            found = _LINK.fullmatch(stream.read(4096))
    except DAMAGED as error:
        raise DataError(f"the archive is damaged ({error})", where=export.label, hint="Copy it again.") from None
    if found is None:
        raise DataError("no text of a link", where=export.label)
    folder, _, _ = place(export).rpartition("/")
    meant = posixpath.normpath(posixpath.join(folder, found[1].decode("utf-8", "backslashreplace")))
    yield Alias(locator="link", alias=alias_of(export), certificate=StatedCertificate(alias=f"path:{meant}"))
