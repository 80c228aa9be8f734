"""F5 BIG-IP: the join of virtual server, profile and certificate, and what is only in real exports."""

from __future__ import annotations

import json
from datetime import datetime
from hashlib import sha256

import pytest

from certanalytics.errors import DataError
from certanalytics.model import Alias, Record, Reject, Sighting, StatedCertificate
from certanalytics.sources import exports, recognise
from certanalytics.sources._reading import f5_objects
from certanalytics.sources.managers.f5_config import f5_config
from certanalytics.sources.managers.f5_rest import f5_icontrol_rest
from tests.lab.truth import Truth


def everything(path):
    rows = []
    for export in exports(path):
        assert not isinstance(export, DataError)
        rows += recognise(export).read(export)
    return rows


def presented(rows):
    """What every virtual server presents, through profile and certificate object."""
    means = {}
    for row in rows:
        if isinstance(row, Alias):
            means.setdefault(row.alias, []).append(row.certificate)

    def follow(certificate):
        if isinstance(certificate, bytes) or certificate.alias is None:
            return [certificate]
        return [end for further in means.get(certificate.alias, []) for end in follow(further)]

    served = (row for row in rows if isinstance(row, Sighting) and row.kind == "config")
    return {(row.resource, row.ip, row.port): follow(row.chain[0]) for row in served}


def test_a_backup_says_which_certificate_every_virtual_server_presents(samples):
    lab = Truth.read(samples / "truth")
    found = presented(everything(samples / "f5" / "lab-lb1.ucs"))
    assert found == {
        ("/Common/longvalid_vs", "127.0.0.19", 8443): [lab.chain("longvalid")[0]],
        ("/Shop/p384_vs", "127.0.0.14", 443): [lab.chain("p384")[0]],
    }


def test_the_rest_exports_say_the_same_in_any_order(samples):
    rows = everything(samples / "f5")
    found = presented(rows[::-1])
    p256 = Truth.read(samples / "truth").chain("p256")[0]
    assert len(found) == 7
    assert found["/Common/p256_vs", "127.0.0.13", 443][0].sha256 == sha256(p256).hexdigest()


def test_two_backups_keep_their_names_apart(samples, tmp_path):
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "backup.ucs").write_bytes((samples / "f5" / "lab-lb1.ucs").read_bytes())
    names = [row.alias for row in everything(tmp_path) if isinstance(row, Alias) and row.alias.startswith("f5:")]
    assert len(names) == len(set(names)) == 10


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ("/Common/10.1.2.3:443", ("10.1.2.3", 443)),
        ("/Common/10.1.2.3%4:8443", ("10.1.2.3", 8443)),
        ("/Common/2001:db8::1.443", ("2001:db8::1", 443)),
        ("/Common/2001:db8::1%2.443", ("2001:db8::1", 443)),
        ("10.1.2.3:https", ("10.1.2.3", 443)),
        ("/Common/0.0.0.0:0", (None, None)),
        ("/Common/any6.443", (None, 443)),
        ("/Common/shop_address:443", (None, 443)),
        ("/Common/app.app/10.1.2.3:any", ("10.1.2.3", None)),
        ("/Common/2001:db8::1", ("2001:db8::1", None)),
        ("/Common/10.1.2.3", ("10.1.2.3", None)),
        (None, (None, None)),
    ],
)
def test_the_place_of_a_virtual_server(written, place):
    assert f5_objects.destination(written) == place


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("var/tmp/filestore_temp/files_d/Common_d/certificate_d/:Common:www.crt_70369_1", "/Common/www.crt"),
        ("files_d/T_d/certificate_d/:T:App:web_1.crt_7_12", "/T/App/web_1.crt"),
        ("config/ssl/ssl.crt/default.crt", "/Common/default.crt"),
        ("var/tmp/cert_temp/ssl/ssl.crt/default.crt", "/Common/default.crt"),
        ("var/tmp/filestore_temp/files_d/Common_d/certificate_key_d/:Common:www.key_1_1", None),
        ("etc/pki/ssl.crt/www.crt", None),
    ],
)
def test_the_path_of_a_certificate_names_its_object(path, name):
    assert f5_objects.certificate_name(path) == name


CONFIGURATION = """\
ltm profile client-ssl child {
    defaults-from www
}
ltm profile client-ssl /Common/empty {
    cert-key-chain none
    defaults-from www
}
ltm profile client-ssl /Common/www {
    cert-key-chain {
        a {
            cert www.crt
        }
        b {
            cert /Common/ec.crt
        }
        c {
            cert /Common/ca.crt
            usage CA
        }
    }
    description "two
lines with a } and \\"quotes\\""
}
ltm virtual vs {
    destination 10.0.0.1:https
    mirror disabled
    profiles {
        child { context clientside }
        tcp-lan-optimized { context clientside }
        /Shop/other { context clientside }
        serverssl { context serverside }
    }
}
ltm virtual one { destination 10.0.0.1:443 mirror disabled profiles { www { context clientside } } }
ltm virtual cut {
    destination 10.0.0.1:443
"""


def test_the_language_of_a_configuration(written):
    rows = list(f5_config.read(written(CONFIGURATION)))
    aliases = [(row.alias, row.certificate.alias) for row in rows if isinstance(row, Alias)]
    assert aliases == [
        ("f5:/Common/child", "f5:/Common/www"),
        ("f5:/Common/www", "f5:/Common/www.crt"),
        ("f5:/Common/www", "f5:/Common/ec.crt"),
    ]
    seen = [(row.resource, row.ip, row.port, row.chain[0].alias) for row in rows if isinstance(row, Sighting)]
    assert seen == [
        ("/Common/vs", "10.0.0.1", 443, "f5:/Common/child"),
        ("/Common/vs", "10.0.0.1", 443, "f5:/Shop/other"),
    ]
    assert [row.locator for row in rows if isinstance(row, Reject)] == ["line 34", "line 35"]


OF_TWO_MODULES = """ltm virtual /Shop/vs {
    destination /Shop/10.0.0.1:80
    profiles {
        /Shop/spm { context clientside }
        /Common/classification_pem { context clientside }
        /Shop/web { context clientside }
    }
}
pem profile spm /Shop/spm {
    fast-pem enabled
}
"""


def test_a_profile_of_another_module_is_no_ssl_profile(written):
    assert [row.chain[0].alias for row in f5_config.read(written(OF_TWO_MODULES))] == ["f5:/Shop/web"]


@pytest.mark.shared
@pytest.mark.parametrize(
    "line",
    [
        "ltm virtual www { destination 10.0.0.1:https profiles { web { context clientside } } }",
        f"sys file ssl-cert www.crt {{ fingerprint SHA256/{'AA' * 32} serial-number 0a subject CN=www.example }}",
    ],
)
def test_what_would_lose_something_on_one_line_is_not_read(written, line):
    (row,) = f5_config.read(written(line + "\n"))
    assert isinstance(row, Reject)
    assert "without one-line" in row.reason


def test_a_real_listing(sample):
    rows = list(f5_icontrol_rest.read(sample("managers/f5_bigip/icontrol_rest_14.1/sys_filessl_cert.json")))
    records = [row for row in rows if isinstance(row, Record)]
    aliases = [row.alias for row in rows if isinstance(row, Alias)]
    assert len(records) == 4
    assert aliases == ["f5:/Common/default.crt", "f5:/Common/f5-ca-bundle.crt", "f5:/Common/f5-irule.crt"]  # no bundle
    entrust = "Entrust Root Certification Authority - G2,OU=(c) 2009 Entrust, Inc. - for authorized use only"
    entrust = f"CN={entrust},OU=See www.entrust.net/legal-terms,O=Entrust, Inc.,C=US"
    assert records[2].certificate == StatedCertificate(
        sha256="43df5774b03e7fef5fe40d931a7bedf1bb2e6b42738c4e6d3841103d3aa7f339",
        serial_hex="4a538c28",  # 1246989352: the serial number of that root, which is well known
        issuer_dn=entrust,
        subject_dn=entrust,
        not_after=datetime(2030, 12, 7, 17, 55, 54),
        key_algorithm="RSA",
        key_bits=2048,
    )
    assert records[3].certificate.serial_hex == "87ae02f918f94a11"


@pytest.mark.shared
def test_a_listing_without_profiles_says_how_to_get_them(sample):
    rows = list(f5_icontrol_rest.read(sample("managers/f5_bigip/icontrol_rest_14.1/ltm_virtual.json")))
    assert len(rows) == 6  # one of seven is disabled
    assert all("expandSubcollections" in row.reason for row in rows)
    (row,) = f5_icontrol_rest.read(sample("managers/f5_bigip/load_ltm_virtual_3.json"))
    assert (row.resource, row.ip, row.port) == ("/Common/my-virtual-server", "10.10.10.10", 443)
    assert row.chain == (StatedCertificate(alias="f5:/Common/clientssl"),)


def test_the_certificates_of_a_bundle_are_records_under_its_name(written):
    kind = "tm:sys:file:ssl-cert:bundle-certificates:bundle-certificates"
    link = "https://localhost/mgmt/tm/sys/file/ssl-cert/~Common~ca.crt/bundle-certificates"
    items = [{"kind": f"{kind}state", "name": "1", "selfLink": f"{link}/1", "serialNumber": "-4096", "issuer": "CN=a"}]
    listing = {"items": items, "kind": f"{kind}collectionstate", "selfLink": link}
    export = written(json.dumps(listing))
    assert recognise(export) is f5_icontrol_rest
    (record,) = f5_icontrol_rest.read(export)
    assert (record.record_id, record.certificate.serial_hex) == ("/Common/ca.crt!1", "-1000")


@pytest.mark.parametrize(
    "change", [{"mode": "disabled"}, {"sslForwardProxy": "enabled"}, {"certKeyChain": [{"cert": "none"}]}]
)
def test_a_profile_that_presents_no_certificate_of_its_own_means_none(written, change):
    profile = {"kind": "tm:ltm:profile:client-ssl:client-sslstate", "fullPath": "/Common/a", "cert": "/Common/a.crt"}
    assert len(list(f5_icontrol_rest.read(written(json.dumps(profile))))) == 1
    assert list(f5_icontrol_rest.read(written(json.dumps(profile | change)))) == []


def test_an_empty_listing_is_known_and_says_nothing(written):
    export = written(json.dumps({"kind": "tm:ltm:virtual:virtualcollectionstate", "selfLink": "https://localhost"}))
    assert recognise(export) is f5_icontrol_rest
    assert list(f5_icontrol_rest.read(export)) == []
