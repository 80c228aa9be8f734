from __future__ import annotations

import json

import pytest

from certanalytics.model import Asset, DnsRecord, Reject
from certanalytics.sources._reading.signature import Head
from certanalytics.sources.organisation.route53 import route53_json

SOA = {
    "Name": "lab.example.",
    "Type": "SOA",
    "TTL": 900,
    "ResourceRecords": [{"Value": "a. b. 1 7200 900 1209600 86400"}],
}


def a_set(name, kind, *values, **more):
    return {"Name": name, "Type": kind, "TTL": 60, "ResourceRecords": [{"Value": value} for value in values], **more}


def read(written, value):
    export = written(value if isinstance(value, str) else json.dumps(value))
    assert route53_json.signature.matches(Head(export.head))
    return list(route53_json.read(export))


@pytest.mark.shared
def test_the_real_sample_names_two_zones(sample):
    rows = list(route53_json.read(sample("managers/aws_cli_examples/route53_list-hosted-zones-by-name.json")))
    assert [(row.asset_id, row.name, row.status) for row in rows] == [
        ("/hostedzone/Z119WBBTVP5WFX", "2.example.com", "hosted zone"),
        ("/hostedzone/Z3P5QSUBK4POTI", "www.example.com", "hosted zone"),
    ]
    assert all(isinstance(row, Asset) and row.owner is None for row in rows)


def test_octets_are_octal_and_the_zone_is_that_of_the_soa_record(written):
    rows = read(written, {"ResourceRecordSets": [a_set("\\052.lab.example.", "TXT", '"a=\\101\\\\052"'), SOA]})
    assert rows[0] == DnsRecord(
        locator="ResourceRecordSets[0].ResourceRecords[0]",
        system="aws-route53",
        name="*.lab.example",
        record_type="TXT",
        value='"a=\\065\\\\052"',
        zone="lab.example",
        ttl=60,
    )


def test_an_alias_has_its_target_and_no_time_to_live(written):
    target = {"HostedZoneId": "Z2FDTNDATAQYW2", "DNSName": "D111.cloudfront.net.", "EvaluateTargetHealth": False}
    (row,) = read(written, {"ResourceRecordSets": [{"Name": "w.lab.example", "Type": "AAAA", "AliasTarget": target}]})
    assert (row.name, row.record_type, row.value, row.ttl) == ("w.lab.example", "ALIAS", "d111.cloudfront.net", None)


def test_of_several_zones_only_the_one_that_can_be_meant_is_named(written):
    below = {**SOA, "Name": "sub.lab.example."}
    rows = read(written, {"ResourceRecordSets": [SOA, below, a_set("x.sub.lab.example.", "A", "127.0.0.1")]})
    assert [row.zone for row in rows] == ["lab.example", None, None]


@pytest.mark.parametrize("shape", ["bare list", "lines", "pages", "recorded", "indented"])
def test_pages_bare_lists_and_recordings(written, shape):
    one, two = a_set("a.lab.example.", "A", "127.0.0.1", "127.0.0.2"), a_set("b.lab.example.", "CNAME", "a.lab.example")
    page = {"ResourceRecordSets": [one, two], "IsTruncated": False, "MaxItems": "300"}
    value = {
        "bare list": [one, two],
        "lines": f"{json.dumps(one)}\n{json.dumps(two)}\n",
        "pages": "".join(json.dumps({"ResourceRecordSets": [each]}) for each in (one, two)),
        "recorded": {"status_code": 200, "data": page},
        "indented": json.dumps(page, indent=4),
    }[shape]
    assert [(row.name, row.value) for row in read(written, value)] == [
        ("a.lab.example", "127.0.0.1"),
        ("a.lab.example", "127.0.0.2"),
        ("b.lab.example", "a.lab.example"),
    ]


def test_a_bad_value_costs_no_other(written):
    sets = [
        a_set("a.lab.example.", "A", "127.0.0.1", "oops"),
        a_set("b.lab.example.", "NOPE", "1"),
        {"Name": "c.", "Type": "A"},
    ]
    kinds = [type(row) for row in read(written, {"ResourceRecordSets": [*sets, a_set("d.", "TXT", "v=x; y")]})]
    assert kinds == [DnsRecord, Reject, Reject, Reject, Reject]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"HostedZones": []}, []),
        ({"ResourceRecordSets": []}, []),
        (
            {
                "HostedZone": {
                    "Id": "/hostedzone/Z1",
                    "Name": "a.example.",
                    "CallerReference": "x",
                    "Config": {"PrivateZone": True},
                }
            },
            [("/hostedzone/Z1", "private hosted zone")],
        ),
        (
            {"HostedZoneSummaries": [{"HostedZoneId": "Z1", "Name": "a.example."}]},
            [("/hostedzone/Z1", "private hosted zone")],
        ),
    ],
)
def test_other_answers_about_zones(written, value, expected):
    assert [(row.asset_id, row.status) for row in read(written, value)] == expected
