"""Values that stand in no well-made certificate, or seldom: what `der_mutants` puts into well-made ones."""

from __future__ import annotations

from itertools import product

from certanalytics.x509.der import BIT_STRING, INTEGER, OCTET_STRING, OID, SEQUENCE, wrap

_SET, _UTF8, _PRINTABLE, _TELETEX, _IA5, _UNIVERSAL, _BMP = 0x31, 0x0C, 0x13, 0x14, 0x16, 0x1C, 0x1E


def sequence(*elements: bytes) -> bytes:
    return wrap(SEQUENCE, b"".join(elements))


def oid(dotted: str) -> bytes:
    """An OBJECT IDENTIFIER from its dotted form."""
    first, second, *rest = map(int, dotted.split("."))
    octets = b""
    for arc in (40 * first + second, *rest):
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.append(arc & 0x7F | 0x80)
        octets += bytes(reversed(groups))
    return wrap(OID, octets)


def integer(value: int) -> bytes:
    """An INTEGER in DER's shortest form."""
    return wrap(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, signed=True))


NULL = b"\x05\x00"

UTC_TIMES = [
    b"500101000000Z", b"491231235959Z", b"991231235959Z", b"000229000000Z", b"010229000000Z", b"240229120000Z",
    b"261301000000Z", b"260001000000Z", b"260100000000Z", b"260132000000Z", b"260431000000Z", b"260101240000Z",
    b"260101006000Z", b"260101000060Z", b"260630235960Z", b"2601010000Z", b"260101000000", b"260101000000+0000",
    b"260101000000-0000", b"260101000000+0100", b"260101000000z", b"26010100000:Z", b"26010100000/Z", b"26 1 1000000Z",
    b"2-0101000000Z", b"+60101000000Z", b"260101000000.5Z", b"20260101000000Z", b"", b"Z", b"260101000000Z\0",
    b"\x002601010000Z", b"26010100000\xb0Z", b"260101000000Z ", b"2601010000000Z", b"26010100000Z", b"000101000000Z",
]  # fmt: skip
GENERALIZED_TIMES = [
    b"20500101000000Z", b"99991231235959Z", b"20260101000000Z", b"19491231235959Z", b"00000101000000Z",
    b"00010101000000Z", b"15821010000000Z", b"21000229000000Z", b"24000229000000Z", b"20260101000000.5Z",
    b"20260101000000,5Z", b"2026010100Z", b"202601010000Z", b"20260101000000", b"20260101000000+0100",
    b"20261301000000Z", b"20260100000000Z", b"20260101240000Z", b"20260101000060Z", b"100000101000000Z",
    b"260101000000Z", b"", b"2050010100000AZ", b"2050-1-1000000Z", b"20500101000000Z\0", b"-0500101000000Z",
    b"16000101000000Z", b"12000101000000Z", b"16770921001243Z", b"22620411234717Z", b"29999999999999Z",
]  # fmt: skip

TEXTS = [
    b"", b" ", b"  ", b" a", b"a ", b"#", b"#a", b" #", b"a,b", b"a+b", b'"a"', b"a\\", b"\\", b"<a>", b"a;b", b"a=b",
    b"\0", b"a\0b", b"\n", b"a\x7f", b"\x1f", b"a*b", b"a@b", b"a_b", b"a&b", b"a'b(c)+,-./:=?",
    b"xn--bcher-kva.example",
    b"*.example.com", b"EXAMPLE.com", b"example.com.", b".", b"-", b"a" * 127, b"a" * 128, b"a" * 255, b"a" * 256,
    b"a" * 65_536, b"\xff", b"\xc3", b"\xc3(", b"\xc0\x80", b"\xc1\xbf", b"\xe0\x80\x80", b"\xe0\x9f\xbf",
    b"\xed\xa0\x80", b"\xed\x9f\xbf", b"\xee\x80\x80", b"\xef\xbf\xbf", b"\xf0\x80\x80\x80", b"\xf0\x8f\xbf\xbf",
    b"\xf4\x8f\xbf\xbf", b"\xf4\x90\x80\x80", b"\xf5\x80\x80\x80", b"\xe2\x84", b"\xf0\x9f\x98", b"a\x80", b"\xbf",
    b"caf\xe9", b"\x80\x81\x9f", "é".encode(), "€".encode(), "😀".encode(), "ü, \u2028".encode(), b"\xc2\x80",
    b"\xc2\xa0", "\ufeffa".encode(), "é ".encode(), b"a" * 15 + "é".encode(), "Straße \\ 日本".encode(),
    "ab".encode("utf-16-be"), "é€".encode("utf-16-be"), b'\0"', b"\0 ", b"\0 \0a", b"\xd8\x00", b"\xd8\x3d\xde\x00",
    b"\xdc\x00\xd8\x00", b"\xfe\xff\0a", b"a\0a", "😀".encode("utf-32-be"), b"\0\x11\0\0", b"\0\0\xd8\0", b"\0\0\0a",
]  # fmt: skip
TEXT_TAGS = [_UTF8, 0x12, _PRINTABLE, _TELETEX, 0x15, _IA5, 0x19, 0x1A, 0x1B, _UNIVERSAL, _BMP]

OIDS = [
    b"", b"\x80", b"\x80\x01", b"\x55\x80", b"\x55\x1d\x80\x11", b"\x55\x1d\x91", b"\xff" * 5, b"\x00", b"\x27",
    b"\x28",
    b"\x4f", b"\x50", b"\x7f", b"\x81\x00", b"\x88\x37", b"\x2a" + b"\xff" * 4 + b"\x7f",
    b"\x2a" + b"\xff" * 8 + b"\x7f",
    b"\x2a\x81" + b"\x80" * 8 + b"\x00", b"\x2a\x82" + b"\x80" * 8 + b"\x00", b"\x2a" + b"\xff" * 18 + b"\x7f",
    b"\x2a" + b"\x01" * 62, b"\x2a" + b"\x01" * 63, b"\x2a" + b"\x01" * 64, b"\x2a" + b"\x01" * 126,
    b"\x2a" + b"\x01" * 511, b"\x2a" + b"\x01" * 512, b"\x2a" + b"\xff" * 600 + b"\x7f", b"\x55\x1d",
    b"\x55\x1d\x11\x00",
    b"\x55\x04\x03", b"\x55\x04\x0a", b"\x55\x04\x0b", b"\x55\x04\x06", b"\x55\x04\x05", b"\x55\x04\x0f",
    b"\x55\x04\x1a",
    b"\x55\x1d\x0e", b"\x55\x1d\x0f", b"\x55\x1d\x11", b"\x55\x1d\x13", b"\x55\x1d\x25", b"\x55\x1d\x25\x00",
    b"\x55\x1d\x1f", b"\x55\x1d\x23", b"\x55\x1d\x20", b"\x55\x1d\x20\x00", b"\x55\x1d\x2d", b"\x55\x1d\x01",
    *(
        oid(dotted)[2:]
        for dotted in (
            "1.3.6.1.5.5.7.1.1", "1.3.6.1.5.5.7.1.24", "1.3.6.1.4.1.11129.2.4.2", "1.3.6.1.4.1.11129.2.4.3",
            "1.3.6.1.4.1.11129.2.4.4", "1.3.6.1.5.5.7.48.1", "1.3.6.1.5.5.7.48.2", "1.3.6.1.5.5.7.48.1.5",
            "2.23.140.1.1", "2.23.140.1.2.1", "2.23.140.1.2.2", "2.23.140.1.2.3", "1.2.840.113549.1.1.1",
            "1.2.840.113549.1.1.10", "1.2.840.10045.2.1", "1.2.840.10040.4.1", "1.3.101.112", "1.3.101.110",
                "1.3.101.113",
            "1.2.840.10045.3.1.7", "1.3.132.0.34", "1.3.132.0.35", "1.3.132.0.10", "1.3.132.0.33",
                "1.2.840.10045.3.1.1",
            "1.3.36.3.3.2.8.1.1.7", "1.2.156.10197.1.301", "1.2.840.113549.1.1.4", "1.2.840.113549.1.1.5",
            "1.2.840.113549.1.1.11", "1.2.840.113549.1.1.12", "1.2.840.10045.4.3.2", "1.2.840.10045.4.3.3",
            "0.9.2342.19200300.100.1.25", "1.2.840.113549.1.9.1", "1.3.6.1.4.1.311.60.2.1.3", "2.999.1", "1.2.3.4",
        )
    ),
]  # fmt: skip

ADDRESSES = [
    b"", b"\x7f\0\0", b"\x7f\0\0\1", b"\0\0\0\0", b"\xff" * 4, b"\x0a\0\0\0\xff", b"\x0a\0\0\0\xff\0\0\0",
    b"\x0a\0\0\0\xff\0\xff\0", b"\x0a\0\0\1\xff\xff\xff\0", b"\0" * 15, b"\0" * 16, b"\0" * 15 + b"\1", b"\xff" * 16,
    b"\0" * 10 + b"\xff\xff\1\2\3\4", b"\0" * 12 + b"\1\2\3\4", bytes.fromhex("20010db8000000000001000000000001"),
    bytes.fromhex("20010db8000000010000000000000001"), bytes.fromhex("20010db8000100010001000100010000"),
    bytes.fromhex("00000001000100010001000100010001"), bytes.fromhex("20010db80000000100010001abcd0000"),
    bytes.fromhex("0064ff9b0000000000000000c0000221"), b"\0" * 17, b"\0" * 32, b"\xfe\x80" + b"\0" * 14 + b"\xff" * 16,
]  # fmt: skip

NUMBERS = [
    0, 1, 2, 3, 4, 5, 17, 127, 128, 255, 256, 65_535, 65_536, 65_537, 2**31 - 1, 2**31, 2**31 + 1, 2**32 + 1, 2**33 - 1,
    2**33 + 1, 2**63 - 1, 2**63, 2**64 - 1, 2**64, 2**127, 2**159 - 1, 2**159, 2**160, 2**161, 2**167 - 1, 2**167,
        2**511 + 1, 2**1023 + 1,
    2**2047 + 1, 2**2048 - 1, 2**16384 - 1, 2**16400 + 1, -1, -2, -127, -128, -129, -(2**31), -(2**63), -(2**64) - 1,
]  # fmt: skip


def attribute(kind: str, tag: int, value: bytes) -> bytes:
    """One AttributeTypeAndValue."""
    return sequence(oid(kind), wrap(tag, value))


RDNS = [
    *(
        wrap(_SET, attribute(kind, tag, value))
        for kind, tag, value in [
            ("2.5.4.3", _BMP, "bücher".encode("utf-16-be")), ("2.5.4.3", _BMP, b"\0a\0"), ("2.5.4.3", _UNIVERSAL,
            b"\0\0\0a"),
            ("2.5.4.3", _TELETEX, b"caf\xe9"), ("2.5.4.10", _TELETEX, "é".encode()), ("2.5.4.10", _UTF8, b"A, B+C \\"),
            ("2.5.4.10", _PRINTABLE, b"A*B@C"), ("2.5.4.10", _PRINTABLE, b"caf\xe9"), ("2.5.4.10", _IA5, b"\xff"),
            ("2.5.4.6", _PRINTABLE, b"DE"), ("2.5.4.6", _PRINTABLE, b"DEU"), ("2.5.4.6", _UTF8, b""), ("2.5.4.6",
            _UTF8, b"d"),
            ("2.5.4.11", _UTF8, b"x" * 300), ("2.5.4.11", _UTF8, b"#1 "), ("2.5.4.5", _PRINTABLE, b"12"), ("1.2.3",
            _UTF8, b"a"),
            ("2.5.4.45", BIT_STRING, b"\0\1"), ("2.5.4.45", BIT_STRING, b"\x08\1"), ("2.5.4.45", BIT_STRING, b""),
            ("2.5.4.3", INTEGER, b"\1"), ("2.5.4.3", INTEGER, b"\0\1"), ("2.5.4.3", SEQUENCE, b""), ("2.5.4.3", 0x05,
            b""),
            ("2.5.4.3", OCTET_STRING, b"a"), ("2.5.4.3", 0x1F, b"a"), ("2.5.4.3", 0x2C, b"a"), ("2.5.4.3", 0x8C, b"a"),
            ("2.5.4.3", 0x17, b"260101000000Z"), ("0.9.2342.19200300.100.1.25", _IA5, b"example"), ("2.5.4.10", 0x12,
            b"1"),
            ("1.2.840.113549.1.9.1", _IA5, b"a@example.com"), ("1.3.6.1.4.1.311.60.2.1.3", _PRINTABLE, b"US"),
            ("2.5.4.15", _UTF8, b"Private Organization"), ("2.5.4.3", _UTF8, b"\0"), ("2.5.4.97", _UTF8, b"NTRDE-1"),
        ]
    ),
    wrap(_SET, b""),
    wrap(_SET, attribute("2.5.4.3", _UTF8, b"b") + attribute("2.5.4.3", _UTF8, b"a")),
    wrap(_SET, attribute("2.5.4.3", _UTF8, b"a") + attribute("2.5.4.10", _UTF8, b"b") + attribute("2.5.4.6", _UTF8,
    b"DE")),
    wrap(_SET, sequence(oid("2.5.4.3"))),
    wrap(_SET, sequence(oid("2.5.4.3"), b"\x0c\x01a", b"\x0c\x01b")),
    wrap(_SET, sequence(oid("2.5.4.3"), b"\x0c\x01a", NULL)),
    wrap(_SET, sequence()),
    wrap(_SET, b"\x0c\x01a"),
    wrap(SEQUENCE, attribute("2.5.4.3", _UTF8, b"a")),
    attribute("2.5.4.3", _UTF8, b"a"),
    NULL,
]  # fmt: skip
"""Relative distinguished names to put into a Name."""

_PSS = "1.2.840.113549.1.1.10"
_SHA256, _MGF = sequence(oid("2.16.840.1.101.3.4.2.1"), NULL), "1.2.840.113549.1.1.8"
ALGORITHMS = [
    *(
        sequence(oid(name), *parameters)
        for name, parameters in product(
            ("1.2.840.113549.1.1.4", "1.2.840.113549.1.1.5", "1.2.840.113549.1.1.11", "1.2.840.10045.4.3.2",
            "1.3.101.112",
             "1.2.840.10040.4.3", "2.16.840.1.101.3.4.3.17", "1.2.3.4", _PSS),
            ([], [NULL], [sequence()], [b"\x04\x01a"], [NULL, NULL]),
        )
    ),
    sequence(oid(_PSS), sequence(wrap(0xA0, _SHA256), wrap(0xA1, sequence(oid(_MGF), _SHA256)), wrap(0xA2,
    b"\x02\x01\x20"))),
    sequence(oid(_PSS), sequence(wrap(0xA0, sequence(oid("1.3.14.3.2.26"), NULL)))),
    sequence(oid(_PSS), sequence(wrap(0xA0, sequence(oid("1.2.3"))), wrap(0xA2, b"\x02\x01\x20"))),
    sequence(oid(_PSS), sequence(wrap(0xA2, b"\x02\x02\x00\x20"))),
    sequence(oid(_PSS), sequence(wrap(0xA0, b""))),
    sequence(),
    sequence(NULL),
]  # fmt: skip
"""AlgorithmIdentifiers of signatures."""

_RSA, _EC, _P256 = oid("1.2.840.113549.1.1.1"), oid("1.2.840.10045.2.1"), oid("1.2.840.10045.3.1.7")
_POINT = bytes.fromhex(
    "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
)
"""The generator of P-256 (SEC 2)."""


def _spki(algorithm: bytes, key: bytes, unused: int = 0) -> bytes:
    return sequence(algorithm, wrap(BIT_STRING, bytes([unused]) + key))


def _rsa(modulus: int, exponent: int) -> bytes:
    return _spki(sequence(_RSA, NULL), sequence(integer(modulus), integer(exponent)))


_MODULUS = 2**2048 - 1942289
POINTS = [
    b"", b"\0", b"\2" + _POINT[1:33], b"\3" + _POINT[1:33], b"\5" + _POINT[1:], b"\6" + _POINT[1:],
    b"\7" + _POINT[1:], _POINT,
    _POINT[:-1], _POINT + b"\0", b"\4" + b"\0" * 64, b"\4" + b"\xff" * 64, _POINT[:-1] + b"\xf6", _POINT[1:],
    b"\0" + _POINT[1:],
]  # fmt: skip
KEYS = [
    *(_rsa(_MODULUS, exponent) for exponent in NUMBERS),
    *(_rsa(modulus, 65_537) for modulus in NUMBERS),
    *(_rsa((1 << bits) - 1, 65_537) for bits in (1, 8, 511, 512, 513, 1023, 1024, 1025, 2040, 2041, 2047, 2049, 3072,
    4096, 8192)),
    *(_spki(sequence(_RSA, *parameters), sequence(integer(_MODULUS), b"\x02\x03\x01\x00\x01")) for parameters in
      ([], [sequence()], [b"\x05\x01\x00"], [NULL, NULL], [b"\x04\x00"])),
    _spki(sequence(_RSA, NULL), sequence(integer(_MODULUS))),
    _spki(sequence(_RSA, NULL), sequence(integer(_MODULUS), b"\x02\x03\x01\x00\x01", NULL)),
    _spki(sequence(_RSA, NULL), sequence(integer(_MODULUS), b"\x02\x03\x01\x00\x01") + b"\0"),
    _spki(sequence(_RSA, NULL), sequence(integer(_MODULUS), b"\x02\x04\x00\x01\x00\x01")),
    _spki(sequence(_RSA, NULL), sequence(wrap(INTEGER, _MODULUS.to_bytes(256)), b"\x02\x03\x01\x00\x01")),
    _spki(sequence(_RSA, NULL), sequence(wrap(INTEGER, b"\0\0" + _MODULUS.to_bytes(256)), b"\x02\x03\x01\x00\x01")),
    _spki(sequence(_RSA, NULL), sequence(integer(_MODULUS), b"\x02\x03\x01\x00\x01"), unused=1),
    _spki(sequence(oid(_PSS)), sequence(integer(_MODULUS), b"\x02\x03\x01\x00\x01")),
    _spki(sequence(oid(_PSS), NULL), sequence(integer(_MODULUS), b"\x02\x03\x01\x00\x01")),
    *(_spki(sequence(_EC, _P256), point) for point in POINTS),
    *(_spki(sequence(_EC, *parameters), _POINT) for parameters in
      ([], [NULL], [sequence()], [_P256, NULL], [oid("1.2.3.4")], [oid("1.3.132.0.34")], [oid("1.3.132.0.10")])),
    _spki(sequence(_EC, _P256), _POINT, unused=1),
    *(_spki(sequence(oid(f"1.3.101.{number}")), b"\x01" * length) for number, length in product((110, 111, 112, 113),
    (0, 31, 32, 56, 57))),
    _spki(sequence(oid("1.3.101.112"), NULL), b"\x01" * 32),
    _spki(sequence(oid("1.2.840.10040.4.1")), integer(5)),
    _spki(sequence(oid("1.2.840.10040.4.1"), NULL), integer(5)),
    _spki(sequence(oid("1.2.840.10040.4.1"), sequence(integer(2**1023 + 1), integer(2**159 + 1), integer(2))),
    integer(5)),
    _spki(sequence(oid("1.2.840.113549.1.3.1"), sequence(integer(23), integer(5))), integer(8)),
    *(_spki(sequence(oid(f"2.16.840.1.101.3.4.3.{number}")), b"\1" * length) for number, length in
      ((17, 1312), (18, 1952), (19, 2592), (17, 3), (20, 32), (31, 64))),
    _spki(sequence(oid("1.2.3.4")), b"a"),
    sequence(sequence(_RSA, NULL)),
    sequence(sequence(_RSA, NULL), BIT_STRING.to_bytes() + b"\0"),
    sequence(),
]  # fmt: skip
"""SubjectPublicKeyInfos."""
