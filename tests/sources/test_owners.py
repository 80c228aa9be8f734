from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from certanalytics.errors import UsageError
from certanalytics.model import Asset, Person, Reject
from certanalytics.sources._mapped import mapped as mapped_table
from certanalytics.sources._reading.signature import Head
from certanalytics.sources.organisation._owner_rows import OWNERS
from certanalytics.sources.organisation.owners import owners_csv

MAPPING = """
delimiter = ";"

[columns]
name = "FQDN"
owner = "Responsible"
owner_email = "Responsible (mail)"
owner_name = "Full name"
active = "Still here"
criticality = "Tier"
team = "Group"

[values.criticality]
"Tier 1" = "critical"
"Tier 2" = "high"

[values.active]
"ja" = true
"nein" = "no"
"""


def read(written, content):
    return list(owners_csv.read(written(content)))


def mapped(tmp_path, text=MAPPING):
    path = tmp_path / "cmdb.toml"
    path.write_text(text, encoding="utf-8")
    return mapped_table(path)


def test_every_canonical_column(written):
    header = ",".join(OWNERS.columns)
    cells = (
        "Shop.Example.COM.,ada,ada@example.com,Ada Lovelace,yes,192.0.2.1,Web,Webshop,Retail,production,High,live,Bern"
    )
    assert read(written, f"{header}\n{cells}\n") == [
        Asset(
            locator="line 2",
            system="owners-csv",
            asset_id="Shop.Example.COM.",
            name="shop.example.com",
            ip="192.0.2.1",
            service="Webshop",
            business_unit="Retail",
            environment="production",
            criticality="high",
            owner="ada@example.com",
            team="Web",
            status="live",
            location="Bern",
        ),
        Person(
            locator="line 2",
            system="owners-csv",
            person_id="ada@example.com",
            name="Ada Lovelace",
            user_name="ada",
            email="ada@example.com",
            active=True,
        ),
    ]


def test_excel_in_other_languages_writes_true_in_its_own_word(written):
    rows = "a.example;ada@example.com;WAHR\r\nb.example;bob@example.com;FALSCH\r\nc.example;cat@example.com;VRAI\r\n"
    people = [row for row in read(written, f"name;owner_email;active\r\n{rows}") if isinstance(row, Person)]
    assert [(person.email, person.active) for person in people] == [
        ("ada@example.com", True),
        ("bob@example.com", False),
        ("cat@example.com", True),
    ]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_the_two_columns_that_suffice_in_any_case_and_between_any_mark(written, mark):
    for owner in ("Owner", "OWNER_EMAIL"):
        export = written(f"\ufeffExtra{mark}Name{mark}{owner}\r\nx{mark}a.example{mark}ada@example.com\r\n")
        assert owners_csv.signature.matches(Head(export.head))
        assert list(owners_csv.read(export)) == [
            Asset(
                locator="line 2", system="owners-csv", asset_id="a.example", name="a.example", owner="ada@example.com"
            )
        ]


def test_what_is_no_owner_list_does_not_match():
    for header in ("name,ip", "owner,team", "id,fqdn/ip,port", "Name Owner", '{"name":1,"owner":2}', ""):
        assert not owners_csv.signature.matches(Head(header.encode()))


@pytest.mark.parametrize(
    ("name", "asset_name", "ip"),
    [
        ("*.shop.example.com", "*.shop.example.com", None),
        ("intranet", "intranet", None),
        ("bücher.example", "xn--bcher-kva.example", None),
        ("192.0.2.7", None, "192.0.2.7"),
        ("2001:DB8::7", None, "2001:db8::7"),
        ("AB" * 32, "ab" * 32, None),
        (":".join(["AB"] * 32), "ab" * 32, None),
    ],
)
def test_an_asset_is_named_by_name_address_or_fingerprint(written, name, asset_name, ip):
    (asset,) = read(written, f"name,owner\n{name},ada\n")
    assert (asset.name, asset.ip, asset.asset_id) == (asset_name, ip, name)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",ada,,,", "the name is empty"),
        ("a.example,,,,", "the owner is empty"),
        ("https://a.example/,ada,,,", "name 'https://a.example/' is no DNS name"),
        ("zz" * 32 + ",ada,,,", "not hexadecimal"),
        ("a.example,ada,10.0.0.300,,", "ip '10.0.0.300' is no IP address"),
        ("a.example,ada,,Tier 1,", "criticality 'Tier 1' is none of critical, high, medium, low"),
        ("a.example,ada,,,on leave", "active 'on leave' is none of true"),
        ("a.example,ada", "2 cells where the header has 5"),
    ],
)
def test_a_bad_row_is_a_reject_and_the_next_one_is_read(written, row, reason):
    first, second = read(written, f"name,owner,ip,criticality,active\n{row}\nb.example,ada,,,\n")
    assert isinstance(first, Reject)
    assert first.locator == "line 2"
    assert reason in first.reason
    assert second.name == "b.example"


@pytest.mark.parametrize(
    ("word", "active"),
    [("TRUE", True), ("Yes", True), ("1", True), ("active", True), ("no", False), ("0", False), ("Left", False)],
)
def test_whether_an_owner_is_still_there(written, word, active):
    _, person = read(written, f"name,owner,active\na.example,ada,{word}\n")
    assert person.active is active


def test_a_person_is_told_once_and_again_when_the_list_says_otherwise(written):
    lines = [
        "name,owner,owner_name,active",
        "a.example,ada,Ada Lovelace,yes",
        "b.example,ada,Ada Lovelace,yes",
        "c.example,ada,Ada Lovelace,no",
        "d.example,bob,,",
    ]
    rows = read(written, "\n".join(lines))
    assert [row.name for row in rows if isinstance(row, Asset)] == ["a.example", "b.example", "c.example", "d.example"]
    assert [(row.locator, row.active) for row in rows if isinstance(row, Person)] == [
        ("line 2", True),
        ("line 4", False),
    ]


def test_a_list_in_its_own_words(tmp_path, written):
    source = mapped(tmp_path)
    assert source.name == "owners-csv:cmdb"
    content = (
        "No;FQDN;Responsible;Responsible (mail);Full name;Still here;Tier;Group\n"
        '1;a.example;ada;ada@example.com;"Lovelace; Ada";JA;tier 1;Web\n'
        "2;b.example;bob;;;nein;low;\n"
        "3;c.example;eve;;;vielleicht;;\n"
    )
    for _ in range(2):  # a source is read from as often as there are files, and keeps nothing of them
        export = written(content)
        assert source.signature.matches(Head(export.head))
        assert not owners_csv.signature.matches(Head(export.head))
        first, ada, second, bob, third = source.read(export)
        assert (first.name, first.owner, first.criticality, first.team) == (
            "a.example",
            "ada@example.com",
            "critical",
            "Web",
        )
        assert (first.system, first.locator) == ("owners-csv:cmdb", "line 2")
        assert (ada.name, ada.active) == ("Lovelace; Ada", True)
        assert (second.owner, second.criticality) == ("bob", "low")
        assert (bob.person_id, bob.active) == ("bob", False)
        assert isinstance(third, Reject)
        assert "active 'vielleicht'" in third.reason


def test_a_list_without_one_of_the_mapped_columns_does_not_match(tmp_path):
    source = mapped(tmp_path, '[columns]\nname = "Host"\nowner = "Who"\nip = "Address"\n')
    assert source.signature.matches(Head(b"address,WHO,Host,More\n"))
    assert not source.signature.matches(Head(b"Who,Host,More\n"))
    assert "Host, Who, Address" in source.signature.describe


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[columns\n", "the mapping is not TOML"),
        ("", "columns lacks name. Say which column of the table holds the name."),
        ('[columns]\nname = "Host"\n', "columns lacks owner or owner_email"),
        ('columns = "name"\n', "columns is no table. Write [columns] and one line for each entry."),
        ('[columns]\nname = "H"\nowner = 7\n', "columns.owner does not name a column"),
        ('[columns]\nname = "H"\nowner = " "\n', "columns.owner does not name a column"),
        (
            '[columns]\nname = "H"\nowner = "O"\nphone = "T"\n',
            "columns.phone is no column of kind 'owners'. Known are name,",
        ),
        ('[columns]\nname = "H"\nowner = "O"\n[colums]\n', "colums is no key of a mapping"),
        ('delimiter = ";;"\n[columns]\nname = "H"\nowner = "O"\n', "delimiter is ';;'. Write one character"),
        ('delimiter = 1\n[columns]\nname = "H"\nowner = "O"\n', "delimiter is 1"),
        (
            '[columns]\nname = "H"\nowner = "O"\n[values]\nteam = 3\n',
            "values.team translates a column that is not mapped",
        ),
        ('[columns]\nname = "H"\nowner = "O"\n[values]\nowner = 3\n', "values.owner is no table"),
        (
            '[columns]\nname = "H"\nowner = "O"\ncriticality = "T"\n[values.criticality]\n"1" = "vital"\n',
            "values.criticality.1 is 'vital'. Write one of critical, high, medium, low.",
        ),
        ('[columns]\nname = "H"\nowner = "O"\n[values.owner]\nx = 3\n', "values.owner.x is 3. Write text."),
    ],
)
def test_a_mapping_that_cannot_be_followed_says_where_and_what_to_do(tmp_path, text, says):
    with pytest.raises(UsageError) as raised:
        mapped(tmp_path, text)
    assert str(raised.value).startswith(str(tmp_path / "cmdb.toml"))
    assert says in str(raised.value)


def test_a_mapping_that_is_not_there(tmp_path):
    with pytest.raises(UsageError, match="the mapping cannot be read"):
        mapped_table(tmp_path / "missing.toml")


def test_a_mapping_in_another_encoding(tmp_path):
    (tmp_path / "cp.toml").write_bytes('[columns]\nname = "Größe"\n'.encode("cp1252"))
    with pytest.raises(UsageError, match="the mapping is not TOML"):
        mapped_table(tmp_path / "cp.toml")


def test_a_mapping_that_an_editor_on_windows_saved(tmp_path):
    path = tmp_path / "windows.toml"
    path.write_bytes('[columns]\r\nname = "Größe"\r\nowner = "Wer"\r\n'.encode("utf-8-sig"))
    for encoding in ("utf-8", "utf-8-sig", "cp1252"):
        assert mapped_table(path).signature.matches(Head("Größe,Wer\r\n".encode(encoding)))


@pytest.mark.parametrize("share", [0.25, 0.9])
def test_a_list_that_is_cut_keeps_what_stood_before(written, share):
    content = "name,owner,team\n" + "".join(f"host{number}.example,owner{number},Web\n" for number in range(100))
    # Cut behind a name, where the cells tell that something is missing.
    cut = content[: content.rindex(",owner", 0, int(len(content) * share))]
    *kept, last = read(written, cut)
    assert [row.owner for row in kept] == [f"owner{number}" for number in range(len(kept))]
    assert len(kept) > 100 * share - 4
    assert isinstance(last, Reject)
    assert "cut short" in last.reason


@given(cells=st.lists(st.lists(st.text(max_size=12), max_size=5), max_size=6))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
def test_any_rows_are_taken_in_or_rejected(written, cells):
    content = "name,owner,active\n" + "\n".join(",".join(row) for row in cells)
    for row in read(written, content):
        assert isinstance(row, Asset | Person | Reject)


def test_a_row_without_an_owner_still_says_whose_business_it_is(written):
    (row,) = read(written, "name,owner,business_unit,criticality\na.example,,Retail,critical\n")
    assert (row.owner, row.business_unit, row.criticality) == (None, "Retail", "critical")
