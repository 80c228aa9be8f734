"""Extensions that stand in no well-made certificate, or seldom, and well-made ones beside them."""

from __future__ import annotations

from hostile_values import NULL, NUMBERS, attribute, integer, oid, sequence

from certanalytics.x509.der import BIT_STRING, BOOLEAN, OCTET_STRING, wrap

_NAME = wrap(0xA4, sequence(wrap(0x31, attribute("2.5.4.3", 0x0C, b"a"))))
_OTHER = wrap(0xA0, oid("1.3.6.1.4.1.311.20.2.3") + wrap(0xA0, b"\x0c\x01a"))
GENERAL_NAMES = [
    _OTHER, wrap(0xA0, b""), wrap(0xA0, oid("1.2.3")), wrap(0x81, b"a@example.com"), wrap(0x81, b""), wrap(0x82,
    b"example.com"),
    wrap(0x82, b""), wrap(0x82, b"b\xc3\xbccher"), wrap(0x82, b"a\0b"), wrap(0xA2, b"\x82\x01a"), wrap(0xA3, b""),
    _NAME,
    wrap(0xA4, b""), wrap(0x84, b""), wrap(0xA5, b"\xa1\x03\x0c\x01a"), wrap(0x86, b"http://example.com/"),
    wrap(0x86, b""),
    wrap(0x86, b"ldap:///CN=a?b;c"), wrap(0x86, b"\xff"), wrap(0x87, b"\x7f\0\0\1"), wrap(0x87, b"\0" * 16),
    wrap(0x87, b"\0" * 8),
    wrap(0x87, b"\0" * 5), wrap(0x88, b"\x2a\3"), wrap(0x88, b""), wrap(0x88, b"\x80"), wrap(0x89, b"a"), NULL,
    wrap(0x16, b"a"),
]  # fmt: skip
"""GeneralNames (RFC 5280 section 4.2.1.6)."""

_HTTP = wrap(0x86, b"http://example.com/")
_CPS, _NOTICE, _POLICY = oid("1.3.6.1.5.5.7.2.1"), oid("1.3.6.1.5.5.7.2.2"), oid("2.23.140.1.2.1")


def _qualified(*qualifiers: bytes) -> bytes:
    return sequence(sequence(_POLICY, sequence(*qualifiers)))


def _bits(*octets: int) -> bytes:
    return wrap(BIT_STRING, bytes(octets))


VALUES: dict[str, list[bytes]] = {
    "2.5.29.14": [b"\x04\x00", b"\x04\x01a", b"\x30\x00", b"\x04\x03a", b"\x04\x01a\x00", b"", b"\x24\x03\x04\x01a"],
    "2.5.29.15": [
        _bits(0), _bits(), _bits(7, 0x80), _bits(5, 0xA0), _bits(0, 0xA0), _bits(0, 0), _bits(7, 0, 0x80), _bits(0,
        0xFF, 0x80),
        _bits(7, 8, 0x80), _bits(7, 0xFF), _bits(8, 0x80), _bits(1, 0x81), _bits(7, 6, 0x80, 0), _bits(0, 9, 0, 0),
        _bits(0, 1),
        _bits(7, 9, 0x80), _bits(0, 9, 0xFF), _bits(0, 0, 0x80), b"\x02\x01\x05", b"", b"\x03\x02\x05\xa0\x00",
        _bits(7),
    ],
    "2.5.29.17": [sequence(name) for name in GENERAL_NAMES]
    + [sequence(*GENERAL_NAMES[index : index + 3]) for index in range(0, 27, 3)]
    + [sequence(), b"", NULL, sequence(_HTTP) + b"\0", wrap(0x31, _HTTP)],
    "2.5.29.19": [
        sequence(), sequence(b"\1\1\xff"), sequence(b"\1\1\0"), sequence(b"\1\1\1"), sequence(b"\2\1\0"),
        sequence(b"\1\1\0", b"\2\1\0"),
        *(sequence(b"\1\1\xff", integer(number)) for number in NUMBERS), sequence(b"\1\1\xff", b"\2\2\0\1"), b"", NULL,
        sequence(b"\2\1\0", b"\1\1\xff"), sequence(b"\1\1\xff", b"\2\1\0", NULL), sequence(b"\1\1\xff") + b"\0",
        sequence(b"\1\1\xff", b"\1\1\xff"), sequence(b"\1\0"), sequence(b"\1\2\xff\xff"), sequence(b"\1\1\xff",
        b"\2\0"),
    ],
    "2.5.29.31": [
        sequence(sequence(wrap(0xA0, wrap(0xA0, _HTTP)))), sequence(), sequence(sequence()),
        sequence(sequence(wrap(0xA0, b""))),
        sequence(sequence(wrap(0xA0, wrap(0xA0, b"")))), sequence(sequence(wrap(0xA0, wrap(0xA0, _NAME)))),
        sequence(sequence(wrap(0xA0, wrap(0xA0, _HTTP + _NAME + _HTTP)))), sequence(sequence(wrap(0x81, b"\1\6"))),
        sequence(sequence(wrap(0xA0, wrap(0xA1, attribute("2.5.4.3", 0x0C, b"a"))))),
        sequence(sequence(wrap(0xA0, wrap(0xA0, _HTTP)), wrap(0x81, b"\1\6"), wrap(0xA2, _NAME))),
        sequence(sequence(wrap(0xA2, _NAME))), sequence(sequence(wrap(0xA2, _HTTP))), sequence(sequence(wrap(0xA2,
        b""))),
        sequence(*[sequence(wrap(0xA0, wrap(0xA0, wrap(0x86, b"http://%d/" % number)))) for number in range(5)]),
        sequence(sequence(wrap(0xA0, wrap(0xA0, _HTTP) + wrap(0xA0, _HTTP)))), sequence(sequence(wrap(0xA0,
        wrap(0xA2, _HTTP)))),
        sequence(sequence(wrap(0xA0, wrap(0xA0, _HTTP)), wrap(0xA0, wrap(0xA0, _HTTP)))), sequence(sequence(NULL)),
        sequence(sequence(wrap(0x81, b"\0\xff\x80"))), sequence(sequence(wrap(0x81, b"\x09\xff"))), sequence(NULL), b"",
        sequence(sequence(wrap(0xA0, wrap(0xA0, wrap(0x86, b"\xff"))))), sequence(sequence(wrap(0xA0, wrap(0xA0,
        wrap(0x86, b""))))),
    ],
    "2.5.29.32": [
        sequence(sequence(_POLICY)), sequence(), sequence(sequence()), sequence(sequence(_POLICY), sequence(_POLICY)),
        sequence(sequence(oid("2.5.29.32.0"))), sequence(sequence(_POLICY, sequence())), _qualified(sequence(_CPS,
        b"\x16\x01a")),
        _qualified(sequence(_CPS, b"\x0c\x01a")), _qualified(sequence(_CPS)), _qualified(sequence(_CPS,
        b"\x16\x01\xff")),
        _qualified(sequence(_NOTICE, sequence())), _qualified(sequence(_NOTICE, sequence(b"\x1e\x02\0a"))),
        _qualified(sequence(_NOTICE, sequence(b"\x1e\x01a"))), _qualified(sequence(_NOTICE, sequence(b"\x1a\x01a"))),
        _qualified(sequence(_NOTICE, sequence(sequence(b"\x0c\x01a", sequence(b"\2\1\1")), b"\x0c\x01a"))),
        _qualified(sequence(_NOTICE, sequence(b"\x13\x01*"))), _qualified(sequence(_NOTICE, sequence(b"\x0c\x01\xff"))),
        _qualified(sequence(oid("1.2.3"), b"\x0c\x01a")), _qualified(NULL), sequence(sequence(_POLICY), NULL), b"",
        NULL,
        *(sequence(sequence(oid(policy))) for policy in ("2.23.140.1.1", "2.23.140.1.2.2", "2.23.140.1.2.3", "1.2.3")),
        sequence(sequence(oid("2.23.140.1.2.1")), sequence(oid("2.23.140.1.1"))), sequence(sequence(_POLICY, NULL)),
        sequence(sequence(_POLICY, sequence(), sequence())), sequence(sequence(b"\6\1\x80")),
    ],
    "2.5.29.35": [
        sequence(), sequence(b"\x80\1a"), sequence(b"\x80\0"), sequence(wrap(0xA1, _NAME), b"\x82\1\1"),
        sequence(wrap(0xA1, _NAME)),
        sequence(b"\x82\1\1"), sequence(b"\x80\1a", wrap(0xA1, _NAME), b"\x82\1\1"), sequence(b"\x80\1a", b"\x80\1b"),
        sequence(b"\x82\1\1", b"\x80\1a"), sequence(b"\x80\1a", wrap(0xA1, b""), b"\x82\1\1"), sequence(b"\x80\1a",
        b"\x82\1\1"),
        sequence(b"\x80\1a", wrap(0xA1, _NAME), b"\x82\2\0\1"), sequence(b"\x80\1a", wrap(0xA1, _NAME), b"\x82\0"),
        b"", NULL,
        sequence(b"\x80\1a", NULL), sequence(b"\xa0\3\4\1a"), sequence(b"\4\1a"), sequence(b"\x80\1a") + b"\0",
    ],
    "2.5.29.37": [
        sequence(), sequence(oid("1.3.6.1.5.5.7.3.1")), sequence(oid("2.5.29.37.0")), sequence(oid("1.2.3.4")),
        sequence(NULL), b"",
        sequence(oid("1.3.6.1.5.5.7.3.1"), oid("1.3.6.1.5.5.7.3.1")), sequence(oid("1.3.6.1.4.1.11129.2.4.4")),
        sequence(b"\6\1\x80"),
        sequence(*(oid(f"1.3.6.1.5.5.7.3.{number}") for number in range(20))), sequence(b"\6\0"), wrap(0x31,
        oid("1.2.3")),
    ],
    "1.3.6.1.5.5.7.1.1": [
        sequence(), *(sequence(sequence(oid("1.3.6.1.5.5.7.48.1"), name)) for name in GENERAL_NAMES),
        sequence(sequence(oid("1.3.6.1.5.5.7.48.2"), _HTTP), sequence(oid("1.3.6.1.5.5.7.48.1"), _HTTP)),
        sequence(sequence()), b"",
        sequence(sequence(oid("1.3.6.1.5.5.7.48.3"), _HTTP)), sequence(sequence(oid("1.3.6.1.5.5.7.48.1"))), NULL,
        sequence(NULL),
        sequence(sequence(oid("1.3.6.1.5.5.7.48.1"), _HTTP, NULL)), sequence(sequence(oid("1.3.6.1.5.5.7.48.1"),
        _HTTP, _HTTP)),
    ],
    "1.3.6.1.5.5.7.1.24": [
        sequence(b"\2\1\5"), sequence(b"\2\1\x11"), sequence(b"\2\1\5", b"\2\1\x11"), sequence(b"\2\1\x11",
        b"\2\1\5"), sequence(), b"",
        sequence(b"\2\2\0\5"), sequence(b"\2\1\x63"), sequence(b"\2\1\xff"), sequence(b"\2\1\5", b"\2\1\5"),
        sequence(NULL),
        sequence(b"\2\0"), b"\2\1\5", *(sequence(integer(number)) for number in NUMBERS[:30:3]),
        sequence(b"\2\1\5") + b"\0",
    ],
    "1.3.6.1.4.1.11129.2.4.3": [NULL, b"", b"\5\1\0", b"\4\0", NULL + NULL],
    "1.3.6.1.4.1.11129.2.4.2": [b"\4\0", b"\4\2\0\0", b"\4\4\0\2\0\0", b"", NULL, b"\4\1\0", b"\4\3\0\0\0",
        b"\4\2\xff\xff"],
    "2.5.29.30": [
        sequence(), sequence(wrap(0xA0, sequence(b"\x82\1a"))), sequence(wrap(0xA1, sequence(wrap(0x87,
        b"\x0a\0\0\0\xff\0\0\0")))),
        sequence(wrap(0xA0, sequence(wrap(0x87, b"\x0a\0\0\0\xff\0\xff\0")))), sequence(wrap(0xA0,
        sequence(b"\x82\1a", b"\x80\1\1"))),
        sequence(wrap(0xA0, sequence(wrap(0x87, b"\x0a\0\0\0")))), sequence(wrap(0xA0, b"")), sequence(wrap(0xA0,
        sequence(_NAME))), b"",
    ],
    "2.5.29.36": [sequence(), sequence(b"\x80\1\0"), sequence(b"\x81\1\0"), sequence(b"\x80\1\xff"),
        sequence(b"\x80\2\0\1"), b""],
    "2.5.29.54": [b"\2\1\0", b"\2\1\xff", b"\2\2\0\1", b"\2\0", b"", integer(2**64)],
    "2.5.29.33": [sequence(), sequence(sequence(_POLICY, _POLICY)), sequence(sequence(_POLICY)), b""],
    "2.5.29.18": [sequence(name) for name in GENERAL_NAMES] + [sequence(), b""],
    "2.5.29.46": [sequence(sequence(wrap(0xA0, wrap(0xA0, _HTTP)))), sequence(), b""],
    "2.5.29.16": [
        sequence(wrap(0x80, b"20260101000000Z")), sequence(wrap(0x81, b"20260101000000Z")), sequence(),
        sequence(wrap(0x80, b"x")), b"",
    ],
    "2.5.29.9": [sequence(), b""],
    "2.5.29.20": [b"\2\1\1"],
    "1.3.6.1.5.5.7.1.11": [sequence(sequence(oid("1.3.6.1.5.5.7.48.5"),
        name)) for name in GENERAL_NAMES[::4]] + [sequence(), b""],
    "1.3.6.1.5.5.7.48.1.5": [NULL, b"", b"\4\0"],
    "1.3.6.1.4.1.311.21.7": [sequence(oid("1.2.3"), b"\2\1\1"), sequence(), sequence(oid("1.2.3"), b"\2\1\xff",
        b"\2\2\0\1"), b""],
    "1.3.6.1.4.1.311.20.2": [b"\x1e\x02\0a", b"\x1e\x01a", b""],
    "1.3.36.8.3.3": [sequence(sequence()), sequence(), b"", sequence(wrap(0xA4, b""), sequence())],
    "2.16.840.1.113730.1.1": [_bits(6, 0x40), b""],
    "1.2.3.4": [b"", NULL, b"\xff", b"\x30\x80\0\0"],
}  # fmt: skip
"""Values of extensions by their identifier."""


def extension(name: str, value: bytes, critical: bytes = b"") -> bytes:
    return sequence(oid(name), critical, wrap(OCTET_STRING, value))


CRITICAL = [
    b"",
    b"",
    b"\1\1\xff",
    b"\1\1\xff",
    b"\1\1\0",
    b"\1\1\1",
    b"\1\0",
    b"\1\2\xff\xff",
    NULL,
    BOOLEAN.to_bytes() + b"\1\x80",
]
EXTENSIONS = [
    extension(name, value, critical)
    for number, (name, values) in enumerate(VALUES.items())
    for position, value in enumerate(values)
    for critical in (CRITICAL if position < 2 else CRITICAL[(number + position) % 4 : (number + position) % 4 + 1])
] + [
    sequence(),
    sequence(oid("2.5.29.17")),
    sequence(oid("2.5.29.17"), b"\1\1\xff"),
    sequence(oid("2.5.29.17"), wrap(OCTET_STRING, sequence()), NULL),
    sequence(oid("2.5.29.19"), b"\1\1\xff", b"\1\1\xff", wrap(OCTET_STRING, sequence())),
    sequence(oid("2.5.29.19"), wrap(0x24, wrap(OCTET_STRING, sequence()))),
    sequence(b"\6\1\x80", wrap(OCTET_STRING, b"")),
    sequence(b"\6\0", wrap(OCTET_STRING, b"")),
    NULL,
]  # fmt: skip
"""Extensions, well-made ones among them."""
