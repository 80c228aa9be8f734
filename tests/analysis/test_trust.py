"""Certificates under roots that a programme no longer trusts, on one path or on all."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from estate_rows import AS_OF

from certanalytics.analysis.tls.trust import NO_ROOTS, distrust

DAY = timedelta(days=1)
CUTOFF = datetime(2025, 7, 31, 23, 59, 59)
HIPKI = "f015ce3cc239bfef064be9f1d2c417e1a0264a0a94be1f0c8d121864eb6949cc"
CHUNGHWA = "Chunghwa Telecom Co., Ltd."


def values(result):
    return {kpi.id: kpi.value for kpi in result.kpis.values()}


def issued(rows, name, begins, *, issuer="Example Issuing 1", **columns):
    return rows.certificate(name, begins=begins, ends=AS_OF + 60 * DAY, issuer_cn=issuer, **columns)


@pytest.fixture
def hipki(rows):
    """An issuing CA under a root that Chrome has a rule on SCTs against; the root itself is known."""
    root = rows.authority("HiPKI Root CA - G1", organisation=CHUNGHWA, identity=HIPKI, sha256=HIPKI)
    dn = f"CN=HiPKI Root CA - G1,O={CHUNGHWA}"
    issuing = rows.authority(
        "Example Issuing 1", under="HiPKI Root CA - G1", issuer_dn=dn, issuer_o=CHUNGHWA, subject_key_id="k1"
    )
    rows.seen(root, None, kind="file", path="root.pem", port=None)
    return issuing


@pytest.mark.parametrize(
    ("begins", "state"),
    [
        (CUTOFF + 3 * DAY, "distrusted"),
        (CUTOFF + timedelta(days=2, seconds=1), "distrusted"),
        (CUTOFF + 2 * DAY, "cannot tell"),
        (CUTOFF, "cannot tell"),
        (CUTOFF - 2 * DAY, "cannot tell"),
        (CUTOFF - timedelta(days=2, seconds=1), "kept"),
    ],
)
def test_the_earliest_sct_is_judged_by_the_beginning(rows, hipki, begins, state):
    rows.seen([issued(rows, "a.example.com", begins), hipki], "a.example.com")
    found = distrust(rows.estate(), as_of=AS_OF)
    assert found.frame[["programme", "state", "matched_by"]].to_numpy().tolist() == [["chrome", state, "fingerprint"]]
    assert found.frame["ca_owner"].tolist() == ["Chunghwa Telecom"]
    assert values(found)["under_distrusted_roots"] == 1
    assert values(found)["distrusted"] == (None if state == "cannot tell" else int(state == "distrusted"))


def test_a_log_entry_shows_how_early_the_first_sct_is(rows, hipki):
    leaf = issued(rows, "a.example.com", CUTOFF + DAY)
    rows.seen([leaf, hipki], "a.example.com")
    rows.logged(leaf, at=CUTOFF)
    assert distrust(rows.estate(), as_of=AS_OF).frame["state"].tolist() == ["kept"]


def test_a_late_log_entry_shows_nothing(rows, hipki):
    leaf = issued(rows, "a.example.com", CUTOFF + DAY)
    rows.seen([leaf, hipki], "a.example.com")
    rows.logged(leaf, at=CUTOFF + timedelta(seconds=1))
    assert distrust(rows.estate(), as_of=AS_OF).frame["state"].tolist() == ["cannot tell"]


def test_of_two_paths_one_is_distrusted(rows, hipki):
    leaf = issued(rows, "a.example.com", CUTOFF + 30 * DAY, authority_key_id="k1")
    rows.seen([leaf, hipki], "a.example.com")
    rows.seen(rows.authority("Sound Root"), None, kind="file", path="sound.pem", port=None)
    cross = rows.authority("Example Issuing 1", under="Sound Root", subject_key_id="k1")
    rows.seen(cross, None, kind="file", path="cross.pem", port=None)
    found = distrust(rows.estate(), as_of=AS_OF)
    assert found.frame["state"].tolist() == ["on one path"]
    assert found.frame["other_roots"][0].tolist() == ["Sound Root"]
    assert (values(found)["distrusted"], values(found)["distrusted_on_one_path"]) == (0, 1)
    assert found.headline == (
        "No certificates in service are distrusted by a programme whose rules are known; 1 certificate in service is "
        "hit by a rule on one path and has another."
    )


def test_a_root_known_by_name_alone(rows):
    """Servers do not send roots: the last CA certificate names it."""
    dn = f"CN=HiPKI Root CA - G1,O={CHUNGHWA}"
    issuing = rows.authority("Example Issuing 1", under="HiPKI Root CA - G1", issuer_dn=dn, issuer_o=CHUNGHWA)
    rows.seen([issued(rows, "a.example.com", CUTOFF + 30 * DAY), issuing], "a.example.com")
    found = distrust(rows.estate(), as_of=AS_OF)
    assert found.frame[["state", "matched_by"]].to_numpy().tolist() == [["distrusted", "name"]]


def test_a_root_without_a_common_name(rows):
    dn = "OU=ePKI Root Certification Authority,O=Chunghwa Telecom Co.\\, Ltd.,C=TW"
    issuing = rows.authority("Example Issuing 1", under="x", issuer_dn=dn, issuer_cn=None, issuer_o=CHUNGHWA)
    rows.seen([issued(rows, "a.example.com", CUTOFF + 30 * DAY), issuing], "a.example.com")
    found = distrust(rows.estate(), as_of=AS_OF)
    assert found.frame["roots"][0].tolist() == ["ePKI Root Certification Authority"]


def test_one_name_within_another_is_not_the_same(rows):
    """`Entrust Root Certification Authority` stands in the names of its successors, and `G9` has no rule."""
    name, organisation = "Entrust Root Certification Authority - G9", "Entrust, Inc."
    issuing = rows.authority("Example Issuing 1", under=name, issuer_dn=f"CN={name}", issuer_o=organisation)
    rows.seen([issued(rows, "a.example.com", AS_OF - 30 * DAY), issuing], "a.example.com")
    found = distrust(rows.estate(), as_of=AS_OF)
    assert found.frame.empty
    assert found.kpis["distrusted"].denominator == 1


@pytest.mark.parametrize(
    ("begins", "states"),
    [
        (datetime(2024, 11, 15, 23, 59, 59), {"apple": "kept", "chrome": "distrusted", "mozilla": "kept"}),
        (datetime(2024, 11, 16), {"apple": "distrusted", "chrome": "distrusted", "mozilla": "kept"}),
        (datetime(2024, 12, 1), {"apple": "distrusted", "chrome": "distrusted", "mozilla": "distrusted"}),
        (datetime(2024, 11, 1), {"apple": "kept", "chrome": "kept", "mozilla": "kept"}),
    ],
)
def test_each_programme_has_its_own_cut_off(rows, begins, states):
    name, organisation = "Entrust Root Certification Authority - G2", "Entrust, Inc."
    issuing = rows.authority("Example Issuing 1", under=name, issuer_dn=f"CN={name}", issuer_o=organisation)
    leaf = rows.certificate("a.example.com", begins=begins, ends=AS_OF + DAY)
    rows.seen([leaf, issuing], "a.example.com")
    found = distrust(rows.estate(), as_of=AS_OF)
    assert dict(zip(found.frame["programme"], found.frame["state"], strict=True)) == states


def test_a_rule_counts_from_its_day(rows, hipki):
    rows.seen([issued(rows, "a.example.com", CUTOFF - 60 * DAY), hipki], "a.example.com", at=CUTOFF - DAY)
    assert distrust(rows.estate(), as_of=CUTOFF).frame.empty


def listed(rows, certificate, **columns):
    row = {"load": rows.load("ccadb-csv"), "locator": "1", "system": "ccadb", "programme": "mozilla"}
    rows.add("ca_listing", **{**row, "certificate": certificate, "observed_at": AS_OF - DAY, **columns})


@pytest.mark.parametrize(
    ("listing", "state"),
    [
        ({"distrusted_after": AS_OF - 40 * DAY}, "distrusted"),
        ({"distrusted_after": AS_OF - 20 * DAY}, "kept"),
        ({"status": "Removed"}, "distrusted"),
        ({"status": "Included"}, None),
        ({"distrusted_after": AS_OF + DAY}, None),
    ],
)
def test_a_loaded_list_is_a_rule(rows, listing, state):
    root = rows.authority("Example Root")
    issuing = rows.authority("Example Issuing 1", under="Example Root")
    rows.seen([issued(rows, "a.example.com", AS_OF - 30 * DAY), issuing], "a.example.com")
    listed(rows, root, **listing)
    found = distrust(rows.estate(), as_of=AS_OF)
    assert found.frame["state"].tolist() == ([state] if state else [])


def test_private_and_unplaced_certificates(rows):
    rows.served("private.example.com", sct_count=0, issuer_o="Inside")
    rows.served("public.example.com")  # of its issuer nothing more is known than its name
    found = distrust(rows.estate(), as_of=AS_OF)
    assert found.kpis["distrusted"].value is None
    assert found.headline == NO_ROOTS
    rows.seen(rows.authority("Example Issuing 1", under="Example Root"), None, kind="file", path="ca.pem", port=None)
    found = distrust(rows.estate(), as_of=AS_OF)
    assert (found.kpis["distrusted"].value, found.kpis["distrusted"].denominator) == (0, 1)


def test_a_scope_and_an_estate_without_scans(rows, hipki):
    rows.seen([issued(rows, "a.example.com", CUTOFF + 30 * DAY), hipki], "a.example.com")
    estate = rows.estate()
    assert values(distrust(estate, as_of=AS_OF))["distrusted"] == 1
    assert distrust(estate, as_of=AS_OF, scope="subject_cn = 'b'").frame.empty
    assert set(values(distrust(estate, as_of=AS_OF, scope="subject_cn = 'b'")).values()) == {None}
