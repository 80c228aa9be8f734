"""Why a certificate is called public, private or self-signed, and which of its states hold at once."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
import pytest
from estate_rows import AS_OF

DAY = timedelta(days=1)
PLAIN = {"sct_count": 0, "issuer_o": "Example Corp", "issuer_cn": "Issuing", "authority_key_id": "22"}


def by_name(rows, as_of=AS_OF, **asked):
    frame = rows.estate().inventory(as_of=as_of, **asked)
    return frame.astype(object).where(frame.notna(), None).set_index("subject_cn")


def authority(rows, name, issuer, *, key, issuer_key_id=None, **columns):
    return rows.certificate(
        name,
        is_ca=True,
        subject_dn=f"CN={name}",
        issuer_dn=f"CN={issuer}",
        subject_key_id=key,
        authority_key_id=issuer_key_id,
        is_self_issued=name == issuer,
        **columns,
    )


def listed(rows, certificate, programme="mozilla", *, status="Included", bits=("Websites",), parent=None):
    rows.add(
        "ca_listing",
        load=rows.load("ccadb-csv"),
        locator="row",
        system="ccadb",
        programme=programme,
        certificate=certificate,
        parent_sha256=parent,
        status=status,
        trust_bits=list(bits),
        observed_at=AS_OF - 3 * DAY,
    )


@pytest.mark.parametrize(
    ("columns", "logged", "trust", "evidence"),
    [
        ({"is_self_issued": True}, False, "self-signed", "it names itself as its issuer"),
        ({"sct_count": 2}, False, "public", "it carries SCTs"),
        ({}, True, "public", "a Certificate Transparency log holds it"),
        ({"issuer_o": "DigiCert Inc"}, False, "public", "its issuer has the name of a public CA"),
        ({}, False, "private", "seen in full: no SCT, no log entry, no listed CA"),
        ({"evidence": "parsed", "sct_count": None}, False, "unknown", None),
    ],
)
def test_a_trust_class_names_its_evidence(rows, columns, logged, trust, evidence):
    certificate = rows.served("a.example.com", **{**PLAIN, **columns})
    if logged:
        rows.logged(certificate)
    row = by_name(rows).loc["a.example.com"]
    assert (row["trust"], row["trust_evidence"]) == (trust, evidence)


@pytest.mark.parametrize(
    ("columns", "trust"),
    [({}, "public"), ({"authority_key_id": "66"}, "private"), ({"authority_key_id": None}, "private")],
    ids=["same issuer", "same name, another key", "no key identifier"],
)
def test_what_a_log_holds_of_an_issuer_tells_of_its_unlogged_certificates(rows, columns, trust):
    """A public CA that leaves a certificate out of the logs is still one: the certificate is what has to be found."""
    rows.logged(rows.served("logged.example.com", **PLAIN))
    rows.served("a.example.com", **{**PLAIN, **columns})
    row = by_name(rows).loc["a.example.com"]
    assert row["trust"] == trust
    assert (row["trust_evidence"] == "a Certificate Transparency log holds others of its issuer") is (trust == "public")


def test_an_issuing_ca_below_a_listed_root_makes_public(rows):
    root = authority(rows, "Root", "Root", key="44")
    issuing = authority(rows, "Issuing", "Root", key="22", issuer_key_id="44")
    rows.served("a.example.com", **PLAIN, issuer_dn="CN=Issuing")
    listed(rows, root)
    listed(rows, root, "apple")
    listed(rows, issuing, "ccadb", status=None, bits=(), parent=root)
    row = by_name(rows).loc["a.example.com"]
    assert (row["trust"], row["trust_evidence"]) == ("public", "its issuing CA is on the root list of apple, mozilla")


def test_a_chain_seen_to_a_listed_root_makes_public(rows):
    root = authority(rows, "Root", "Root", key="44")
    issuing = authority(rows, "Issuing", "Root", key="22", issuer_key_id="44")
    leaf = rows.certificate("a.example.com", **PLAIN, issuer_dn="CN=Issuing")
    rows.seen([leaf, issuing, root], "a.example.com")
    listed(rows, root)
    assert by_name(rows).loc["a.example.com", "trust_evidence"] == "the root above it is on the root list of mozilla"


@pytest.mark.parametrize(
    "listing",
    [
        {"programme": "a corporate store"},
        {"programme": "ccadb"},
        {"status": "Removed"},
        {"bits": ("Email",)},
    ],
    ids=["a local store", "the database alone", "removed", "not for TLS"],
)
def test_a_list_that_is_no_public_one_for_tls_proves_nothing(rows, listing):
    root = authority(rows, "Root", "Root", key="44")
    leaf = rows.certificate("a.example.com", **{**PLAIN, "authority_key_id": "44"}, issuer_dn="CN=Root")
    rows.seen([leaf, root], "a.example.com")
    listed(rows, root, **listing)
    assert by_name(rows).loc["a.example.com", "trust"] == "private"


def test_the_name_of_a_listed_root_is_not_enough(rows):
    listed(rows, authority(rows, "Root", "Root", key="44"))
    impostor = authority(rows, "Root", "Root", key="66")
    leaf = rows.certificate("a.example.com", **{**PLAIN, "authority_key_id": "66"}, issuer_dn="CN=Root")
    rows.seen([leaf, impostor], "a.example.com")
    assert by_name(rows).loc["a.example.com", "trust"] == "private"


def test_a_root_on_no_list_contradicts_the_name_of_a_public_ca(rows):
    other = authority(rows, "Listed", "Listed", key="44")
    root = authority(rows, "DigiCert Private Root", "DigiCert Private Root", key="66")
    named = {**PLAIN, "issuer_o": "DigiCert Inc", "authority_key_id": "66"}
    rows.seen([rows.certificate("a.example.com", **named, issuer_dn="CN=DigiCert Private Root"), root], "a.example.com")
    assert by_name(rows).loc["a.example.com", "trust"] == "public"  # nothing loaded contradicts the name
    listed(rows, other)
    row = by_name(rows).loc["a.example.com"]
    assert row["trust"] == "unknown"
    assert "on no loaded list" in row["trust_evidence"]


STATES = ["in_service", "withdrawn", "stale", "ghost", "ghost_looked_at", "validity"]


def test_states_hold_beside_each_other(rows):
    rows.served("live.example.com", days=5)
    rows.served("ended.example.com", days=-5)
    rows.served("early.example.com", begins=AS_OF + DAY, ends=AS_OF + 90 * DAY)
    rows.served("stale.example.com", at=AS_OF - 46 * DAY)
    gone = rows.served("gone.example.com", at=AS_OF - 20 * DAY)
    rows.probe("gone.example.com", at=AS_OF - DAY)
    rows.seen(gone, "gone.example.com", kind="config", source="f5-config", resource="/Common/vs")
    rows.seen(rows.certificate("ghost.example.com"), None, kind="config", source="f5-config", resource="/Common/g")
    rows.seen(rows.certificate("file.example.com"), None, kind="file", path="/etc/a.pem")
    rows.served("undated.example.com")
    rows.tables["certificate"][-1].update(not_before=None, not_after=None)
    found = by_name(rows)[STATES]
    assert {name: tuple(row) for name, row in zip(found.index, found.to_numpy(), strict=True)} == {
        "live.example.com": (True, False, False, False, None, "valid"),
        "ended.example.com": (True, False, False, False, None, "expired"),
        "early.example.com": (True, False, False, False, None, "not yet valid"),
        "stale.example.com": (False, False, True, False, None, "valid"),
        "gone.example.com": (False, True, False, True, True, "valid"),
        "ghost.example.com": (False, False, False, True, False, "valid"),
        "file.example.com": (False, False, False, False, None, "valid"),
        "undated.example.com": (True, False, False, False, None, None),
    }


def test_without_a_look_no_ghost_can_be_told(rows):
    rows.seen(rows.certificate("g.example.com"), None, kind="config", source="f5-config", resource="/Common/g")
    assert by_name(rows).loc["g.example.com", "ghost"] is None


def test_a_place_now_set_up_otherwise_says_nothing_of_the_old_certificate(rows):
    place = {"kind": "config", "source": "f5-config", "resource": "/Common/vs", "host": "a.example.com"}
    rows.probe("a.example.com")
    rows.seen(rows.certificate("old.example.com"), at=AS_OF - 9 * DAY, **place)
    rows.seen(rows.certificate("new.example.com"), at=AS_OF - 2 * DAY, **place)
    assert by_name(rows)["ghost"].to_dict() == {"old.example.com": False, "new.example.com": True}


def revocation(rows, serial, status, *, at=AS_OF - DAY, system="crl", **columns):
    row = {"load": rows.load(system), "locator": "entry", "system": system, "serial_hex": serial, "status": status}
    rows.add("revocation", **{**row, "observed_at": at, "next_update": AS_OF + DAY, **columns})


def test_who_says_that_it_is_revoked(rows):
    def served(name, serial):
        rows.served(f"{name}.example.com", serial_hex=serial, issuer_dn="CN=Issuing", authority_key_id="22")

    for name, serial in (
        ("named", "01"),
        ("keyed", "02"),
        ("hashed", "03"),
        ("good", "04"),
        ("held", "05"),
        ("freed", "06"),
        ("other", "07"),
        ("later", "08"),
        ("other-key", "09"),
        ("silent", "0a"),
    ):
        served(name, serial)
    revocation(rows, "01", "revoked", issuer_dn="CN=Issuing", reason="superseded", revoked_at=AS_OF - 5 * DAY)
    revocation(rows, "02", "revoked", issuer_dn="CN=Another issuer with that key", authority_key_id="22")
    revocation(rows, "03", "revoked", issuer_key_hash="22", system="ocsp")
    revocation(rows, "04", "good", issuer_key_hash="22", system="ocsp")
    revocation(rows, "05", "hold", issuer_dn="CN=Issuing")
    revocation(rows, "06", "hold", issuer_dn="CN=Issuing", at=AS_OF - 9 * DAY)
    revocation(rows, "06", "removed", issuer_dn="CN=Issuing")
    revocation(rows, "07", "revoked", issuer_dn="CN=Somebody else")
    revocation(rows, "08", "revoked", issuer_dn="CN=Issuing", at=AS_OF + DAY)
    revocation(rows, "09", "revoked", issuer_dn="CN=Issuing", authority_key_id="33")
    recorded = rows.served("recorded.example.com")
    rows.recorded(recorded, revoked_at=AS_OF - DAY)
    soon = rows.served("soon.example.com")
    rows.recorded(soon, revoked_at=AS_OF + DAY)
    found = by_name(rows)
    assert found["revocation"].to_dict() == {
        "named.example.com": "revoked",
        "keyed.example.com": None,
        "hashed.example.com": "revoked",
        "good.example.com": "good",
        "held.example.com": "hold",
        "freed.example.com": "good",
        "other.example.com": None,
        "later.example.com": None,
        "other-key.example.com": None,
        "silent.example.com": None,
        "recorded.example.com": "revoked",
        "soon.example.com": None,
    }
    assert found.loc["named.example.com", "revocation_reason"] == "superseded"
    assert found.loc["named.example.com", "revoked_at"] == pd.Timestamp(AS_OF - 5 * DAY)
    assert found.loc["recorded.example.com", "revocation_says"] == ["digicert"]


@pytest.mark.parametrize(
    "written", [r"CN=Issuing,O=Example\, Inc.", 'O = "Example, Inc.", CN = Issuing', "O=Example, Inc., CN=Issuing"]
)
def test_a_comma_in_the_name_of_who_revoked_it(rows, written):
    rows.served("a.example.com", serial_hex="01", issuer_dn=r"CN=Issuing,O=Example\, Inc.")
    revocation(rows, "01", "revoked", issuer_dn=written)
    assert by_name(rows).loc["a.example.com", "revocation"] == "revoked"


def test_what_a_certificate_is_for(rows):
    rows.logged(rows.certificate("server.example.com"))
    rows.logged(rows.certificate("client.example.com", extended_key_usage=["clientAuth"]))
    rows.logged(rows.certificate("both.example.com", extended_key_usage=["clientAuth", "serverAuth"]))
    rows.logged(rows.certificate("mail.example.com", extended_key_usage=["emailProtection"]))
    rows.served("shown.example.com", extended_key_usage=["clientAuth"])
    rows.logged(authority(rows, "Issuing", "Root", key="22"))
    estate = rows.estate()
    found = estate.query("SELECT common_name, purpose FROM purpose($as_of)", as_of=AS_OF)
    assert dict(zip(found["common_name"], found["purpose"], strict=True)) == {
        "server.example.com": "server",
        "client.example.com": "client",
        "both.example.com": "server",
        "mail.example.com": "other",
        "shown.example.com": "server",  # what a server shows is a server certificate
        "issuing": "authority",
    }
    assert len(estate.inventory(as_of=AS_OF)) == 3


def test_the_kind_of_system_is_told_by_what_was_spoken_or_set_up(rows):
    rows.served("mail.example.com", port=25)
    rows.tables["sighting"][-1].update(starttls="smtp")
    rows.served("web.example.com")
    shared = rows.served("lb.example.com")
    rows.seen(shared, None, kind="config", source="f5-config", resource="/Common/vs")
    rows.recorded(rows.served("caddy.example.com"), load=rows.load("caddy-storage"), system="caddy")
    rows.recorded(rows.served("ordered.example.com"))
    found = by_name(rows)["system_types"]
    assert {name: list(kinds) for name, kinds in found.items()} == {
        "mail.example.com": ["mail"],
        "web.example.com": [],  # port 443 proves nothing
        "lb.example.com": ["load balancer"],
        "caddy.example.com": ["web server"],  # its storage has records alone
        "ordered.example.com": [],  # a CA says nothing of where
    }
