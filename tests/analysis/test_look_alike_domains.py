"""Domains in the logs that look like own ones."""

from __future__ import annotations

import pytest
from estate_rows import AS_OF

from certanalytics.analysis.transparency._look_alikes import Guards, LookAlikes, distance, label_of
from certanalytics.analysis.transparency.similar_domains import look_alikes

GUARDS = Guards(one=5, two=9, word=5)
CONFUSABLE = {"0": "o", "1": "l", "m": "rn", "\N{CYRILLIC SMALL LETTER A}": "a"}


@pytest.mark.parametrize(
    ("domain", "kind", "apart"),
    [
        ("meridian.com", None, None),
        ("meridian.net", "other suffix", 0),
        ("meridian.co.uk", "other suffix", 0),
        ("rneridian.com", "homoglyph", 0),
        ("xn--" + "meridi\N{CYRILLIC SMALL LETTER A}n".encode("punycode").decode() + ".com", "homoglyph", 0),
        ("m\N{LATIN SMALL LETTER E WITH ACUTE}ridian.com", "homoglyph", 0),
        ("merdian.com", "edit distance", 1),
        ("meridain.com", "edit distance", 1),
        ("meridiann.com", "edit distance", 1),
        ("merdiann.com", None, None),  # two apart, in a name of eight letters
        ("meridian-login.com", "added word", 0),
        ("loginmeridian.org", "added word", 0),
        ("unrelated.com", None, None),
    ],
)
def test_what_looks_like_meridian(domain, kind, apart):
    found = LookAlikes(["meridian.com"], CONFUSABLE, GUARDS).of(domain)
    assert (found and found.kind, found and found.distance) == (kind, apart)


def test_two_letters_apart_in_a_long_name():
    assert LookAlikes(["meridianpay.com"], CONFUSABLE, GUARDS).of("meirdianpya.com").distance == 2


@pytest.mark.parametrize("domain", ["abd.com", "ab.com", "abc-login.com", "xabc.com"])
def test_a_short_name_is_like_others_by_chance(domain):
    assert LookAlikes(["abc.com"], CONFUSABLE, GUARDS).of(domain) is None


def test_the_nearest_own_domain_is_told():
    found = LookAlikes(["example.net", "exemple.com"], CONFUSABLE, GUARDS).of("example.com")
    assert (found.own, found.kind) == ("example.net", "other suffix")


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [("abc", "abc", 0), ("abc", "acb", 1), ("abc", "bc", 1), ("abcd", "badc", 2), ("a", "xyz", None)],
)
def test_distance(one, other, apart):
    assert distance(one, other, 2) == distance(other, one, 2) == apart


def test_a_label_that_is_no_punycode_stays_as_it_is():
    assert label_of("xn--\N{LATIN SMALL LETTER U WITH DIAERESIS}.com") == "xn--\N{LATIN SMALL LETTER U WITH DIAERESIS}"
    assert label_of("xn--bcher-kva.example") == "b\N{LATIN SMALL LETTER U WITH DIAERESIS}cher"


def test_figures(rows):
    rows.served("www.meridian.com")
    rows.logged(rows.certificate(["www.rneridian.com", "rneridian.com"]))
    rows.logged(rows.certificate("meridian.net", days=-1))
    rows.logged(rows.certificate("unrelated.com"))
    rows.logged(rows.certificate("shop.meridian.com"))
    found = look_alikes(rows.estate(), as_of=AS_OF)
    assert found.frame[["domain", "looks_like", "kind", "certificates", "valid"]].to_numpy().tolist() == [
        ["rneridian.com", "meridian.com", "homoglyph", 1, 1],
        ["meridian.net", "meridian.com", "other suffix", 1, 0],
    ]
    assert found.kpis["look_alikes"].sentence == (
        "2 of 3 domains known from logs alone (66.7 %) look like an own one, 1 of them with a valid certificate."
    )
    assert found.kpis["look_alikes_valid"].value == 1


def test_own_domains_may_be_given(rows):
    rows.logged(rows.certificate("examp1e.org"))
    found = look_alikes(rows.estate(), as_of=AS_OF, own_domains=["Example.org."])
    assert found.frame["looks_like"].tolist() == ["example.org"]


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (lambda rows: rows.served("a.example.com"), "no Certificate Transparency entries are loaded"),
        (lambda rows: rows.logged(rows.certificate("a.example.com")), "no domain is known to be the organisation's"),
        (lambda rows: rows.logged(rows.served("a.example.com")), "the log entries loaded are of own domains alone"),
    ],
)
def test_what_cannot_be_told(rows, made, why):
    made(rows)
    found = look_alikes(rows.estate(), as_of=AS_OF)
    assert {kpi.value for kpi in found.kpis.values()} == {None}
    assert why in found.headline
    assert found.frame.empty
