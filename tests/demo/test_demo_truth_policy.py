"""The truth about the group's policy, worked out again from the pack as it is written and the exports alone."""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from independent_ownership import LEFT, THERE
from independent_reading import begins, dns_names, ends

from certanalytics import demo


@pytest.fixture(scope="module")
def pack(built):
    return tomllib.loads((built.folder / demo.POLICY / demo.PACK).read_text())


@pytest.fixture(scope="module")
def valid(known):
    return {each: certificate for each, certificate in known.items() if ends(certificate) >= demo.AS_OF}


@pytest.fixture(scope="module")
def issuers(built, valid):
    """The organisation in each issuer's name; none where a certificate is self-signed."""
    return {
        each: ""
        if certificate.issuer == certificate.subject
        else certificate.issuer.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value
        for each, certificate in valid.items()
    }


def test_certificates(built, pack, valid, issuers):
    stated = pack["parameters"]
    found = {f"ORG-{control}": Counter() for control in ("CA-1", "CA-2", "KEY-1", "KEY-2", "VAL-1", "VAL-2")}
    found |= {f"ORG-NAM-{number}": Counter() for number in (1, 2, 3)}
    for each, certificate in valid.items():
        is_public = issuers[each] not in {"", "Meridian Group"}
        names = dns_names(certificate)
        domains = {".".join(name.split(".")[-2:]) for name in names}
        key = certificate.public_key()
        # a day is 86,400 seconds, and both ends count (RFC 5280 section 4.1.2.5)
        days = -(-(ends(certificate) - begins(certificate) + timedelta(seconds=1)) // timedelta(days=1))
        judged = {
            "ORG-CA-1": is_public and (issuers[each] not in stated["approved_public_cas"]),
            "ORG-CA-2": issuers[each] == "Meridian Group" and (issuers[each] not in stated["approved_private_cas"]),
        }
        applies = {"ORG-CA-1": is_public, "ORG-CA-2": issuers[each] == "Meridian Group"}
        kind, least = (
            ("ORG-KEY-1", "min_rsa_bits") if isinstance(key, rsa.RSAPublicKey) else ("ORG-KEY-2", "min_ec_bits")
        )
        applies[kind], judged[kind] = True, key.key_size < stated[least]
        kind, most = ("ORG-VAL-1", "max_days_public") if is_public else ("ORG-VAL-2", "max_days_private")
        applies[kind], judged[kind] = True, days > stated[most]
        applies["ORG-NAM-1"], judged["ORG-NAM-1"] = True, bool(domains - set(stated["own_domains"]))
        applies["ORG-NAM-2"] = any(name.startswith("*.") for name in names)
        judged["ORG-NAM-2"] = bool(domains - set(stated["wildcard_domains"]))
        applies["ORG-NAM-3"] = True
        judged["ORG-NAM-3"] = len(names) > stated["max_names"] or len(domains) > stated["max_domains"]
        for control, does_apply in applies.items():
            if does_apply:
                found[control]["broken" if judged[control] else "kept"] += 1
    truth = built.truth.policy.controls
    for control, counts in found.items():
        assert truth[control].kept == counts["kept"], control
        assert truth[control].violating + truth[control].exempted == counts["broken"], control
        state = "excepted" if truth[control].exempted else "not met" if counts["broken"] else "met"
        assert truth[control].state == state, control
    assert {control for control in found if truth[control].exempted} == {"ORG-NAM-2"}


def test_owners(built, pack, valid, sources, said):
    truth = built.truth.policy.controls["ORG-OWN-1"]
    asked = pack["parameters"]["owner_required_environments"]
    counts = Counter()
    for each, certificate in valid.items():
        rows = said.get(each) or sources.of(each, certificate)
        environment = next((row.environment for row in rows if row.environment), None)
        owner = sources.owner(rows)
        there = sources.there(owner) if owner else LEFT
        if environment in asked:
            counts[there] += 1
        elif environment is None and there != THERE:
            counts["untold"] += 1
    assert (truth.kept, truth.violating) == (counts[THERE], counts[LEFT])
    assert truth.untold == counts["unknown"] + counts["untold"]
    assert truth.state == "not met"


def test_what_is_not_stated_is_not_assessable(built, pack):
    empty = [name for name, value in pack["parameters"].items() if value in ([], "")]
    conditions = {each["id"]: each.get("applies_to", "") + each["violated_when"] for each in pack["control"]}
    unjudged = {control for control, said in conditions.items() if any(f"${name}" in said for name in empty)}
    unjudged |= {each["id"] for each in pack["control"] if "zones" in each.get("needs", ())}  # see the next test
    states = {control: judged.state for control, judged in built.truth.policy.controls.items()}
    assert unjudged == {control for control, state in states.items() if state == "not assessable"}
    assert {each["id"] for each in pack["control"]} | {"EXC-1"} == set(states)


def test_of_no_domain_it_can_be_told_whether_its_caa_records_keep_to_the_policy(built):
    """Of one zone nothing is exported, another names CAs nobody knows by these names, the third names none at all."""
    exports = built.exports
    served = {der for *_, der in exports.served}
    own = {name for der in served for name in dns_names(x509.load_der_x509_certificate(der))}
    own |= {name for each in exports.recorded for name in dns_names(exports.certificates[each])}
    *_, newest = sorted((exports.folder / "dns" / "route53").iterdir())
    records = json.loads(newest.read_bytes())["data"]["ResourceRecordSets"]
    (apex,) = [each["Name"].rstrip(".") for each in records if each["Type"] == "SOA"]
    assert (f"{apex}.", "CAA") not in {(each["Name"], each["Type"]) for each in records}
    (zone,) = (exports.folder / "dns").glob("*.zone")
    issuers = re.findall(r'CAA 0 issue "(.*)"', zone.read_text())
    assert issuers
    assert all(each.endswith(".example") for each in issuers)  # reserved (RFC 2606), so that no CA can have it
    judged = built.truth.policy.controls["ORG-CAA-1"]
    domains = {".".join(name.split(".")[-2:]) for name in own}
    assert zone.stem in domains - {apex}
    assert (judged.kept, judged.violating, judged.exempted) == (0, 0, 0)
    assert judged.untold == len(domains - {apex})
    assert judged.state == "not assessable"


def test_exceptions_and_attestations(built, pack):
    today = demo.AS_OF.date()
    truth = built.truth.policy
    assert truth.exceptions_open == tuple(each["id"] for each in pack["exception"] if each["until"] >= today)
    assert truth.exceptions_run_out == tuple(each["id"] for each in pack["exception"] if each["until"] < today)
    assert len(truth.exceptions_open) == len(truth.exceptions_run_out) == 1
    register = tomllib.loads((built.folder / demo.POLICY / demo.REGISTER).read_text())["attestation"]
    assert truth.attested == tuple(each["requirement"] for each in register if each["valid_until"] >= today)
    assert truth.ran_out == tuple(each["requirement"] for each in register if each["valid_until"] < today)
    assert truth.controls["EXC-1"].violating == len(truth.exceptions_run_out)
