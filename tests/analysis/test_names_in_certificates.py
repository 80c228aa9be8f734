"""How many names and owners share a certificate, and where names stand."""

from __future__ import annotations

import pytest
from estate_rows import AS_OF

from certanalytics.analysis.contents.subject_names import NO_NAMES, names, percentile


def asked(rows, **more):
    return names(rows.estate(), as_of=AS_OF, **more)


@pytest.mark.parametrize(
    ("counts", "part", "value"),
    [
        ([], 0.95, None),
        ([(1, 1)], 0.95, 1),
        ([(1, 19), (50, 1)], 0.95, 1),
        ([(1, 18), (50, 2)], 0.95, 50),
        ([(3, 1), (1, 1), (2, 1)], 0.5, 2),
        ([(7, 0), (9, 1)], 0.01, 9),
    ],
)
def test_percentile(counts, part, value):
    assert percentile(counts, part) == value


def test_percentile_of_no_part():
    with pytest.raises(ValueError, match="above 0"):
        percentile([(1, 1)], 0)


def test_names_are_counted_once(rows):
    for number in range(19):
        rows.served(f"h{number}.example.com")
    rows.served(["a.example.com", "b.example.com", "A.example.com"])
    found = asked(rows)
    assert found.frame[["names", "certificates"]].to_numpy().tolist() == [[1, 19], [2, 1]]
    assert found.kpis["names_p95"].value == 1


@pytest.fixture
def several(rows):
    """One certificate of two owners by a pattern and a closer word, one of one owner, one of which little is said."""
    rows.served(["a.shop.example.com", "b.example.com"])
    rows.served(["c.example.com", "d.example.com"])
    rows.served(["e.example.net", "f.example.net"])
    rows.served("g.example.net")
    rows.person("ann")
    rows.asset("*.example.com", owner="ann@example.com", business_unit="Group")
    rows.asset("c.example.com", owner="ann", business_unit="Group")
    rows.asset("*.shop.example.com", owner="bob", business_unit="Retail")
    rows.asset("e.example.net", owner="ann")
    return rows


def test_names_of_several_owners_in_one_certificate(several):
    found = asked(several)
    kpi = found.kpis["names_across_owners"]
    assert (kpi.value, kpi.denominator) == (1, 2)
    assert kpi.excluded == (
        "1 certificate with one name, or none that is known, 1 certificate of whose names fewer than two have a stated "
        "owner"
    )
    assert found.headline == "1 certificate in service holds names of several owners."
    shared = found.tables["shared"]
    assert shared["subject_cn"].tolist() == ["a.shop.example.com"]
    assert shared["owner_list"][0].tolist() == ["ann", "bob"]  # ann by name and by e-mail is one person
    assert shared["unit_list"][0].tolist() == ["Group", "Retail"]
    assert found.kpis["names_across_units"].value == 1


def test_without_owners_nothing_is_said_of_them(rows):
    rows.served(["a.example.com", "b.example.com"])
    rows.recorded(rows.certificate("c.example.com"), owner_email="ann@example.com")
    found = asked(rows)
    assert found.kpis["names_across_owners"].value is None
    assert found.kpis["names_across_units"].value is None
    assert found.headline == "95 % of the certificates in service hold 2 names or fewer."


def test_wildcards_across_owners(rows):
    wide = rows.served("*.example.com", "a.example.com")
    rows.seen(wide, "b.example.com")
    unclear = rows.served("*.example.net", "a.example.net")
    rows.seen(unclear, "b.example.net")
    rows.served("*.example.org", "a.example.org")
    rows.served("plain.example.org")
    rows.asset("a.example.com", owner="ann", business_unit="One")
    rows.asset("b.example.com", owner="bob", business_unit="Two")
    found = asked(rows)
    assert found.kpis["wildcard_share"].value == 3 / 4
    kpi = found.kpis["wildcards_across_owners"]
    assert (kpi.value, kpi.denominator) == (1, 2)
    assert kpi.excluded == "1 certificate on several servers of which fewer than two have a stated owner"
    widest = found.tables["wildcards"].iloc[0]
    assert (widest["wildcards"].tolist(), widest["owners"], widest["units"]) == (["*.example.com"], 2, 2)


def test_where_names_stand(rows):
    rows.served("a.example.com", subject_cn="A.example.com.")
    rows.served("b.example.com", subject_cn="other.example.com")
    rows.served("c.example.com", subject_cn=None)
    rows.served("d.example.com", san_dns=[])
    rows.served("e.example.com", san_dns=[], san_ip=["192.0.2.1"], subject_cn="192.0.2.1")
    rows.served("f.example.com", san_dns=[], evidence="parsed")
    found = asked(rows)
    findings = found.tables["findings"]
    assert dict(zip(findings["hosts"].map(lambda hosts: hosts[0]), findings["reason"], strict=True)) == {
        "b.example.com": "common name is no alternative name",
        "d.example.com": "no alternative names",
    }
    for name in ("common_name_apart", "without_alternative_names"):
        kpi = found.kpis[name]
        assert (kpi.value, kpi.denominator) == (1, 5)
        assert kpi.excluded == "1 certificate whose alternative names are not known"


def test_where_no_alternative_names_are_known(rows):
    rows.served("a.example.com", san_dns=[], evidence="parsed")
    kpi = asked(rows).kpis["common_name_apart"]
    assert (kpi.value, kpi.sentence) == (None, NO_NAMES)


def test_a_scope(several):
    found = asked(several, scope="list_contains(names, 'c.example.com')")
    assert (found.kpis["names_across_owners"].value, found.kpis["names_across_owners"].denominator) == (0, 1)
    assert found.tables["shared"].empty
