"""What sources say of a certificate without its DER: kept as said, put together alike in any order of loading."""

from __future__ import annotations

import hashlib
import itertools
import random
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from estate_rows import empty
from hypothesis import given, settings
from hypothesis import strategies as st

from certanalytics.estate import MEMORY, Estate
from certanalytics.intake import Intake
from certanalytics.model import Alias, Record, Sighting, StatedCertificate
from certanalytics.one_file import Reading
from certanalytics.reading import part
from certanalytics.schema import TABLES
from certanalytics.sources import SOURCES

AS_OF = datetime(2026, 11, 23)
START, END = datetime(2026, 10, 1, 9, 30), datetime(2026, 12, 29, 9, 29, 59)


def made(serial: int, name: str, issuer: str = "Lab Issuing") -> bytes:
    key = ec.derive_private_key(serial, ec.SECP256R1())
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(START)
        .not_valid_after(END)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256(), ecdsa_deterministic=True)
    )
    return certificate.public_bytes(serialization.Encoding.DER)


DER = made(7, "www.example.com")
SHA256 = hashlib.sha256(DER).hexdigest()
SHA1 = hashlib.sha1(DER).hexdigest()  # noqa: S324 - a fingerprint as tools still write it

BY_SHA256 = StatedCertificate(sha256=SHA256, subject_cn="www.example.com")
BY_BOTH = StatedCertificate(sha256=SHA256, sha1=SHA1)
BY_SHA1 = StatedCertificate(sha1=SHA1, not_after=datetime(2026, 12, 29, 23, 59, 59))
BY_SERIAL = StatedCertificate(serial_hex="07", issuer_dn="/CN=Lab Issuing", key_algorithm="EC", key_bits=256)
BY_SERIAL_AND_NAME = StatedCertificate(serial_hex="07", issuer_cn="LAB ISSUING", not_before=START)
BY_ALIAS = StatedCertificate(alias="f5:/Common/profile")


def seen(certificate, host="www.example.com"):
    return Sighting(locator=host, chain=(certificate,), kind="scan", host=host, port=443, observed_at=AS_OF)


def estate_of(*files):
    """An estate with these rows, each file of one source taken in one after the other."""
    estate = empty()
    for number, (source, rows) in enumerate(files):
        reading = Reading(
            load=f"{source}-{number}",
            label=f"file {number}",
            sha256=str(number),
            source=SOURCES[source].name,
            fallback_time=AS_OF,
            fallback_basis="given",
        )
        intake = Intake(estate.store, room=len(rows))
        intake.take(part(reading, reading.numbered(rows), intake.known))
        intake.finish([reading])
    return estate


FACTS = (
    (0, [seen(DER)]),
    (1, [seen(BY_SHA256)]),
    (2, [seen(BY_SHA1), seen(BY_BOTH, "other.example.com")]),
    (3, [Record(locator="1", system="ca", record_id="1", certificate=BY_SERIAL)]),
    (4, [Record(locator="1", system="cmdb", record_id="1", certificate=BY_SERIAL_AND_NAME)]),
    (5, [Alias(locator="1", alias="f5:/Common/profile", certificate=StatedCertificate(alias="f5:/Common/a.crt"))]),
    (6, [Alias(locator="1", alias="f5:/Common/a.crt", certificate=BY_SHA1)]),
    (7, [Sighting(locator="1", chain=(BY_ALIAS,), kind="config", ip="192.0.2.1", port=443, resource="/Common/vs")]),
)
"""One certificate as eight files speak of it, no two in the same words."""


def told(estate):
    """The inventory without what names a load."""
    return estate.inventory(as_of=AS_OF).to_json(date_format="iso")


@pytest.mark.parametrize("left_out", [None, *range(8)], ids=lambda number: f"without {number}")
def test_all_ways_to_speak_of_one_certificate_are_one_in_any_order(left_out):
    facts = [fact for number, fact in enumerate(FACTS) if number != left_out]
    rng = random.Random(1816)  # noqa: S311 - any orders will do, always the same
    orders = [facts, facts[::-1], rng.sample(facts, len(facts))]
    answers = {told(estate_of(*order)) for order in orders}
    assert len(answers) == 1
    frame = estate_of(*facts).inventory(as_of=AS_OF)
    # Without the DER nothing joins the serial number to a fingerprint but what somebody says of both.
    expected = {SHA256} if left_out != 0 else {SHA256, *frame["certificate"][frame["certificate"].str.contains("seri")]}
    assert set(frame["certificate"]) == expected


@pytest.mark.parametrize("order", list(itertools.permutations([BY_SHA1, BY_BOTH, BY_SHA256])))
def test_who_gives_both_fingerprints_joins_those_that_give_one(order):
    estate = estate_of(*((number, [seen(said)]) for number, said in enumerate(order)))
    assert estate.inventory(as_of=AS_OF)["certificate"].tolist() == [SHA256]


def test_the_row_of_a_stated_certificate_is_made_of_all_that_is_said():
    day_only = StatedCertificate(sha1=SHA1, not_before=datetime(2026, 10, 1), not_after=datetime(2026, 12, 29, 23, 59))
    exact = StatedCertificate(sha1=SHA1, not_before=START, not_after=END, san_dns=("b.example.com",), key_bits=2048)
    names = StatedCertificate(sha1=SHA1, san_dns=("a.example.com",), key_bits=1024, issuer_dn="CN=Lab Issuing,O=Lab")
    for order in itertools.permutations([day_only, exact, names]):
        estate = estate_of(*((number, [seen(said)]) for number, said in enumerate(order)))
        columns = "not_before, not_after, validity_days, san_dns, key_bits, issuer_cn, issuer_o, evidence"
        assert estate.rows(f"SELECT {columns} FROM certificate")[1] == [
            (START, END, 89, ["a.example.com", "b.example.com"], 1024, "Lab Issuing", "Lab", "parsed")
        ]
        assert estate.rows("SELECT name FROM name ORDER BY name")[1] == [("a.example.com",), ("b.example.com",)]


def test_what_sources_differ_on_can_be_listed():
    wrong = StatedCertificate(sha1=SHA1, key_bits=2048, not_after=END + timedelta(days=3), subject_cn="WWW.example.com")
    estate = estate_of((0, [seen(DER)]), (1, [seen(wrong)]), (2, [seen(BY_SHA1)]))
    frame = estate.ask("disagreements", as_of=AS_OF)
    assert frame["attribute"].tolist() == ["key_bits", "not_after"]
    assert frame["said"][0].tolist() == [f"2048 ({SOURCES[1].name})", "256 (the certificate itself)"]


def test_a_day_is_no_disagreement_with_a_time_on_that_day():
    estate = estate_of((0, [seen(DER)]), (1, [seen(BY_SHA1)]))
    assert estate.ask("disagreements", as_of=AS_OF).empty


def test_a_name_nothing_explains_is_listed_and_no_certificate():
    estate = estate_of(FACTS[5], FACTS[7])
    assert estate.inventory(as_of=AS_OF).empty
    frame = estate.unresolved_names(as_of=AS_OF)
    assert frame[["name", "ip", "port", "resource"]].to_dict("records") == [
        {"name": "f5:/Common/profile", "ip": "192.0.2.1", "port": 443, "resource": "/Common/vs"}
    ]


def test_a_profile_may_mean_two_certificates_and_the_newest_meaning_counts():
    other, replaced = made(8, "www.example.com"), made(9, "old.example.com")

    def means(der, at):
        return Alias(locator="1", alias="f5:/Common/profile", certificate=der, observed_at=at)

    before = AS_OF - timedelta(days=9)
    rows = [means(replaced, before), means(DER, AS_OF), means(other, AS_OF)]
    place = Sighting(locator="1", chain=(BY_ALIAS,), kind="scan", ip="192.0.2.1", port=443, observed_at=AS_OF)
    estate = estate_of((0, [place]), (1, rows))
    frame = estate.inventory(as_of=AS_OF)
    assert set(frame["certificate"][frame["in_service"]]) == {SHA256, hashlib.sha256(other).hexdigest()}
    early = estate.query("SELECT certificate FROM alias_meaning(TIMESTAMP '2026-11-15')")["certificate"].tolist()
    assert early == [hashlib.sha256(replaced).hexdigest()]


@pytest.mark.parametrize("system", ["f5:/Common", "kubernetes:shop"])
def test_a_name_two_installations_use_for_different_certificates_stays_unresolved(system):
    other = made(8, "www.example.com")
    certificate, profile = StatedCertificate(alias=f"{system}/a.crt"), StatedCertificate(alias=f"{system}/profile")
    place = Sighting(locator="1", chain=(profile,), kind="config", ip="192.0.2.1", port=443)
    names = Alias(locator="1", alias=f"{system}/profile", certificate=certificate)

    def means(der, days=0):
        at = AS_OF - timedelta(days=days)
        return Alias(locator="1", alias=f"{system}/a.crt", certificate=der, observed_at=at)

    def resolved(*files):
        estate = estate_of((0, [place, names]), *((number, [row]) for number, row in enumerate(files, 1)))
        frame = estate.inventory(as_of=AS_OF)
        return set(frame["certificate"][frame["seen_in_file"]]), len(estate.unresolved_names(as_of=AS_OF))

    assert resolved(means(DER)) == ({SHA256}, 0)
    assert resolved(means(DER), means(other)) == resolved(means(other), means(DER)) == (set(), 1)
    assert resolved(means(DER), means(other, days=2)) == ({SHA256}, 0), "a renewal between two exports"
    assert resolved(means(DER), means(BY_SHA1), means(BY_SERIAL)) == ({SHA256}, 0), "one certificate in other words"


def test_two_profiles_of_one_name_that_name_other_certificates_stay_unresolved():
    other = made(8, "www.example.com")
    place = Sighting(locator="1", chain=(BY_ALIAS,), kind="config", ip="192.0.2.1", port=443)

    def named(profile, object_):
        return Alias(locator="1", alias=profile, certificate=StatedCertificate(alias=object_))

    objects = [
        Alias(locator="1", alias=f"f5:/Common/{name}", certificate=der) for name, der in (("a", DER), ("b", other))
    ]
    both = [named("f5:/Common/profile", "f5:/Common/a"), named("f5:/Common/profile", "f5:/Common/b")]
    one_file = estate_of((0, [place]), (1, both), (2, objects))
    assert len(one_file.unresolved_names(as_of=AS_OF)) == 0
    two_files = estate_of((0, [place]), (1, both[:1]), (2, both[1:]), (3, objects))
    assert two_files.unresolved_names(as_of=AS_OF)["name"].tolist() == ["f5:/Common/profile"]


texts = st.sampled_from(["a", "b", None])
statements = st.builds(
    StatedCertificate,
    sha256=st.sampled_from([SHA256, None]),
    sha1=st.sampled_from([SHA1, "bb" * 20, None]),
    serial_hex=st.sampled_from(["07", "08", None]),
    issuer_cn=st.sampled_from(["Lab Issuing", "Other", None]),
    subject_cn=texts,
    key_bits=st.sampled_from([256, 2048, None]),
    not_after=st.sampled_from([END, END + timedelta(days=2), None]),
    alias=st.sampled_from(["x:1", None]),
)
facts = st.one_of(
    st.builds(seen, st.one_of(statements, st.just(DER)), st.sampled_from(["a.example.com", "b.example.com"])),
    st.builds(Alias, locator=st.just("1"), alias=st.just("x:1"), certificate=st.one_of(statements, st.just(DER))),
)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), st.lists(facts, min_size=1, max_size=3)), max_size=4), st.randoms())
def test_any_facts_in_any_order_give_the_same_estate(files, rng):
    def all_of(estate):
        # A fact two files of one source state is kept under the file that came first; what it says is the same.
        rows = {}
        for table, schema in TABLES.items():
            columns = ", ".join(name for name in schema.names if name not in {"load", "locator"})
            if table == "load":
                continue
            rows[table] = sorted(map(repr, estate.rows(f'SELECT {columns} FROM "{table}"')[1]))
        return rows, told(estate)

    shuffled = rng.sample(files, len(files))
    assert all_of(estate_of(*files)) == all_of(estate_of(*shuffled))


def test_files_loaded_in_any_order_give_the_same_inventory(samples: Path):
    folders = sorted(path for path in samples.iterdir() if path.is_dir())
    rng = random.Random(7)  # noqa: S311 - any orders will do, always the same
    answers = set()
    for order in (folders, folders[::-1], rng.sample(folders, len(folders))):
        with Estate(MEMORY) as estate:
            for folder in order:
                estate.load(folder, collected_at="2026-11-23")
            answers.add(told(estate))
    assert len(answers) == 1
