import pytest
from hypothesis import given
from hypothesis import strategies as st

from certanalytics.identity import identity, issuer_key, stated_columns
from certanalytics.model import StatedCertificate

SAME_NAME = [
    "CN=DigiCert Global G2 TLS RSA SHA256 2020 CA1,O=DigiCert Inc,C=US",
    "C=US, O=DigiCert Inc, CN=DigiCert Global G2 TLS RSA SHA256 2020 CA1",
    "/C=US/O=DigiCert Inc/CN=DigiCert Global G2 TLS RSA SHA256 2020 CA1",
    "c=us, o=digicert inc, cn=digicert global g2 tls rsa sha256 2020 ca1",
    "countryName=US, organizationName=DigiCert Inc, commonName=DigiCert Global G2 TLS RSA SHA256 2020 CA1",
]


def test_the_ways_tools_write_one_issuer_give_one_key():
    assert len({issuer_key(dn) for dn in SAME_NAME}) == 1


def test_a_comma_inside_a_value_does_not_cut_it():
    escaped = issuer_key(r"CN=CA,O=GoDaddy.com\, Inc.,C=US")
    assert escaped == "c=us|cn=ca|o=godaddy.com, inc."
    assert issuer_key("C=US, O=GoDaddy.com, Inc., CN=CA") == escaped


@pytest.mark.parametrize(
    ("quoted", "escaped"),
    [
        ('C=US, O="Example, Inc.", CN=CA', r"CN=CA,O=Example\, Inc.,C=US"),
        ('C = US, O = "Example, Inc.", CN = "CA, the 1st"', r"CN=CA\, the 1st,O=Example\, Inc.,C=US"),
        ('CN=CA, O="A, OU=B/C"', r"CN=CA,O=A\, OU=B\/C"),
        (r'CN=CA, O="A \"B\", Inc."', r"CN=CA,O=A \"B\"\, Inc."),
        ('CN=CA, O="A ""B"" Inc."', r"CN=CA,O=A \"B\" Inc."),
        ('CN=CA, O=A "B" Inc.', r"CN=CA,O=A \"B\" Inc."),
        (r"CN=CA, O=\"B\"", r"CN=CA,O=\"B\""),
    ],
    ids=[
        "crt.sh",
        "OpenSSL",
        "what looks like more attributes",
        "quotes within",
        "Windows",
        "in the middle",
        "its own",
    ],
)
def test_quotes_around_a_value_are_none_of_it(quoted, escaped):
    assert issuer_key(quoted) == issuer_key(escaped)
    first, second = (stated_columns(StatedCertificate(serial_hex="01", issuer_dn=dn)) for dn in (quoted, escaped))
    for name in ("identity", "issuer_cn", "issuer_o"):
        assert first[name] == second[name]


@pytest.mark.parametrize(
    ("octets", "letters"),
    [
        (r"CN=Br\C3\BCcke \E2\82\AC,O=V\C4\9Btrn\C3\ADk", "CN=Brücke €,O=Větrník"),
        (r"CN=A\2CB\20C", "CN=A,B C"),
        (r"CN=EXAMPLE\Adam", "CN=EXAMPLEAdam"),
    ],
    ids=["OpenSSL and Zeek", "ASCII", "a backslash nobody escaped"],
)
def test_octets_written_in_hex_are_the_letters_they_stand_for(octets, letters):
    assert issuer_key(octets) == issuer_key(letters)
    names = [stated_columns(StatedCertificate(subject_dn=dn)) for dn in (octets, letters)]
    assert names[0]["subject_cn"] == names[1]["subject_cn"]


@pytest.mark.parametrize(
    "written",
    [
        "CN=CA, 2.5.4.97=VATXX-1, E=a@b.example",
        "OID.2.5.4.97=VATXX-1, EMAILADDRESS=a@b.example, CN=CA",
        "1.2.840.113549.1.9.1=#160b6140622e6578616d706c65,2.5.4.97=#0c0756415458582d31,CN=CA",
        "1.2.840.113549.1.9.1=#6140622E6578616D706C65,2.5.4.97=VATXX-1,CN=CA",
    ],
    ids=["OpenSSL 1.0", "Java", "Go", "OpenVAS"],
)
def test_attributes_by_number_are_those_with_a_name(written):
    assert issuer_key(written) == issuer_key("CN=CA,organizationIdentifier=VATXX-1,emailAddress=a@b.example")


@pytest.mark.parametrize("value", ["#ff", "#0cff", "#00", "#zz", "#0c0"])
def test_what_is_no_text_in_hex_stays_what_it_is(value):
    assert issuer_key(f"1.2.3={value}") == f"1.2.3={value}"


def test_different_issuers_keep_different_keys():
    assert issuer_key("CN=A,O=X") != issuer_key("CN=B,O=X")


@pytest.mark.parametrize(
    ("stated", "begins"),
    [
        (StatedCertificate(sha256="ab" * 32, sha1="cd" * 20), "ab" * 32),
        (StatedCertificate(sha1="cd" * 20, serial_hex="01"), "sha1:" + "cd" * 20),
        (StatedCertificate(serial_hex="01", issuer_dn="CN=A", alias="f5:/Common/a"), "serial:01@"),
        (StatedCertificate(serial_hex="01", alias="f5:/Common/a"), "alias:f5:/Common/a"),
        (StatedCertificate(serial_hex="01", subject_cn="a.example"), "text:"),
        (StatedCertificate(subject_cn="a.example"), "text:"),
    ],
    ids=[
        "sha256 wins",
        "then sha1",
        "then issuer and serial",
        "then its name",
        "never the serial alone",
        "then all that is said",
    ],
)
def test_identity_is_the_strongest_thing_said(stated, begins):
    assert identity(stated).startswith(begins)


def test_one_serial_from_two_issuers_is_two_certificates():
    first = identity(StatedCertificate(serial_hex="01", issuer_dn="CN=A"))
    assert first != identity(StatedCertificate(serial_hex="01", issuer_dn="CN=B"))


def test_names_inside_a_distinguished_name_are_taken_out_of_it():
    columns = stated_columns(StatedCertificate(issuer_dn="/C=US/O=Example Trust/CN=Issuing 1", subject_cn="a.example"))
    assert (columns["issuer_cn"], columns["issuer_o"]) == ("Issuing 1", "Example Trust")
    assert (columns["subject_cn"], columns["subject_o"]) == ("a.example", None)


def test_an_empty_attribute_is_no_name():
    for dn in ("CN", "CN=", "CN=,O=", "/CN=/O="):
        stated = stated_columns(StatedCertificate(subject_dn=dn))
        assert (stated["subject_cn"], stated["subject_o"]) == (None, None)
    assert stated_columns(StatedCertificate(subject_dn="CN=,CN=second"))["subject_cn"] == "second"


@given(st.text())
def test_no_issuer_text_is_too_odd(text):
    assert issuer_key(text) is None or isinstance(issuer_key(text), str)
