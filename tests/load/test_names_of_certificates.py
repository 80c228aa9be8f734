"""Names as they are looked at once, and as one would take them apart certificate by certificate."""

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from publicsuffixlist import PublicSuffixList

from certanalytics.names import names_of

SUFFIXES = PublicSuffixList()
HOSTS = st.sampled_from(
    ["a.example", "A.example.", "*.a.example", "co.uk", "shop.co.uk", "x.y.shop.co.uk", "localhost", "", ".", "a..b",
     "city.kawasaki.jp", "www.ck", "İ.example", "192.0.2.1", "a b.example", "mail@a.example"]
)  # fmt: skip
LISTS = st.none() | st.lists(HOSTS, max_size=4)


def one_by_one(certificates):
    """The rule of RFC 6125 section 6.4.4, spelled out for one certificate after the other."""
    rows = set()
    for identity, dns, addresses, common_name in certificates:
        rows |= {(identity, address, "ip", False, None) for address in addresses or ()}
        plain = common_name and "." in common_name and not set(common_name) & set(" /@:,\\")
        for written in dns or ([common_name] if plain and not addresses else []):
            name = written.lower().rstrip(".")
            domain = SUFFIXES.privatesuffix(name.removeprefix("*."))
            rows.add((identity, name, "dns", name.startswith("*."), domain))
    return rows


@given(st.lists(st.tuples(LISTS, LISTS, st.none() | HOSTS), max_size=6))
@settings(max_examples=150, deadline=None)
def test_names_are_those_of_each_certificate(said):
    certificates = [(str(at), *columns) for at, columns in enumerate(said)]
    texts = pa.list_(pa.string())
    columns = {"identity": pa.string(), "san_dns": texts, "san_ip": texts, "subject_cn": pa.string()}
    table = pa.table(
        [pa.array([row[at] for row in certificates], kind) for at, kind in enumerate(columns.values())],
        names=[*columns],
    )
    found = [tuple(row.values()) for row in names_of(table).to_pylist()]
    assert len(found) == len(set(found))
    assert set(found) == one_by_one(certificates)
    chunks = [names_of(table.slice(at, 1)) for at in range(len(certificates))]
    assert {tuple(row.values()) for chunk in chunks for row in chunk.to_pylist()} == set(found)
