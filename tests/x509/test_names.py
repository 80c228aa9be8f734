"""Distinguished names against the examples of RFC 4514 section 4, and the names no example foresees."""

from __future__ import annotations

import pytest
from cryptography import x509
from cryptography_oracle import dn
from hypothesis import given, settings
from hypothesis import strategies as st

from certanalytics.x509 import names
from certanalytics.x509.der import OID, SEQUENCE, DerError, wrap

UTF8, PRINTABLE, TELETEX, BMP, UNIVERSAL, IA5, BITS = 0x0C, 0x13, 0x14, 0x1E, 0x1C, 0x16, 0x03
TYPES = {
    "C": "2.5.4.6", "O": "2.5.4.10", "OU": "2.5.4.11", "CN": "2.5.4.3", "SN": "2.5.4.4",
    "DC": "0.9.2342.19200300.100.1.25", "UID": "0.9.2342.19200300.100.1.1",
}  # fmt: skip


def oid(dotted: str) -> bytes:
    """The octets of an OBJECT IDENTIFIER (X.690 section 8.19)."""
    first, second, *rest = map(int, dotted.split("."))
    octets = b""
    for arc in (40 * first + second, *rest):
        septets = [arc >> shift & 0x7F for shift in range(0, max(arc.bit_length(), 1), 7)]
        octets += bytes([septet | 0x80 for septet in reversed(septets[1:])]) + bytes(septets[:1])
    return wrap(OID, octets)


def name(*rdns: list[tuple[str, bytes]]) -> bytes:
    """A Name from its RDNs in the certificate's order; each attribute a type and its encoded value."""
    return wrap(
        SEQUENCE,
        b"".join(
            wrap(0x31, b"".join(wrap(SEQUENCE, oid(TYPES.get(kind, kind)) + value) for kind, value in rdn))
            for rdn in rdns
        ),
    )


def utf8(text: str) -> bytes:
    return wrap(UTF8, text.encode())


NET = [[("DC", wrap(IA5, b"net"))], [("DC", wrap(IA5, b"example"))]]


@pytest.mark.parametrize(
    ("rdns", "string"),
    [
        ([*NET, [("UID", utf8("jsmith"))]], "UID=jsmith,DC=example,DC=net"),
        ([*NET, [("OU", utf8("Sales")), ("CN", utf8("J.  Smith"))]], "OU=Sales+CN=J.  Smith,DC=example,DC=net"),
        ([*NET, [("CN", utf8('James "Jim" Smith, III'))]], 'CN=James \\"Jim\\" Smith\\, III,DC=example,DC=net'),
        ([*NET, [("CN", utf8("Before\rAfter"))]], "CN=Before\\0dAfter,DC=example,DC=net"),
        ([[("1.3.6.1.4.1.1466.0", bytes.fromhex("04024869"))]], "1.3.6.1.4.1.1466.0=#04024869"),
        ([[("SN", utf8("Lučić"))]], "SN=Lučić"),
    ],
)
def test_examples_of_rfc_4514(rdns, string):
    assert names.read(name(*rdns)).dn == string


@pytest.mark.parametrize(
    ("value", "escaped"),
    [
        ("", ""),
        (" ", "\\ "),
        ("  ", "\\ \\ "),
        (" a ", "\\ a\\ "),
        ("#a#", "\\#a#"),
        ("a=b", "a=b"),
        ("a+b;c<d>e\\f", "a\\+b\\;c\\<d\\>e\\\\f"),
        ("nul\0nul", "nul\\00nul"),
    ],
)
def test_escapes(value, escaped):
    read = names.read(name([("CN", utf8(value))]))
    assert read.dn == f"CN={escaped}"
    assert read.cn == value
    assert read.readable


@pytest.mark.parametrize(
    ("value", "string", "column", "readable"),
    [
        (wrap(TELETEX, "Caf\xe9".encode("latin-1")), "CN=Caf\\e9", "Caf\\xe9", False),
        (wrap(UTF8, b"\xff\xfe,"), "CN=\\ff\\fe\\,", "\\xff\\xfe,", False),
        (wrap(PRINTABLE, b"a@b*c"), "CN=a@b*c", "a@b*c", True),
        (wrap(BMP, "Žluť".encode("utf-16-be")), "CN=Žluť", "Žluť", True),
        (wrap(BMP, b"\0A\xd8\0"), "CN=#1e040041d800", "\x00A\\xd8\x00", False),
        (wrap(UNIVERSAL, "日".encode("utf-32-be")), "CN=日", "日", True),
        (wrap(BITS, b"\0\x01"), "CN=#03020001", None, True),
    ],
)
def test_no_value_is_lost(value, string, column, readable):
    read = names.read(name([("CN", value)]))
    assert (read.dn, read.cn, read.readable) == (string, column, readable)


def test_the_most_specific_value_is_the_last():
    read = names.read(
        name([("OU", utf8("group"))], [("OU", utf8("division"))], [("OU", utf8("team")), ("C", utf8("FR"))])
    )
    assert (read.ou, read.c, read.cn) == ("team", "FR", None)
    assert read.dn == "OU=team+C=FR,OU=division,OU=group"


def test_empty_name():
    assert names.read(b"\x30\x00") == names.Name("", None, None, None, None, readable=True)


@pytest.mark.parametrize("damaged", [b"", b"\x31\x00", b"\x30\x05\x31\x03", b"\x30\x04\x31\x02\x30\x00"])
def test_no_name(damaged):
    with pytest.raises(DerError):
        names.read(damaged)


TEXTS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=16)


@given(st.lists(st.tuples(st.sampled_from(["2.5.4.3", "2.5.4.10", "2.5.4.11", "2.5.4.7"]), TEXTS), max_size=4))
@settings(deadline=None)
def test_any_text_agrees_with_cryptography(attributes):
    built = x509.Name([x509.NameAttribute(x509.ObjectIdentifier(kind), value) for kind, value in attributes])
    assert names.read(built.public_bytes()).dn == dn(built)


@given(
    st.lists(
        st.tuples(st.sampled_from(["2.5.4.3", "2.5.4.10"]), st.from_regex(r"[ -~]{1,40}", fullmatch=True)), max_size=4
    )
)
@settings(deadline=None)
def test_printable_names_are_read_back_by_cryptography(attributes):
    built = x509.Name([x509.NameAttribute(x509.ObjectIdentifier(kind), value) for kind, value in attributes])
    assert x509.Name.from_rfc4514_string(names.read(built.public_bytes()).dn) == built
