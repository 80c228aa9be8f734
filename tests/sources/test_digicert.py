from __future__ import annotations

import csv
import io
import json
from datetime import datetime

import pytest

from certanalytics.model import Record, Reject, StatedCertificate
from certanalytics.sources._reading.signature import Head
from certanalytics.sources.managers.digicert import digicert_orders_csv, digicert_orders_json

FOLDER = "managers/digicert_certcentral"
# The header of GET /services/v2/report/order as the vendor documents it.
HEADER = (
    "order_id,customer_order_id,date_created,container_id,container_name,status,user_id,organization_id,"
    "organization_name,organization_address_1,organization_address_2,organization_city,organization_state,"
    "organization_country,organization_unit,tech_first_name,tech_last_name,tech_email,tech_title,tech_telephone,"
    "server_type,issuing_ca,agreement_id,validity_years,signature_hash,dcv_method,common_name,plus_feature,dns_names,"
    "product_id,product_name_id,product_name,product_type,email,csr,valid_from,valid_till,certificate_tracker_id,"
    "is_renewed,renewed_order_id,receipt_id,disable_issuance_email,pay_type,is_out_of_contract,"
    "disable_renewal_notifications,additional_emails,auto_renew,custom_renewal_message,thumbprint,serial_number,"
    "account_id,user_first_name,user_last_name,user_email,user_assignments,cost,metadata,has_duplicates"
)
ROW = {
    "order_id": "556729",
    "date_created": "2026-01-02 03:04:05",
    "container_name": "Retail",
    "status": "issued",
    "organization_name": "Example, Inc.",
    "tech_first_name": "Ada",
    "tech_last_name": "Lovelace",
    "tech_email": "ada@example.com",
    "issuing_ca": "DigiCert Global G2 TLS RSA SHA256 2020 CA1",
    "validity_years": "1",
    "signature_hash": "sha256",
    "common_name": "shop.example.com",
    "dns_names": "shop.example.com,www.shop.example.com",
    "product_name_id": "ssl_basic",
    "product_name": "Standard SSL",
    "valid_from": "2026-01-02 00:00:00",
    "valid_till": "2027-02-02 23:59:59",
    "thumbprint": "7D236B54D19D5EACF0881FAF24D51DFE5D23E945",
    "serial_number": "0669D46CAE79EF684A69777490602485",
    "user_first_name": "Clive",
    "user_last_name": "College",
    "user_email": "clive@example.com",
    "cost": "293.00",
}
DETAIL = {
    "id": 1,
    "status": "issued",
    "date_created": "2026-01-02T03:04:05+02:00",
    "certificate": {"common_name": "a.example", "dns_names": ["a.example"], "valid_till": "2026-06-30"},
    "product": {"name_id": "ssl_plus"},
}


def report(*rows):
    text = io.StringIO()
    writer = csv.DictWriter(text, HEADER.split(","), restval="")
    writer.writeheader()
    writer.writerows(ROW | row for row in rows)
    return text.getvalue()


def detail(written, **changed):
    (row,) = digicert_orders_json.read(written(json.dumps(DETAIL | changed)))
    return row


@pytest.mark.shared
def test_the_details_of_an_order(sample):
    (record,) = digicert_orders_json.read(sample(f"{FOLDER}/order.json"))
    attributes = json.loads(record.attributes)
    assert attributes["owner_from"] == "technical_contact"
    assert (attributes["container"], attributes["is_renewed"]) == ({"id": 5, "name": "College of Science"}, False)
    assert record == Record(
        locator="[0]",
        system="digicert-certcentral",
        record_id="123456789",
        certificate=StatedCertificate(
            sha1="7d236b54d19d5eacf0881faf24d51dfe5d23e945",
            serial_hex="0669d46cae79ef684a69777490602485",
            issuer_cn="DCert Private CA",
            subject_cn="digicert.com",
            san_dns=("digicert.com",),
            not_before=datetime(2014, 8, 19),
            not_after=datetime(2015, 8, 19, 23, 59, 59),
            key_bits=2048,
            signature_hash="sha256",
            validation_level="OV",
        ),
        state="approved",
        owner_name="Some Guy",
        owner_email="someguy@digicert.com",
        requester="clivecollegedean@digicert.com",
        business_unit="Some Unit",
        product="SSL Plus",
        requested_at=datetime(2014, 8, 19, 18, 16, 7),
        attributes=record.attributes,
    )


@pytest.mark.shared
def test_a_list_of_orders(sample):
    records = list(digicert_orders_json.read(sample(f"{FOLDER}/orders.json")))
    assert [(row.locator, row.record_id, row.state) for row in records] == [
        ("orders[0]", "556729", "issued"),
        ("orders[1]", "556730", "needs_approval"),
        ("orders[2]", "556731", "needs_approval"),
    ]
    # Only the issued one has a certificate; the list states it without serial number and thumbprint.
    assert [row.certificate for row in records[1:]] == [None, None]
    assert records[0].certificate == StatedCertificate(
        subject_cn="digicert.com",
        san_dns=("digicert.com", "www.digicert.com"),
        not_after=datetime(2017, 8, 19, 23, 59, 59),
        signature_hash="sha256",
    )
    assert {row.business_unit for row in records} == {"College of Science"}
    assert json.loads(records[0].attributes) == {
        "organization": {"id": 117483, "name": "DigiCert, Inc."},
        "container": {"id": 5, "name": "College of Science"},
        "price": 293,
        "validity_years": 3,
    }


@pytest.mark.shared
def test_only_orders_are_recognised(shared):
    matched = {
        path.name
        for path in (shared / "samples" / FOLDER).iterdir()
        if digicert_orders_json.signature.matches(Head(path.read_bytes()))
    }
    orders = {"order.json", "orders.json", "ssl_ev_order.json"}
    assert matched == orders | {"certificate_request.json", "certificate_request_pending.json"}


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "approver"), [("certificate_request", "john.smith@digicert.com"), ("certificate_request_pending", None)]
)
def test_a_request_says_who_asked_and_once_it_is_approved_who_did_that(sample, name, approver):
    (record,) = digicert_orders_json.read(sample(f"{FOLDER}/{name}.json"))
    assert record == Record(
        locator="[0]",
        system="digicert-certcentral",
        record_id="542757",
        state="issued",
        requester="clivecollegedean@digicert.com",
        approver=approver,
        requested_at=datetime(2014, 8, 19, 18, 16, 7),
    )


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('{"orders": [], "page": {"total": 0, "limit": 0, "offset": 0}}', []),
        ("[DETAILS, DETAILS]", ["1", "1"]),
        ("DETAILS\nDETAILS", ["1", "1"]),
    ],
)
def test_a_page_without_orders_and_details_in_a_row(written, content, expected):
    details = """{"id": 1, "status": "issued", "date_created": "2026-01-01T00:00:00+00:00",
        "product": {"name_id": "ssl_plus"}, "certificate": {"common_name": "a.example"}}"""
    export = written(content.replace("DETAILS", details))
    assert digicert_orders_json.signature.matches(Head(export.head))
    assert [record.record_id for record in digicert_orders_json.read(export)] == expected


def test_the_report_as_documented(written):
    export = written("\ufeff" + report({}))
    assert digicert_orders_csv.signature.matches(Head(export.head))
    (record,) = digicert_orders_csv.read(export)
    assert record.certificate == StatedCertificate(
        sha1="7d236b54d19d5eacf0881faf24d51dfe5d23e945",
        serial_hex="0669d46cae79ef684a69777490602485",
        issuer_cn="DigiCert Global G2 TLS RSA SHA256 2020 CA1",
        subject_cn="shop.example.com",
        san_dns=("shop.example.com", "www.shop.example.com"),
        not_before=datetime(2026, 1, 2),
        not_after=datetime(2027, 2, 2, 23, 59, 59),
        signature_hash="sha256",
    )
    assert (record.record_id, record.state, record.business_unit) == ("556729", "issued", "Retail")
    assert (record.owner_name, record.owner_email) == ("Ada Lovelace", "ada@example.com")
    assert (record.requester, record.product) == ("clive@example.com", "Standard SSL")
    assert record.requested_at == datetime(2026, 1, 2, 3, 4, 5)
    assert json.loads(record.attributes) == {
        "owner_from": "technical_contact",
        "organization": {"id": "", "name": "Example, Inc."},
        "container": {"id": "", "name": "Retail"},
        "price": "293.00",
        "validity_years": "1",
    }


@pytest.mark.parametrize(
    ("begin", "end"),
    [("1/31/2026 0:00", "2/2/2027"), ("31.01.2026 00:00", "02.02.2027"), ("2026/1/31 0:00", "2027/2/2")],
)
def test_dates_of_a_report_as_a_spreadsheet_writes_them(written, begin, end):
    (record,) = digicert_orders_csv.read(written(report({"valid_from": begin, "valid_till": end})))
    certificate = record.certificate
    assert (certificate.not_before, certificate.not_after) == (datetime(2026, 1, 31), datetime(2027, 2, 2, 23, 59, 59))


def test_a_date_of_a_report_that_may_mean_two_days_costs_nothing_else(written):
    (record,) = digicert_orders_csv.read(written(report({"date_created": "1/2/2026 3:04"})))
    assert (record.requested_at, record.certificate.not_before) == (None, datetime(2026, 1, 2))
    assert json.loads(record.attributes)["dates_as_written"] == {"date_created": "1/2/2026 3:04"}


def test_an_order_of_the_report_without_a_certificate(written):
    blank = dict.fromkeys(("thumbprint", "serial_number", "valid_from", "valid_till", "tech_email"), "")
    pending = blank | {"status": "pending", "tech_first_name": "", "tech_last_name": ""}
    first, second = digicert_orders_csv.read(written(report(pending, {})))
    assert (first.certificate, first.owner_email) == (None, "clive@example.com")
    assert json.loads(first.attributes)["owner_from"] == "user"
    assert second.certificate is not None


@pytest.mark.parametrize("state", ["issued", "revoked", "expired", "reissue_pending"])
def test_states_with_a_certificate(written, state):
    assert detail(written, status=state).certificate.subject_cn == "a.example"


@pytest.mark.parametrize("state", ["pending", "needs_approval", "processing", "rejected", "canceled", "needs_csr"])
def test_states_without_one(written, state):
    assert detail(written, status=state).certificate is None


def test_a_bare_date_ends_with_its_day_and_times_are_utc(written):
    record = detail(written)
    assert record.certificate.not_after == datetime(2026, 6, 30, 23, 59, 59)
    assert record.requested_at == datetime(2026, 1, 2, 1, 4, 5)


@pytest.mark.parametrize(
    ("thumbprint", "expected"), [("AB" * 20, ("ab" * 20, None)), ("AB" * 32, (None, "ab" * 32)), ("AB", (None, None))]
)
def test_a_thumbprint_is_what_its_length_says(written, thumbprint, expected):
    certificate = detail(written, certificate=DETAIL["certificate"] | {"thumbprint": thumbprint}).certificate
    assert (certificate.sha1, certificate.sha256) == expected


def test_the_organisation_s_contact_answers_where_no_technical_one_is_named(written):
    record = detail(
        written,
        technical_contact={"first_name": "", "email": None},
        organization_contact={"first_name": "Grace", "last_name": "Hopper", "email": "grace@example.com"},
        requests=[
            {"id": 1, "reviewer": {"first_name": "John", "last_name": "Smith", "email": "john@example.com"}},
            {"id": 2, "reviewer": {"first_name": "Jane", "last_name": "Doe"}},
            {"id": 3},
        ],
    )
    assert (record.owner_name, record.owner_email) == ("Grace Hopper", "grace@example.com")
    assert json.loads(record.attributes)["owner_from"] == "organization_contact"
    assert record.approver == "Jane Doe"


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ({"id": None}, "no id"),
        ({"certificate": "x"}, "an object expected, found text"),
        ({"certificate": {"dns_names": "a.example"}}, "a list expected, found text"),
        ({"certificate": {"serial_number": "0x12zz"}}, "not hexadecimal"),
        ({"date_created": "19 Aug 2014"}, "Invalid isoformat string"),
    ],
)
def test_a_bad_order_is_a_reject_and_the_next_one_is_read(written, bad, reason):
    first, second = digicert_orders_json.read(written(json.dumps({"orders": [DETAIL | bad, DETAIL]})))
    assert isinstance(first, Reject)
    assert first.locator == "orders[0]"
    assert reason in first.reason
    assert second.record_id == "1"


@pytest.mark.parametrize("share", [0.25, 0.9])
def test_what_is_cut_keeps_what_stood_before(written, share):
    orders = json.dumps({"orders": [DETAIL | {"id": number} for number in range(40)], "page": {"total": 40}})
    *kept, last = digicert_orders_json.read(written(orders[: int(len(orders) * share)]))
    assert [row.record_id for row in kept] == [str(number) for number in range(len(kept))]
    assert len(kept) >= int(40 * share) - 1
    assert "cut short" in last.reason
    lines = report(*({"order_id": str(number)} for number in range(40)))
    *kept, last = digicert_orders_csv.read(written(lines[: int(len(lines) * share)]))
    assert [row.record_id for row in kept] == [str(number) for number in range(len(kept))]
    assert len(kept) >= 40 * share - 3
    assert isinstance(last, Reject)
    assert "cut short" in last.reason
