"""The truth about contents, worked out again from the exports alone by an independent reader."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

import pytest
from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID
from independent_reading import begins, common_name, contents, dns_names, ends, sha256, unarmoured

from certanalytics.demo.company import DEPARTED
from certanalytics.demo.faults import contents as faults

SHORTER_LIVES = datetime.fromisoformat("2026-03-15T00:00:00")
NO_CLIENTS = datetime.fromisoformat("2027-03-15T00:00:00")


@pytest.fixture(scope="module")
def truth(built):
    return built.truth.contents


@pytest.fixture(scope="module")
def public(live):
    """Public certificates in service: neither of the company's own CA nor self-signed."""
    return {
        each: certificate
        for each, certificate in live.items()
        if "Meridian" not in certificate.issuer.rfc4514_string() and certificate.issuer != certificate.subject
    }


def extension(certificate, kind):
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def access(certificate, method):
    return [
        each for each in extension(certificate, x509.AuthorityInformationAccess) or () if each.access_method == method
    ]


def test_public_certificates_that_live_too_long(truth, public):
    days = {each: math.ceil((ends(c) - begins(c)).total_seconds() / 86400) for each, c in public.items()}
    limits = {each: 200 if begins(certificate) >= SHORTER_LIVES else 398 for each, certificate in public.items()}
    assert {each: days[each] - limits[each] for each in public if days[each] > limits[each]} == truth.over_limit
    assert len(truth.over_limit) == sum(faults.OVER_LIMIT.values())
    for each in truth.over_limit:
        assert begins(public[each]) - SHORTER_LIVES < timedelta(days=4)


def test_purposes(truth, public, live):
    purposes = {each: set(extension(certificate, x509.ExtendedKeyUsage)) for each, certificate in live.items()}
    server, client = ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH
    assert all(server in each for each in purposes.values())
    assert tuple(sorted(each for each in public if purposes[each] - {server, client})) == truth.against_purpose
    assert len(truth.against_purpose) == sum(faults.CODE_SIGNING.values())
    clients = sorted(each for each in public if client in purposes[each])
    assert tuple(clients) == truth.client_auth
    assert tuple(each for each in clients if ends(live[each]) >= NO_CLIENTS) == truth.client_auth_next
    late = [each for each in clients if begins(live[each]) >= datetime.fromisoformat("2026-05-01T00:00:00")]
    assert len(late) == sum(faults.STILL_FOR_CLIENTS.values())
    assert set(late) < set(truth.client_auth_next)


def test_pointers(truth, public):
    without_revocation = sorted(
        each
        for each, certificate in public.items()
        if not extension(certificate, x509.CRLDistributionPoints)
        and not access(certificate, AuthorityInformationAccessOID.OCSP)
        and ends(certificate) - begins(certificate) > timedelta(days=7)
    )
    assert tuple(without_revocation) == truth.without_revocation
    assert len(without_revocation) == sum(faults.WITHOUT_REVOCATION.values())
    without_issuer = sorted(
        each
        for each, certificate in public.items()
        if not access(certificate, AuthorityInformationAccessOID.CA_ISSUERS)
    )
    assert tuple(without_issuer) == truth.without_issuer
    assert len(without_issuer) == sum(faults.WITHOUT_ISSUER.values())


def test_names_where_no_client_looks_for_them(truth, live):
    alternative = {each: extension(certificate, x509.SubjectAlternativeName) for each, certificate in live.items()}
    alone = sorted(each for each, names in alternative.items() if names is None)
    assert tuple(alone) == truth.without_alternative_names
    assert len(alone) == sum(faults.WITHOUT_ALTERNATIVE_NAMES.values())
    apart = sorted(each for each, certificate in live.items() if common_name(certificate) not in dns_names(certificate))
    assert tuple(apart) == truth.common_name_apart
    assert len(apart) == sum(faults.TITLE_AS_COMMON_NAME.values())


def test_names_and_wildcards_across_owners(truth, built, sources, live, in_service):
    """By what is said of a server itself, else by the patterns of the ownership list, which has one a service.

    A pattern covers a name that it is itself.
    """
    patterns = [(row["name"][1:], row) for row in built.exports.owners if row["name"].startswith("*.")]

    def stated(names, attribute):
        return {row[attribute] for name in names for suffix, row in patterns if name.endswith(suffix)} - {""}

    def owned(names):
        own = {name: {row.owner or row.team for row in sources.rows.get(name, ())} - {""} for name in names}
        exactly = {min(parties) for parties in own.values() if parties}
        return exactly | stated([name for name in names if not own[name]], "owner_email")

    several = {each: dns_names(certificate) for each, certificate in live.items()}
    owners = sorted(each for each, names in several.items() if len(owned(names)) > 1)
    units = sorted(each for each, names in several.items() if len(stated(names, "business_unit")) > 1)
    assert tuple(owners) == truth.across_owners
    assert tuple(units) == truth.across_units
    wild = [each for each, names in several.items() if any(name.startswith("*.") for name in names)]
    hosts = {each: [place.rpartition(":")[0] for place in in_service[each]] for each in wild}
    across = sorted(each for each in wild if len(owned(hosts[each])) > 1)
    assert tuple(across) == truth.wildcards_across_owners
    assert len(hosts[across[0]]) == len(faults.AGENCY_SITES)
    assert not DEPARTED & {*faults.AGENCY_SITES, *faults.PARTNER_PAGES}


def test_certificates_for_clients_alone(truth, built, known):
    ders = [unarmoured(data.decode()) for _, data in contents(built.exports.folder / "files" / "clients")]
    assert tuple(sorted(map(sha256, ders))) == truth.client_only
    assert len(ders) == faults.CLIENT_ONLY
    assert not set(truth.client_only) & set(known)
    for der in ders:
        certificate = x509.load_der_x509_certificate(der)
        assert list(extension(certificate, x509.ExtendedKeyUsage)) == [ExtendedKeyUsageOID.CLIENT_AUTH]
