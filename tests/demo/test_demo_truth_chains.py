"""What endpoints send and how long CA certificates last, worked out again with `cryptography`."""

from __future__ import annotations

from datetime import datetime

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from independent_reading import begins, contents, ends, sha256, unarmoured

from certanalytics import demo
from certanalytics.demo.faults import chains as faults
from certanalytics.demo.faults import contents as contents_faults


@pytest.fixture(scope="module")
def chains(built):
    """What each endpoint of the public servers sent at the newest scan, where testssl.sh did not look later."""
    by_testssl = {row["ip"].partition("/")[0] for row in built.exports.testssl if row["id"] == "cert"}
    found = {}
    for document in built.exports.sslyze[-2:]:
        for result in document["server_scan_results"]:
            location = result["server_location"]
            if result["scan_result"] and location["hostname"] not in by_testssl:
                info = result["scan_result"]["certificate_info"]["result"]
                assert info["hostname_used_for_server_name_indication"] == location["hostname"]
                (deployment,) = info["certificate_deployments"]
                sent = [unarmoured(each["as_pem"]) for each in deployment["received_certificate_chain"]]
                read = [x509.load_der_x509_certificate(each) for each in sent]
                found[f"{location['hostname']}:{location['port']}"] = (deployment, read)
    return found


@pytest.fixture(scope="module")
def trusted(built):
    """The CA certificates of the trust store."""
    return [
        certificate
        for _, data in contents(built.exports.folder / "files" / "trust")
        for certificate in x509.load_pem_x509_certificates(data)
    ]


def is_issued_by(below: x509.Certificate, above: x509.Certificate) -> bool:
    """By the signature, but for SHA-1, which `cryptography` does not verify: then by name."""
    try:
        below.verify_directly_issued_by(above)
    except UnsupportedAlgorithm:
        return below.issuer == above.subject
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def places(chains, holds):
    return tuple(sorted(place for place, (_, sent) in chains.items() if holds(sent)))


def test_what_is_wrong_with_chains(built, chains):
    truth = built.truth.chains
    assert len(chains) == truth.told
    assert places(chains, lambda sent: len(sent) == 1) == truth.incomplete
    mixed = places(chains, lambda sent: not all(map(is_issued_by, sent, sent[1:])))
    assert mixed == truth.out_of_order
    assert places(chains, lambda sent: any(ends(each) < demo.AS_OF for each in sent[1:])) == truth.sends_ended
    assert places(chains, lambda sent: any(each.subject == each.issuer for each in sent[1:])) == truth.sends_root
    assert len(truth.incomplete) == sum(faults.MISSING.values())
    assert len(truth.out_of_order) == faults.OTHER_CA_FIRST
    assert len(truth.sends_ended) == faults.ENDED_ISSUER
    assert len(truth.sends_root) == sum(faults.ROOT_TOO.values())


def test_sslyze_says_the_same_of_the_order_and_of_roots(built, chains):
    truth = built.truth.chains
    for place, (deployment, _) in chains.items():
        assert deployment["received_chain_has_valid_order"] == (place not in truth.out_of_order)
        assert deployment["received_chain_contains_anchor_certificate"] == (place in truth.sends_root)


def test_only_one_thing_is_wrong_with_a_chain(built):
    truth = built.truth.chains
    faulty = [*truth.incomplete, *truth.out_of_order, *truth.sends_ended, *truth.sends_root, *truth.wrong_name]
    assert len(faulty) == len(set(faulty))


def test_names(built):
    wrong, right = [], 0
    for place, certificate in built.truth.endpoints.items():
        host = place.rpartition(":")[0]
        if not host.startswith("10."):  # appliances are looked at by address
            names = alternative_names(x509.load_der_x509_certificate(built.exports.latest[place][1]))
            if host in names or f"*.{host.partition('.')[2]}" in names:
                right += 1
            else:
                wrong.append(place)
                assert sha256(built.exports.latest[place][1]) == certificate
    assert (tuple(sorted(wrong)), right) == (built.truth.chains.wrong_name, built.truth.chains.right_name)
    # a certificate without alternative names is for no name at all
    assert len(wrong) == faults.WRONG_NAME + sum(contents_faults.WITHOUT_ALTERNATIVE_NAMES.values())


def test_ends_of_ca_certificates(built, chains, trusted):
    sent = {sha256(each.public_bytes(Encoding.DER)): each for _, found in chains.values() for each in found[1:]}
    known = {**sent, **{sha256(each.public_bytes(Encoding.DER)): each for each in trusted}}
    live = [
        x509.load_der_x509_certificate(built.exports.latest[place][1])
        for place in {certificate: place for place, certificate in built.truth.endpoints.items()}.values()
    ]
    assert len(live) == len(built.truth.in_service)
    leaves = {each: [] for each in known}
    for leaf in live:
        for above in paths(leaf, known):
            leaves[above].append(ends(leaf))
    found = [
        (common_name(ca.subject), common_name(ca.issuer), ends(ca), len(below), sum(end > ends(ca) for end in below))
        for ca, below in ((ca, leaves[each]) for each, ca in known.items())
        if below
    ]
    cas = [(ca.ca, ca.issued_by, ca.not_after, ca.leaves, ca.outliving) for ca in built.truth.chains.cas]
    assert sorted(found) == sorted(cas)
    until = {name: end for name, _, end, *_ in cas}
    soon, later = faults.CA_ENDS["larkspur-e6"], faults.CA_ENDS["ostrava-ov"]
    assert (until["Larkspur E6"], until["Ostrava TLS Issuing CA 5"]) == (soon, later)
    assert datetime.fromisoformat("2027-04-01T00:00:00") < soon < datetime.fromisoformat("2027-05-23T00:00:00")
    assert datetime.fromisoformat("2028-01-01T00:00:00") < later < datetime.fromisoformat("2028-02-23T00:00:00")


def test_certificates_that_outlive_their_ca(built, trusted):
    by_name = {each.subject: each for each in trusted}
    found = set()
    for place, certificate in built.truth.endpoints.items():
        leaf = x509.load_der_x509_certificate(built.exports.latest[place][1])
        issuer = by_name.get(leaf.issuer)
        if issuer is not None and ends(leaf) > min(ends(issuer), ends(by_name[issuer.issuer])):
            found.add(certificate)
            assert begins(leaf) < demo.AS_OF
    assert tuple(sorted(found)) == built.truth.chains.outliving
    assert len(found) == faults.OUTLIVING


def test_a_signature_with_sha_1_above(built, chains):
    found = {
        sha256(sent[0].public_bytes(Encoding.DER))
        for _, sent in chains.values()
        if any(each.signature_hash_algorithm.name == "sha1" and each.subject != each.issuer for each in sent[1:])
    }
    assert tuple(sorted(found)) == built.truth.chains.sha1_above
    assert len(found) == faults.CROSS_SIGN


def alternative_names(certificate):
    """The names that count (RFC 9525): the common name is none of them."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    return names.get_values_for_type(x509.DNSName)


def paths(certificate, known):
    """The CA certificates on every path above one: by name and key identifier, to roots and no further."""
    met, todo = set(), [certificate]
    while todo:
        below = todo.pop()
        if below.subject == below.issuer:
            continue
        for each, ca in known.items():
            if ca.subject == below.issuer and key(ca) == key_of_issuer(below) and each not in met:
                met.add(each)
                todo.append(ca)
    return met


def key(certificate):
    return certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest


def key_of_issuer(certificate):
    return certificate.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier


def common_name(name):
    return name.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value
