"""The numbers of the RSA key in a certificate, read from the very bytes: also keys no library would use."""

from __future__ import annotations

from typing import NamedTuple

from certanalytics.x509 import der
from certanalytics.x509.algorithms import RSA, RSASSA_PSS
from certanalytics.x509.der import DerError
from certanalytics.x509.parts import cut


class RsaKey(NamedTuple):
    """An RSA public key (RFC 8017 section 3.1)."""

    modulus: int
    exponent: int


def rsa_key(certificate: bytes) -> RsaKey | None:
    """The RSA key of a certificate; ``None`` if its key is of another kind or cannot be read.

    Args:
        certificate: Its DER.
    """
    try:
        fields = der.sequence(cut(certificate).spki, "public key")
        identifier = der.children(der.expect(next(fields, None), der.SEQUENCE, "key algorithm"))
        oid = der.oid(der.expect(next(identifier, None), der.OID, "key algorithm").content)
        if oid not in (RSA, RSASSA_PSS):
            return None
        return RsaKey(*unsigned_integers(der.bits(der.expect(next(fields, None), der.BIT_STRING, "RSA key")), 2))
    except DerError:
        return None


def unsigned_integers(sequence: bytes, count: int) -> list[int]:
    """The first INTEGERs of a SEQUENCE, read as unsigned, as keys that lack the leading zero octet mean them.

    Raises:
        DerError: They are not there.
    """
    elements = list(der.sequence(sequence, "numbers of the key"))[:count]
    if len(elements) < count:
        raise DerError("numbers of the key are missing")
    return [int.from_bytes(der.expect(element, der.INTEGER, "number of the key").content) for element in elements]
