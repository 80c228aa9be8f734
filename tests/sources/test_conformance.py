"""The rules every source keeps on every sample there is: ours always, the shared ones where they are."""

from __future__ import annotations

import codecs
import fnmatch
import hashlib
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import BinaryIO

import independent_extraction
import pytest

from certanalytics import model
from certanalytics.errors import DataError
from certanalytics.sources import SOURCES, Export, Source, exports, recognise
from certanalytics.sources._reading.signature import Head
from certanalytics.sources._reading.text import ip_address

REPOSITORY = Path(__file__).parents[2]
SAMPLES = REPOSITORY / "data" / "samples"
SHARED = REPOSITORY.parent / "shared" / "samples"

NOT_OURS = {
    SAMPLES: ("README.md", "truth/truth.json"),
    SHARED: (
        "*PROVENANCE.md",
        "ct/ccadb/ski_spkisha256.csv",  # keys by their identifier; no certificate is named
        "ct/rfc6962_get_entries/synthetic_snapshot.json",  # another tool's test fixture
        "ct/static-ct-api/*/tile/0/*",  # hashes, which nothing tells from any other bytes
        "managers/aws_*/*.rst",  # manual pages
        "managers/aws_acm_recorded/*ListTagsForCertificate_1.json",  # tags that do not say of what
        "managers/aws_acm_recorded/iam_*GetServerCertificate_1.json",  # an error
        "managers/aws_cli_examples/*tags*.json",  # tags that do not say of what
        "managers/aws_cli_examples/route53_list-query-logging-configs.json",  # no records
        "managers/azure_keyvault/ApiManagementTest*",  # another service
        "managers/certbot_etc_letsencrypt/*/README",
        "managers/certbot_etc_letsencrypt/accounts/*",  # keys, and nothing about certificates
        "managers/digicert_certcentral/[!o]*.json",  # answers about other things than orders
        "managers/digicert_certcentral/certificate.zip!certificate.txt",  # a placeholder
        "managers/digicert_certcentral/order_*.json",  # acknowledgements
        "managers/digicert_certcentral/organization*.json",
        "managers/digicert_mpki/openapi.yaml",  # the description of the interface, not an export
        "managers/f5_bigip/*/auth_user.json",
        "managers/f5_bigip/*/cm_*.json",  # the certificate and the addresses of the device itself
        "managers/f5_bigip/*/ltm_[np]o*.json",  # nodes and pools
        "managers/f5_bigip/*/net_self.json",
        "managers/f5_bigip/*_key.json",
        "managers/f5_bigip/*key*.json",
        "managers/f5_bigip/*profile*server*.json",
        "managers/f5_bigip/*virtual_*address*.json",
        "managers/f5_bigip/icontrol_rest_14.1/sys_*.json",  # empty lists of other things
        "managers/f5_bigip/load_sys_crypto_cert_validator_1.json",
        "managers/gcp_certs/*custodian_1.json",  # an application of App Engine
        "managers/gcp_certs/certmanager-certificate-label__patch*",  # an operation
        "managers/gcp_certs/events__*",  # audit logs
        "managers/kubernetes/input.json",  # readings of an agent, without the content of Secrets
        "managers/lemur_docs/certificates_views_example_06.http.txt",  # a key
        "managers/lemur_docs/certificates_views_example_1[04567].http.txt",  # no answers about certificates
        "managers/ms_adcs/pspki_dump_[245].txt",  # templates and CAs
        "managers/sectigo_scm/*",
        "managers/smallstep/*",  # configuration, which names files and holds no certificate
        "managers/venafi/*/cloud.[!c]*.json",  # answers about applications, templates and users
        "managers/venafi/*/cloud.certificatepolicies.*.json",
        "managers/venafi/*/tpp.*.json",  # logins and policies
        "ownership/dns_zones/*example.com",  # tinydns, as is the next
        "ownership/dns_zones/*other.foo",
        "ownership/dns_zones/cli53/validate2.txt",  # not a record of any class, which is what its tool tests
        "scan/_lab_truth/hosts.txt",
        "scan/nmap/*.gnmap",
        "scan/nmap/*.txt",
        "scan/ssllabs/dd_none.json",  # an empty array: it could be anybody's
        "scan/sslyze/scb_test-empty-report.json",  # []
        "scan/zeek/zeekbase_ocsp_revoked_ocsp.log",  # responses to OCSP, with no certificate in them
    ),
}
"""What no source reads (yet), by pattern of the path below its folder."""


def _label(export: Export) -> str:
    """Folder of samples, path below it and member, the same on every machine."""
    root = SAMPLES if export.path.is_relative_to(SAMPLES) else SHARED
    path = f"{root.parent.name}/{export.path.relative_to(root).as_posix()}"
    return f"{path}!{export.member}" if export.member else path


@cache
def _sorted_out(folder: Path) -> dict[str, tuple[Export, tuple[Source, ...]]]:
    """Every export below a folder with all the sources that claim it."""
    found = {}
    for export in exports(folder) if folder.is_dir() else ():
        assert isinstance(export, Export), export
        head = Head(export.head)
        found[_label(export)] = export, tuple(source for source in SOURCES if source.signature.matches(head))
    return found


def _recognised(*folders: Path, rooms: tuple[str, ...] = ()) -> list[object]:
    """Parameters of a test over every recognised sample of these folders, or of those of some rooms."""
    return [
        pytest.param(sources[0], export, id=label, marks=[pytest.mark.shared] if folder == SHARED else [])
        for folder in folders
        for label, (export, sources) in _sorted_out(folder).items()
        if sources and (not rooms or sources[0].read.__module__.split(".")[-2] in rooms)
    ]


ARCHIVES = sorted(path for path in SAMPLES.rglob("*") if path.suffix in {".gz", ".zst", ".zip", ".ucs"})

every_sample = pytest.mark.parametrize(("source", "export"), _recognised(SAMPLES, SHARED))


@cache
def _content(path: Path, member: str | None) -> bytes:
    return independent_extraction.unpacked(path)[member or ""]


def _holding(data: bytes, like: Export) -> Export:
    """An export with other content."""

    def opened() -> BinaryIO:
        return io.BytesIO(data)

    return Export(like.path, like.member, like.file_time, opened)


@cache
def _rows(source: Source, export: Export) -> tuple[model.Row, ...]:
    return tuple(source.read(export))


def _rows_or_error(source: Source, export: Export) -> tuple[model.Row, ...]:
    """The rows up to a `DataError`; any other exception is a failure of the rule."""
    rows = []
    with suppress(DataError):
        for row in source.read(export):
            rows.append(row)  # noqa: PERF402 - what came before the error counts
    return tuple(rows)


def test_every_source_has_a_sample_here():
    sampled = {source.name for _, sources in _sorted_out(SAMPLES).values() for source in sources}
    assert sampled == {source.name for source in SOURCES}


@pytest.mark.parametrize("folder", [SAMPLES, pytest.param(SHARED, marks=pytest.mark.shared)], ids=["data", "shared"])
def test_a_sample_belongs_to_one_source_or_is_known_to_be_none_of_ours(folder, request):
    if folder == SHARED:
        request.getfixturevalue("shared")
    claimed_twice, unknown, patterns = {}, [], set(NOT_OURS[folder])
    for label, (_, sources) in _sorted_out(folder).items():
        below = label.partition("/")[2]
        matching = {pattern for pattern in NOT_OURS[folder] if fnmatch.fnmatch(below, pattern)}
        if len(sources) > 1:
            claimed_twice[label] = [source.name for source in sources]
        if not sources:
            patterns -= matching
            if not matching:
                unknown.append(label)
    assert claimed_twice == {}
    assert unknown == []
    assert patterns == set(), "nothing matches these any more"


@every_sample
def test_rows_are_rows_of_the_model(source, export):
    for row in _rows(source, export):
        assert isinstance(row, (model.Run, *model.FACTS))
        if not isinstance(row, model.Run):
            assert row.locator
        if isinstance(row, model.Reject):
            assert row.reason
            assert "PRIVATE KEY" not in (row.excerpt or "")


@pytest.mark.parametrize(("source", "export"), _recognised(SAMPLES))
def test_nothing_the_lab_made_is_empty_or_rejected(source, export):
    assert _rows(source, export)
    assert [row for row in _rows(source, export) if isinstance(row, model.Reject)] == []


@every_sample
def test_the_certificates_are_those_in_the_file(source, export):
    ders = {der for row in _rows(source, export) for der in _certificates(row)}
    expected = independent_extraction.certificates(source.name, _content(export.path, export.member))
    assert {hashlib.sha256(der).hexdigest() for der in ders} == expected


def _certificates(row: model.Row) -> list[bytes]:
    if isinstance(row, model.Sighting):
        held = row.chain
    elif isinstance(row, model.CtEntry):
        held = (row.certificate, *row.chain)
    elif isinstance(row, model.Record | model.Alias | model.CaListing):
        held = (row.certificate,)
    else:
        held = ()
    return [reference for reference in held if isinstance(reference, bytes)]


@pytest.mark.parametrize("share", [25, 50, 90])
@every_sample
def test_a_cut_file_keeps_what_came_before_the_cut(source, export, share):
    data = _content(export.path, export.member)
    cut = _holding(data[: len(data) * share // 100], export)
    _agree(_rows_or_error(source, cut), _rows(source, export), in_one_piece=_is_in_one_piece(source, data), share=share)


def _agree(kept: tuple[model.Row, ...], whole: tuple[model.Row, ...], *, in_one_piece: bool, share: int) -> None:
    """Rows of a cut file are those of the whole up to the record the cut went through, and not much fewer."""
    before, after = _comparable(whole), _comparable(kept)
    same = next((at for at, (one, other) in enumerate(zip(after, before, strict=False)) if one != other), len(before))
    spoilt = {_record_of(row) for row in after[same:] if not isinstance(row, model.Reject)}
    assert len(spoilt) <= 1, "more than the record the cut went through reads differently"
    if len({_record_of(row) for row in before}) >= 10 and not in_one_piece:
        assert len(after) >= len(before) * share / 200, "half of what stood before the cut is lost"


def _is_in_one_piece(source: Source, data: bytes) -> bool:
    """DER, PKCS#7 and PKCS#12 are one value from the first byte to the last: cut, they hold nothing.

    A database dump has table after table, and those that are read may all stand behind the cut. Of a short zone file
    the SOA record with its comments takes up a quarter.
    """
    if source.name in {"netbox-dump", "pkcs12-store"} or (source.name == "dns-zone" and len(data) < 4096):
        return True
    return source.name == "certificate-file" and b"-----BEGIN CERTIFICATE-----" not in data


def _comparable(rows: tuple[model.Row, ...]) -> list[model.Row]:
    """Rows without what stands at the end of a file for all of them: the header of the run and its time."""
    facts = [row for row in rows if not isinstance(row, model.Run)]
    return [
        replace(row, observed_at=None, time_basis="record") if getattr(row, "time_basis", "") == "run" else row
        for row in facts
    ]


def _record_of(row: model.Row) -> object:
    """What tells the records of a file apart: the endpoint where there is one, else the place in the file."""
    if isinstance(row, model.Sighting | model.EndpointTls | model.Probe | model.Finding) and row.port is not None:
        return row.host, row.ip, row.port
    return row.locator


def _turned(value: object) -> object:
    """The members of every object the other way round."""
    if isinstance(value, dict):
        return {name: _turned(each) for name, each in reversed(value.items())}
    return [_turned(each) for each in value] if isinstance(value, list) else value


DRESSES: dict[str, Callable[[str], bytes]] = {
    "byte order mark": lambda text: codecs.BOM_UTF8 + text.encode(),
    "UTF-16": lambda text: text.encode("utf-16"),
    "CRLF": lambda text: text.replace("\n", "\r\n").encode(),
}
"""How another editor or shell writes a text."""

JSON_DRESSES: dict[str, Callable[[str], bytes]] = {
    "compact": lambda text: json.dumps(json.loads(text), separators=(",", ":"), ensure_ascii=False).encode(),
    "indented": lambda text: json.dumps(json.loads(text), indent=4).encode(),
    "turned": lambda text: json.dumps(_turned(json.loads(text))).encode(),
    "in an array": lambda text: f"[{text}]".encode() if text.lstrip().startswith("{") else text.encode(),
}
"""How another program writes the same JSON; answers put into an array are pages."""

WRITTEN_ONE_WAY = {"caddy-storage", "certbot-link", "vcert-json"}
"""Files a program keeps for itself, and nobody writes anew."""


def _text(source: Source, export: Export) -> str | None:
    """A sample as text, if it is one that people pass on through editors, shells and scripts."""
    room = source.read.__module__.split(".")[-2]
    if room not in {"managers", "organisation", "files"} or source.name in WRITTEN_ONE_WAY:
        return None
    data = _content(export.path, export.member)
    with suppress(UnicodeDecodeError):
        return None if b"\0" in data else data.decode("utf-8-sig").replace("\r\n", "\n")
    return None


def _dressed() -> Iterator[object]:
    """Parameters of a test over the samples and what they can be written as."""
    for folder, marks in ((SAMPLES, []), (SHARED, [pytest.mark.shared])):
        for label, (export, sources) in _sorted_out(folder).items():
            text = _text(sources[0], export) if sources else None
            if text is None:
                continue
            is_json = text.lstrip()[:1] in {"{", "["}
            with suppress(ValueError):
                json.loads(text if is_json else "no")
                for name, dress in JSON_DRESSES.items():
                    if name != "in an array" or '"interactions"' not in text:  # of a recording there is one a file
                        yield pytest.param(sources[0], export, dress, id=f"{label}-{name}", marks=marks)
            for name, dress in DRESSES.items():
                yield pytest.param(sources[0], export, dress, id=f"{label}-{name}", marks=marks)


def _told(rows: tuple[model.Row, ...]) -> set[str]:
    """Rows without where in the file they stand and in what order their attributes do."""
    told = set()
    for row in _comparable(rows):
        attributes = getattr(row, "attributes", None)
        ordered = {"attributes": json.dumps(json.loads(attributes), sort_keys=True)} if attributes else {}
        told.add(repr(replace(row, locator="", **ordered)))
    return told


@pytest.mark.parametrize(("source", "export", "dress"), list(_dressed()))
def test_what_a_file_says_does_not_hang_on_how_it_is_written(source, export, dress):
    text = _text(source, export)
    assert text is not None
    dressed = _holding(dress(text), export)
    assert [each for each in SOURCES if each.signature.matches(Head(dressed.head))] == [source]
    assert _told(tuple(source.read(dressed))) == _told(_rows(source, export))


def _longer(value: object, more: str) -> Iterator[object]:
    """A JSON value once for every PEM in it, with another certificate after those that stand there."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from ({**value, name: longer} for longer in _longer(each, more))
    elif isinstance(value, list):
        for at, each in enumerate(value):
            yield from ([*value[:at], longer, *value[at + 1 :]] for longer in _longer(each, more))
    elif isinstance(value, str) and "-----END CERTIFICATE-----" in value:
        yield f"{value.rstrip()}\n{more}\n"


@pytest.mark.parametrize(("source", "export"), _recognised(SAMPLES))
def test_one_certificate_more_in_a_field_is_one_certificate_more(source, export):
    if source.read.__module__.split(".")[-2] != "managers":
        return
    others = _content(SAMPLES / "truth" / "oldtls.pem", None).decode()
    more = others[others.index("-----BEGIN") : others.index("-----END CERTIFICATE-----")] + "-----END CERTIFICATE-----"
    (digest,) = independent_extraction.certificates("certificate-file", more.encode())
    with suppress(ValueError):
        for said in _longer(json.loads(_content(export.path, export.member)), more):
            rows = source.read(_holding(json.dumps(said).encode(), export))
            assert digest in {hashlib.sha256(der).hexdigest() for row in rows for der in _certificates(row)}


@every_sample
def test_the_wrong_encoding_is_at_worst_an_error_in_words(source, export):
    text = _content(export.path, export.member).decode("utf-8", errors="replace")
    for encoding in ("utf-16", "utf-16-be", "utf-32"):
        _rows_or_error(source, _holding(text.encode(encoding), export))


def _public(holds: Callable[[str, bytes], bool]) -> list[object]:
    """Parameters of a test over the samples of scanners and transparency that hold something of a kind."""
    return [
        parameter
        for parameter in _recognised(SAMPLES, SHARED, rooms={"scanners", "transparency"})
        if holds(parameter.values[0].name, _content(parameter.values[1].path, parameter.values[1].member))
    ]


def _is_text(source: str, data: bytes) -> bool:
    with suppress(UnicodeDecodeError):
        data.decode("utf-8-sig")
        return source not in _BYTES
    return False


_BYTES = {"crl", "ct-log-proof", "ocsp-response", "static-ct-data-tile"}
"""Sources whose files are, or may be, no text but bytes that count."""


@pytest.mark.parametrize(("source", "export"), _public(_is_text))
def test_a_text_reads_the_same_however_windows_writes_it(source, export):
    """PowerShell writes UTF-16, others a mark before UTF-8."""
    text = _content(export.path, export.member).decode("utf-8-sig")
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        same = _holding(f"\ufeff{text}".encode(encoding), export)
        assert _claims(same) == [source.name], encoding
        assert _facts(source, same) == _facts(source, export), encoding


def _json_values(data: bytes) -> list[object]:
    """The values of a JSON text, or of several one after the other; none if it is something else."""
    values: list[object] = []
    decoder = json.JSONDecoder()
    with suppress(ValueError):
        text = data.decode("utf-8-sig").strip()
        while text[:1] in {"{", "["}:
            value, end = decoder.raw_decode(text)
            values.append(value)
            text = text[end:].lstrip()
        return [] if text else values
    return []


@pytest.mark.parametrize(("source", "export"), _public(lambda _, data: bool(_json_values(data))))
def test_json_reads_the_same_however_it_is_laid_out(source, export):
    values = _json_values(_content(export.path, export.member))
    for layout in ({"indent": 2}, {"separators": (",", ":")}, {"sort_keys": True}):
        same = _holding("\n".join(json.dumps(value, **layout) for value in values).encode(), export)
        assert _claims(same) == [source.name], layout
        assert _without_places(_facts(source, same)) == _without_places(_facts(source, export)), layout


@every_sample
def test_values_are_what_their_columns_are_for(source, export):
    """Digests of their length, addresses that are some, names that are no addresses, nothing that says nothing."""
    for row in _rows(source, export):
        for stated in _stated(row):
            assert stated != model.StatedCertificate(), row
            for column, octets in (("sha256", 32), ("sha1", 20), ("spki_sha256", 32), ("tbs_sha256", 32)):
                assert re.fullmatch(rf"(?:[0-9a-f]{{{2 * octets}}})?", getattr(stated, column) or ""), row
            assert re.fullmatch(r"(?:-?(?:[0-9a-f]{2})+)?", stated.serial_hex or ""), row
            assert all(ip_address(address) == address for address in stated.san_ip), row
        host, ip, port = (getattr(row, name, None) for name in ("host", "ip", "port"))
        assert ip is None or ip_address(ip) == ip, row
        assert host is None or (ip_address(host) is None and not re.search(r"[\s/\[\]]", host)), row
        assert port is None or 0 < port < 65_536, row
        if isinstance(row, model.EndpointTls):
            assert all(re.fullmatch(r"SSLv[23]|D?TLSv1\.[0-3]", version) for version in row.protocols), row


def _claims(export: Export) -> list[str]:
    head = Head(export.head)
    return [source.name for source in SOURCES if source.signature.matches(head)]


def _facts(source: Source, export: Export) -> list[model.Row]:
    """Rows without the time of the run, which some readers find only where the tool itself writes it."""
    return _comparable(tuple(source.read(export)))


def _without_places(rows: list[model.Row]) -> Counter[str]:
    """Rows without where they stand and how that looks; the keys of one object may come in another order."""
    found: Counter[str] = Counter()
    for row in rows:
        said = asdict(row) | {"locator": "", "excerpt": ""}
        if attributes := said.get("attributes"):
            said["attributes"] = json.dumps(json.loads(attributes), sort_keys=True)
        found[f"{type(row).__name__} {said}"] += 1
    return found


def _stated(row: model.Row) -> list[model.StatedCertificate]:
    held = (*getattr(row, "chain", ()), getattr(row, "certificate", None))
    return [reference for reference in held if isinstance(reference, model.StatedCertificate)]


@pytest.mark.parametrize("data", [b"", b"\0", b"\xff\xfe", b"\n", b"{", b"[", b"<", b"0\x80"], ids=repr)
@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_nothing_much_is_at_worst_an_error_in_words(source, data):
    like = Export(Path("nothing"), None, datetime(2026, 11, 23), io.BytesIO)
    rows = _rows_or_error(source, _holding(data, like))
    assert all(isinstance(row, model.Run | model.Reject) for row in rows)


@pytest.mark.parametrize("share", [25, 50, 90])
@pytest.mark.parametrize("path", ARCHIVES, ids=lambda path: path.name)
def test_a_cut_archive_is_at_worst_an_error_in_words(path, share, tmp_path):
    data = path.read_bytes()
    cut = tmp_path / path.name
    cut.write_bytes(data[: len(data) * share // 100])
    for export in exports(cut):
        if isinstance(export, DataError):
            assert export.what
            continue
        with suppress(DataError):
            if source := recognise(export):
                members = (each for each in exports(path) if isinstance(each, Export))
                whole = next(replace(each, path=cut) for each in members if each.member == export.member)
                # Packed bytes are not spread evenly over the content: what has to be kept is not said.
                _agree(_rows_or_error(source, export), _rows(source, whole), in_one_piece=True, share=share)
