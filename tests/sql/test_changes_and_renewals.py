"""When endpoints took another certificate, how it differs, and how long before the end of the old one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from estate_rows import AS_OF

DAY = timedelta(days=1)
OLD, NEW = AS_OF - 31 * DAY, AS_OF - DAY
"""Two monthly looks."""


def changes(rows, as_of=AS_OF):
    frame = rows.estate().query("SELECT * FROM endpoint_change($as_of) ORDER BY endpoint, certificate", as_of=as_of)
    return frame.astype(object).where(frame.notna(), None)


def pair(rows, names=("a.example.com",), more=None, **differs):
    """An old and a new certificate at one endpoint, shown at two looks."""
    old = rows.certificate(list(names), days=10)
    new = rows.certificate(list(more or names), days=80, **differs)
    rows.seen(old, "a.example.com", at=OLD)
    rows.seen(new, "a.example.com", at=NEW)
    return old, new


@pytest.mark.parametrize(
    ("differs", "more", "said"),
    [
        ({}, None, []),
        ({"spki_sha256": "kept"}, None, []),
        ({"issuer_o": "Other Trust"}, None, ["issuer"]),
        ({"issuer_cn": "Example Issuing 2"}, None, []),  # another CA of the same owner
        ({"key_algorithm": "RSA", "key_bits": 2048, "key_curve": None}, None, ["key type"]),
        ({}, ["a.example.com", "b.example.com"], ["names"]),
        ({"issuer_o": "Other Trust", "key_bits": 384}, ["b.example.com"], ["names", "key type", "issuer"]),
    ],
)
def test_a_renewal_is_routine_unless_something_else_changed(rows, differs, more, said):
    old, new = pair(rows, more=more, **differs)
    row = changes(rows).iloc[0]
    assert (row["previous"], row["certificate"], list(row["differs"])) == (old, new, said)
    assert row["material"] is bool(said)


def test_another_owner_is_a_material_change(rows):
    old, new = pair(rows)
    rows.person("ann")
    rows.person("bob")
    rows.asset(old, owner="ann")
    assert not changes(rows).iloc[0]["material"]  # the owner of one of them is not known
    rows.asset(new, owner="bob")
    row = changes(rows).iloc[0]
    assert (list(row["differs"]), row["previous_owner"], row["owner"]) == (["owner"], "ann", "bob")


def test_owners_told_with_different_closeness_are_no_change(rows):
    _, new = pair(rows)
    rows.person("ann")
    rows.person("bob")
    rows.asset("*.example.com", owner="ann")
    rows.asset(new, owner="bob")
    row = changes(rows).iloc[0]
    assert (list(row["differs"]), row["previous_owner"], row["owner"]) == ([], "ann", "bob")
    assert not row["material"]


def test_what_is_not_known_of_either_is_not_called_routine(rows):
    pair(rows)
    rows.tables["certificate"][-1].update(key_algorithm=None, evidence="parsed")
    assert changes(rows).iloc[0]["material"] is None


def test_two_certificates_shown_beside_each_other_are_no_change(rows):
    for at in (OLD, NEW):
        rows.seen(rows.certificate("a.example.com", days=10, key_algorithm="RSA"), "a.example.com", at=at)
        rows.seen(rows.certificate("a.example.com", days=20), "a.example.com", at=at)
    assert changes(rows).empty


def test_each_of_a_pair_has_its_own_follower(rows):
    kinds = ({"key_algorithm": "RSA", "key_bits": 2048, "key_curve": None}, {})
    old = [rows.certificate("a.example.com", days=10, **kind) for kind in kinds]
    new = [rows.certificate("a.example.com", days=80, **kind) for kind in kinds]
    for each in old:
        rows.seen(each, "a.example.com", at=OLD)
    for each in new:
        rows.seen(each, "a.example.com", at=NEW)
    found = changes(rows)
    assert dict(zip(found["previous"], found["certificate"], strict=True)) == dict(zip(old, new, strict=True))
    assert not found["material"].any()


def test_one_that_comes_back_is_no_change(rows):
    first, second = rows.certificate("a.example.com", days=10), rows.certificate("a.example.com", days=80)
    for certificate, at in ((first, OLD), (second, AS_OF - 15 * DAY), (first, NEW)):
        rows.seen(certificate, "a.example.com", at=at)
    assert changes(rows).empty


def test_a_change_after_the_moment_is_not_known(rows):
    pair(rows)
    assert changes(rows, AS_OF - 20 * DAY).empty


def test_whether_records_knew_of_the_new_certificate(rows):
    old, new = pair(rows)
    assert changes(rows).iloc[0]["recorded"] is None  # no records of its CA
    rows.recorded(old, at=NEW - DAY)
    assert changes(rows).iloc[0]["recorded"] is None  # older than the change
    rows.recorded(rows.certificate("y.example.com"), at=NEW)
    assert changes(rows).iloc[0]["recorded"] is False  # half of what endpoints have presented of it is recorded
    rows.recorded(new)
    assert changes(rows).iloc[0]["recorded"] is True


def test_records_that_have_few_of_a_ca_do_not_know_of_the_new_certificate(rows):
    pair(rows)
    rows.recorded(rows.certificate("y.example.com"), at=NEW)
    assert changes(rows).iloc[0]["recorded"] is None


def renewals(rows, as_of=AS_OF):
    frame = rows.estate().query("SELECT * FROM replacement($as_of) ORDER BY previous_end, certificate", as_of=as_of)
    return frame.astype(object).where(frame.notna(), None)


def renewed(rows, *, left, looked, taken, lifetime=90, issued=None):
    """A renewal: days from the look without and the first look with the new certificate to the end of the old one."""
    end = AS_OF - DAY + timedelta(days=left)
    old = rows.certificate("a.example.com", ends=end, lifetime=lifetime)
    begins = end - timedelta(days=issued if issued is not None else looked)
    new = rows.certificate("a.example.com", begins=begins, ends=begins + 90 * DAY)
    rows.seen(old, "a.example.com", at=end - timedelta(days=looked))
    rows.seen(new, "a.example.com", at=end - timedelta(days=taken))
    return old, new


@pytest.mark.parametrize(
    ("looked", "taken", "issued", "lifetime", "late"),
    [
        (30, 20, None, 90, False),
        (30, 7, None, 90, False),  # seven days are in time
        (30, 6.99, None, 90, None),  # it may have been there for weeks
        (30, 6, 20, 90, None),
        (30, 6, 6.5, 90, True),  # issued too late to have been in time
        (6.5, 6, None, 90, True),
        (7, 6, None, 90, None),
        (30, -3, None, 90, None),
        (-1, -3, None, 90, True),
        (4, 3, None, 9, False),  # a third of nine days
        (2.5, 2, None, 9, True),
    ],
)
def test_late_is_what_must_have_been_late(rows, looked, taken, issued, lifetime, late):
    renewed(rows, left=0, looked=looked, taken=taken, issued=issued, lifetime=lifetime)
    row = renewals(rows, AS_OF + 9 * DAY).iloc[0]
    assert row["lead_days"] == pytest.approx(taken)
    assert row["lead_at_most_days"] == pytest.approx(issued or looked)
    assert row["late"] is late


def test_a_first_scan_measures_nothing(rows):
    old = rows.logged(rows.certificate("a.example.com", days=-40))
    rows.seen(rows.certificate("a.example.com", days=50), "a.example.com", at=NEW)
    row = renewals(rows).iloc[0]
    assert (row["certificate"], row["lead_days"], row["late"]) == (old, None, None)


def test_the_first_endpoint_counts(rows):
    old, new = rows.certificate("a.example.com", days=20), rows.certificate("a.example.com", days=90)
    for host, at in (("a.example.com", AS_OF - 5 * DAY), ("b.example.com", NEW)):
        rows.seen(old, host, at=OLD)
        rows.seen(new, host, at=at)
    row = renewals(rows).iloc[0]
    assert (row["endpoints_measured"], row["lead_days"]) == (2, 25)


def test_the_look_before_may_have_found_nothing(rows):
    old, new = rows.certificate("a.example.com", days=20), rows.certificate("a.example.com", days=90)
    rows.seen(old, "a.example.com", at=OLD)
    rows.probe("a.example.com", at=AS_OF - 3 * DAY)
    rows.seen(new, "a.example.com", at=NEW)
    assert renewals(rows).iloc[0]["lead_at_most_days"] == pytest.approx(20)  # until its own start


def test_rule_score_and_key_of_a_renewal(rows):
    old = rows.logged(rows.certificate(["a.example.com", "b.example.com"], days=10, spki_sha256="one"))
    more = ["a.example.com", "b.example.com", "c.example.com"]
    new = rows.logged(rows.certificate(more, days=80, spki_sha256="one"))
    last = rows.logged(rows.certificate(more, days=150, spki_sha256=None))
    found = renewals(rows).set_index("certificate")[["successor", "rule", "score", "key_reused"]]
    assert found.loc[old].tolist() == [new, "similar names", pytest.approx(2 / 3), True]
    assert found.loc[new].tolist() == [last, "same names", 1.0, None]


STAGES = {
    "superseded": (False, True),
    "deployed nowhere": (True, False),
    "neither in service": (False, False),
}


@pytest.mark.parametrize(("stage", "shown"), STAGES.items())
def test_stages(rows, stage, shown):
    old = rows.logged(rows.certificate("a.example.com", days=10))
    new = rows.logged(rows.certificate("a.example.com", days=80))
    for certificate, is_shown in zip((old, new), shown, strict=True):
        if is_shown:
            rows.seen(certificate, "a.example.com")
    assert rows.estate().inventory(as_of=AS_OF).set_index("certificate").loc[old, "renewal_stage"] == stage


def test_a_renewal_on_one_endpoint_of_two_is_partly_deployed(rows):
    old = rows.served("a.example.com", days=10)
    rows.seen(old, "b.example.com")
    new = rows.certificate("a.example.com", days=80)
    rows.seen(new, "b.example.com")
    stages = rows.estate().inventory(as_of=AS_OF).set_index("certificate")["renewal_stage"]
    assert stages[old] == "partly deployed"
    rows.seen(new, "a.example.com")
    assert rows.estate().inventory(as_of=AS_OF).set_index("certificate").loc[old, "renewal_stage"] == "deployed"
