"""Evidence adds up as odds do, and what it is worth is measured on hidden owners."""

from __future__ import annotations

import dataclasses
import hashlib
import math

import pytest
from estate_rows import AS_OF

from certanalytics.analysis._log_odds import brier, reliability
from certanalytics.analysis.ownership.inferred_owners import NOT_TESTED, proposals

PRIOR = -2.944


def logistic(log_odds):
    return 1 / (1 + math.exp(-log_odds))


def is_hidden(*names):
    return hashlib.md5(" ".join(sorted(names)).encode(), usedforsecurity=False).hexdigest()[0] in "0123"


def names(hidden, start=0):
    """Names below domains of their own that are, or are not, hidden in a test."""
    return (
        name for name in (f"h{number}.d{number}.example" for number in range(start, 999)) if is_hidden(name) is hidden
    )


def candidates(rows):
    frame = rows.estate().query(
        "SELECT * FROM inferred_owner($as_of) WHERE NOT hiding ORDER BY probability DESC", as_of=AS_OF
    )
    return {row.party: (list(row.kinds), row.probability) for row in frame.itertuples()}


@pytest.fixture
def people(rows):
    for name in ("ann", "bob", "cid", "dan", "eve", "fay"):
        rows.person(name)
    return rows


ANN, BOB = "person:ann@example.com", "person:bob@example.com"


def owned(rows, name, owner, *, service=None, **columns):
    rows.asset(name, owner=owner, service=service)
    return rows.served(name, **columns)


def test_one_piece_of_evidence_is_the_logistic_of_its_weight_and_the_prior(people):
    owned(people, "a.one.example", "ann", service="Shop")
    owned(people, "b.two.example", None, service="Shop")
    assert candidates(people) == {ANN: (["service"], pytest.approx(logistic(PRIOR + 4.5)))}


def test_two_independent_pieces_add(people):
    owned(people, "a.one.example", "ann", service="Shop", spki_sha256="k")
    owned(people, "b.two.example", None, service="Shop", spki_sha256="k")
    assert candidates(people) == {ANN: (["same key", "service"], pytest.approx(logistic(PRIOR + 9.5)))}


def test_of_one_family_the_strongest_counts_and_a_kind_once(people):
    people.recorded(people.served(["x.one.example", "a.one.example"]), owner_email="ann@example.com")
    people.recorded(people.served("b.one.example"), owner_email="ann@example.com")
    people.served(["x.one.example", "c.one.example"], "c.one.example")
    assert candidates(people) == {ANN: (["shared name"], pytest.approx(logistic(PRIOR + 4)))}  # not the domain besides


def test_candidates_exclude_one_another(people):
    owned(people, "a.one.example", "ann", service="Shop")
    owned(people, "b.two.example", "bob", spki_sha256="k")
    owned(people, "c.three.example", None, service="Shop", spki_sha256="k")
    ann, bob = math.exp(PRIOR + 4.5), math.exp(PRIOR + 5)
    assert {party: p for party, (_, p) in candidates(people).items()} == {
        BOB: pytest.approx(bob / (1 + ann + bob)),
        ANN: pytest.approx(ann / (1 + ann + bob)),
    }


def test_a_group_speaks_for_whoever_owns_more_than_half(people):
    owned(people, "a.one.example", "ann", service="Shop")
    owned(people, "b.two.example", "bob", service="Shop")
    people.asset("c.three.example", service="Shop")
    people.served("c.three.example")
    assert candidates(people) == {}
    owned(people, "d.four.example", "ann", service="Shop")
    assert list(candidates(people)) == [ANN]


def test_what_many_owners_share_says_nothing(people):
    for number in range(9):
        owned(people, f"m{number}.one.example", "ann", service="Mail")
    people.asset("x.two.example", service="Mail")
    people.served("x.two.example")
    for name in ("bob", "cid", "dan", "eve"):
        owned(people, f"{name}.{name}.example", name, service="Mail")
    assert list(candidates(people)) == [ANN]
    owned(people, "fay.fay.example", "fay", service="Mail")
    assert candidates(people) == {}


@pytest.mark.parametrize(
    ("kind", "make"),
    [
        ("same key", lambda rows, where: {"spki_sha256": "k"}),
        ("host", lambda rows, where: {"ip": "192.0.2.9"}),
        ("subnet", lambda rows, where: {"ip": f"192.0.2.{where}"}),
    ],
)
def test_kinds_of_what_is_shared_by_place_and_key(people, kind, make):
    people.asset("a.one.example", owner="ann")
    people.served("a.one.example", **make(people, 1))
    people.served("b.two.example", **make(people, 2))
    assert [kinds for kinds, _ in candidates(people).values()] == [[kind]]


def test_names_below_one_name_one_zone_or_one_domain(people):
    owned(people, "a.shop.one.example", "ann")
    people.served("b.shop.one.example")
    assert candidates(people)[ANN][0] == ["sibling"]
    people.tables["certificate"].clear()
    people.tables["sighting"].clear()
    people.served("a.shop.one.example")
    people.served("b.more.shop.one.example")
    assert candidates(people)[ANN][0] == ["domain"]
    people.add(
        "dns_record",
        load="hr",
        locator="1",
        system="zone",
        name="shop.one.example",
        record_type="NS",
        value="ns.one.example",
    )
    assert candidates(people)[ANN][0] == ["zone"]


def test_who_asked_and_what_else_they_asked_for(people):
    people.recorded(people.served("a.one.example"), requester="LAB\\ann")
    assert candidates(people) == {ANN: (["requester"], pytest.approx(logistic(PRIOR + 3)))}
    people.recorded(owned(people, "b.two.example", "bob"), requester="robot")
    people.recorded(people.served("c.three.example"), requester="robot")
    assert candidates(people)[BOB] == (["account"], pytest.approx(logistic(PRIOR + 2.5)))


def test_a_stated_owner_is_never_overwritten_and_one_who_left_stays_beside_the_proposal(people):
    people.person("gone", active=False)
    owned(people, "a.one.example", "ann", spki_sha256="k")
    owned(people, "b.two.example", "bob", spki_sha256="k2")
    owned(people, "c.three.example", "gone", spki_sha256="k")
    frame = proposals(people.estate(), as_of=AS_OF).frame
    assert frame[["subject_cn", "stated_owner", "proposed", "owner_state"]].to_numpy().tolist() == [
        ["c.three.example", "gone", "ann", "inactive"]
    ]
    assert list(frame["evidence"][0]) == ["same key: k (1 certificate)"]


def test_below_the_cut_off_there_is_no_proposal(people):
    owned(people, "a.one.example", "ann")
    people.served("b.one.example")
    found = proposals(people.estate(), as_of=AS_OF)
    assert (found.frame.empty, found.kpis["proposed"].value, found.kpis["proposed"].denominator) == (True, 0, 1)


def test_a_scope_bounds_the_proposals_and_not_their_evidence(people):
    owned(people, "a.one.example", "ann", spki_sha256="k")
    people.served("b.two.example", spki_sha256="k")
    estate = people.estate()
    inside = proposals(estate, as_of=AS_OF, scope="subject_cn = 'b.two.example'")
    assert inside.frame["probability"].tolist() == pytest.approx([logistic(PRIOR + 5)])
    assert proposals(estate, as_of=AS_OF, scope="subject_cn = 'a.one.example'").frame.empty


def test_hidden_owners_are_inferred_and_counted(people):
    hidden, shown = names(True), names(False)
    for _ in range(3):
        owned(people, next(shown), "ann", service="Shop")
    owned(people, next(hidden), "ann", service="Shop")  # right
    owned(people, next(hidden), "bob", service="Shop")  # wrong, and no evidence about the others
    owned(people, next(hidden), "eve")  # no evidence at all
    people.asset(gap := next(shown), service="Shop")
    people.served(gap)
    found = proposals(people.estate(), as_of=AS_OF)
    p = logistic(PRIOR + 4.5)
    assert {name: kpi.value for name, kpi in found.kpis.items()} == {
        "proposed": 1,
        "tested_right": 0.5,
        "tested_found": pytest.approx(2 / 3),
        "brier": pytest.approx(((1 - p) ** 2 + p**2) / 2),
    }
    assert found.kpis["brier"].excluded == "1 certificate for which no evidence spoke"
    assert found.frame[["tested", "right"]].to_numpy().tolist() == [[2, 1]]
    kinds = found.tables["evidence"].set_index("kind")
    assert kinds.loc["service", ["tested", "right"]].tolist() == [2, 1]
    assert kinds.loc["service", "log_odds"] == pytest.approx(math.log(2 / 2) - PRIOR)
    assert math.isnan(kinds.loc["same names", "log_odds"])
    band = found.tables["reliability"].set_index("band").loc["80–90 %"]
    assert (band["proposals"], band["right"], band["right_share"]) == (2, 1, 0.5)


def test_a_certificate_and_its_renewal_are_hidden_together(people):
    name = next(names(True))
    owned(people, name, "ann", days=5)
    owned(people, name, "ann", days=80)
    found = proposals(people.estate(), as_of=AS_OF)
    assert found.tables["tested"]["probability"].isna().tolist() == [True, True]
    assert found.kpis["tested_right"].value is None


def test_nothing_to_test_on(people):
    owned(people, next(names(False)), "ann")
    found = proposals(people.estate(), as_of=AS_OF)
    assert {found.kpis[name].sentence for name in ("tested_right", "tested_found", "brier")} == {NOT_TESTED}
    assert found.headline == "Every certificate in service has an active owner."


def test_the_score_by_hand():
    assert brier([1, 0], [True, False]) == 0
    assert brier([0.5, 0.5], [True, False]) == 0.25
    assert brier([0.8], [False]) == pytest.approx(0.64)
    with pytest.raises(ValueError, match="at least one"):
        brier([], [])


def test_bands_hold_their_lower_edge_and_the_last_one_both():
    table = reliability([0.0, 0.5, 0.5, 1.0], [False, True, False, True], (0.0, 0.5, 1.0))
    assert [dataclasses.astuple(band) for band in table] == [
        (0.0, 0.5, 1, 0, 0.0),
        (0.5, 1.0, 3, 2, pytest.approx(2 / 3)),
    ]
    (empty,) = reliability([], [], (0.0, 1.0))
    assert (dataclasses.astuple(empty), empty.observed) == ((0.0, 1.0, 0, 0, None), None)
