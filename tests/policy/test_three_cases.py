"""Every control of the shipped packs: met, not met, and not to be told. A false *met* is the worst that can happen."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from case_rows import domain_of
from cases import CASES, NEEDS, OF_THE_ESTATE, POLICY, everything, name_of
from estate_rows import AS_OF, Rows

from certanalytics.policy.evaluation import Court
from certanalytics.policy.pack import EXCEPTIONS, Exemption, load_pack, shipped
from certanalytics.policy.register import Attestation
from certanalytics.policy.verdict import State

DAY = timedelta(days=1)
PACKS = {name: load_pack(name) for name in (*shipped(), EXCEPTIONS)}
PACKS["organisation"] = PACKS["organisation"].model_copy(update={"parameters": POLICY})
CONTROLS = {control.id: (pack, control) for pack in PACKS.values() for control in pack.controls}
ATTESTED = [name for name, (_, control) in CONTROLS.items() if control.attested]
STATES = {"met": State.MET, "broken": State.NOT_MET, "untold": State.NOT_ASSESSABLE}


def verdicts(estate, controls, *, exemptions=(), register=()):
    """The verdicts on single controls, each as a pack of its own."""
    packs = [
        PACKS[pack.name].model_copy(update={"controls": (control,), "exceptions": tuple(exemptions)})
        for pack, control in controls
    ]
    return Court(estate, as_of=AS_OF, scope=None, packs=packs, register=register).verdicts()


def test_every_control_has_three_cases():
    assert set(CASES) | set(OF_THE_ESTATE) | set(ATTESTED) | {"EXC-1"} == set(CONTROLS)
    for name, made in CASES.items():
        assert len(made) == 3, name
        assert made[2] != NEEDS or CONTROLS[name][1].needs, name


@pytest.fixture(scope="module")
def full():
    """One estate with the rows of every case, so that each stands among the others."""
    return everything(Rows()).estate()


@pytest.fixture(scope="module")
def small():
    rows = Rows()
    rows.served("a.example.com")
    return rows.estate()


@pytest.fixture(scope="module")
def judged(full):
    """The verdict on every control over each of its rows alone."""
    wanted = [
        (name, case) for name, made in CASES.items() for case, make in zip(STATES, made, strict=True) if make != NEEDS
    ]
    narrowed = []
    for name, case in wanted:
        pack, control = CONTROLS[name]
        host = name_of(name, case)
        row = {
            "request": f"display_name = '{host}'",
            "domain": f"registered_domain = '{domain_of(host)}'",
            "endpoint": f"host = '{host}'",
            "presentation": f"host = '{host}'",
        }.get(control.subject) or f"certificate IN ({_of(full, host)})"
        narrowed.append((pack, control.model_copy(update={"applies_to": f"({row}) AND (\n{control.applies_to}\n)"})))
    return dict(zip(wanted, verdicts(full, narrowed), strict=True))


def _of(estate, host):
    """The certificates made for a host, as literals."""
    found = estate.query(
        "SELECT DISTINCT identity FROM (SELECT identity FROM certificate WHERE subject_cn = $host OR "
        "list_contains(san_dns, $host) UNION ALL SELECT certificate FROM sighting WHERE host = $host)",
        host=host,
    )["identity"]
    return ", ".join(f"'{identity}'" for identity in found)


@pytest.mark.parametrize("name", CASES)
def test_met_not_met_and_not_to_be_told(judged, name):
    for case, state in STATES.items():
        if (name, case) in judged:
            found = judged[name, case]
            assert found.state is state, (name, case, found.reason)
            assert found.reason
            assert bool(found.missing) == (state is State.NOT_ASSESSABLE)


def test_without_what_it_needs_a_control_is_not_assessable():
    rows = Rows()
    rows.logged(rows.certificate("a.example.com"))
    estate = rows.estate()
    needing = [(pack, control) for pack, control in CONTROLS.values() if control.needs]
    assert {name for name, made in CASES.items() if made[2] == NEEDS} <= {control.id for _, control in needing}
    for found in verdicts(estate, needing):
        assert found.state is State.NOT_ASSESSABLE, found.control.id
        assert found.missing
        assert found.counts.in_scope == 0


@pytest.mark.parametrize("need", sorted({need for _, control in CONTROLS.values() for need in control.needs}))
def test_each_kind_of_evidence_is_needed_by_itself(full, need):
    """All other evidence there, one kind missing: what needs it is not assessable, whatever the rows say."""
    needing = [(pack, control) for pack, control in CONTROLS.values() if need in control.needs]
    court = Court(full, as_of=AS_OF, scope=None, packs=[PACKS[pack.name] for pack, _ in needing[:1]])
    assert all(kind["there"] for kind in court.evidence.values() if kind["kind"] != "criticality")
    court.packs = [PACKS[pack.name].model_copy(update={"controls": (control,)}) for pack, control in needing]
    court.evidence[need] = {**court.evidence[need], "there": False}
    for found in court.verdicts():
        assert found.state is State.NOT_ASSESSABLE, found.control.id
        assert court.evidence[need]["brought_by"] in found.missing


@pytest.mark.parametrize("name", OF_THE_ESTATE)
def test_controls_about_the_estate(name):
    for days, state in zip(OF_THE_ESTATE[name], STATES.values(), strict=True):
        rows = Rows()
        rows.logged(rows.certificate("logged.example.com"))
        certificate = rows.certificate("a.example.com")
        for ago in days:
            rows.seen(certificate, "a.example.com", at=AS_OF - ago * DAY)
        (found,) = verdicts(rows.estate(), [CONTROLS[name]])
        assert found.state is state, (name, days, found.reason)


@pytest.mark.parametrize("name", ATTESTED)
def test_attested_run_out_and_missing(small, name):
    day = AS_OF.date()
    entry = {"statement": "It is so.", "by": "Ann", "evidence": "DOC-1"}
    states = []
    for requirement in (name, *CONTROLS[name][1].requirements):
        for on, until in ((day - DAY, day), (day - 2 * DAY, day - DAY), (day + DAY, day + 2 * DAY)):
            register = [Attestation(requirement=requirement, on=on, valid_until=until, **entry)]
            states += [found.state for found in verdicts(small, [CONTROLS[name]], register=register)]
    nothing = State.NOT_ASSESSABLE
    assert states == [State.ATTESTED, nothing, nothing] * (1 + len(CONTROLS[name][1].requirements))
    assert [found.state for found in verdicts(small, [CONTROLS[name]])] == [nothing]


def test_exceptions_themselves(small):
    states = []
    for until in (AS_OF.date(), AS_OF.date() - DAY, None):
        granted = [_exemption("ORG-CA-1", until)] if until else []
        states += [found.state for found in verdicts(small, [CONTROLS["EXC-1"]], exemptions=granted)]
    assert states == [State.MET, State.NOT_MET, State.NOTHING]  # what is granted has an end: it can always be told


def _exemption(control, until):
    return Exemption(
        id="EX-1",
        control=control,
        applies_to="true",
        reason="For now.",
        granted_by="CISO",
        granted_on=date(2026, 1, 1),
        until=until,
    )
