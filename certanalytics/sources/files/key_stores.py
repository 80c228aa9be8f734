"""Key stores: what of their certificates can be read without a password, or with those that were given.

JKS and JCEKS (Java up to 8 by default, ``keytool``): certificates stand in the open and come out with the alias of
their entry; the digest at the end of the file is made with the password, so without one it cannot be checked, and it
is not. Of a private key the chain comes out as one, its own certificate first, as the store says. PKCS#12 (``.p12``,
``.pfx``; Java from 9 on, Windows, openssl): certificates that are not encrypted, or only with the empty password, come
out; for the rest passwords have to be given with the load, and without one the file is listed as locked. Which
certificates of a PKCS#12 store belong to which chain is not said by it, so each is a sighting of its own.

Not read: the stores of Bouncy Castle (BKS, UBER), which are named with what to do, and the Windows and macOS stores.
No private or secret key is kept; that there is one is a finding. When an entry was made (which JKS says) is not when it
was seen, so ``observed_at`` stays empty.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from certanalytics.errors import DataError
from certanalytics.model import Finding, Reject, Row, Sighting
from certanalytics.sources._reading.export import DAMAGED, Export
from certanalytics.sources._reading.signature import Head, Signature
from certanalytics.sources._reading.source import source
from certanalytics.x509.keystores import JCEKS, JKS, Entry, java_entries
from certanalytics.x509.pkcs12 import pkcs12_entries

_LENGTH = rb"(?:\x80|[\x01-\x7f]|\x81.|\x82..|\x83...|\x84....)"
_PFX = re.compile(
    rb"\x30" + _LENGTH + rb"\x02\x01\x03\x30" + _LENGTH + rb"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07[\x01\x02]\xa0",
    re.DOTALL,
)
_BOUNCY_CASTLE = re.compile(rb"\0\0\0[\x01\x02]\0\0\0\x14.{20}\0[\0-\x0f]..", re.DOTALL)
"""Version, a salt of 20 bytes, a number of iterations of at most twenty bits."""
_BKS = re.compile(_BOUNCY_CASTLE.pattern + rb"(?:\0|[\x01-\x04]\0[\0-\x7f])", re.DOTALL)


def _is_java(head: Head) -> bool:
    data = head.data
    named = data[:4] in (JKS, JCEKS) and data[4:8] in (b"\0\0\0\x01", b"\0\0\0\x02")
    return named or bool(_BOUNCY_CASTLE.match(data))


@source(
    "java-key-store",
    produced_by="Java keytool and application servers: .jks .jceks .keystore .truststore; BKS and UBER are only named",
    brings=("certificate", "chain", "place"),
    path_matters=True,
    signature=Signature("JKS (FEEDFEED), JCEKS (CECECECE), BKS or UBER by their first bytes", _is_java),
)
def java_key_store(export: Export) -> Iterator[Row]:
    """Read a JKS or JCEKS store; say of a store of Bouncy Castle that it is one."""
    if _BOUNCY_CASTLE.match(export.head):
        kind = "BKS" if _BKS.match(export.head) else "UBER"
        yield Finding(
            locator="header",
            check_id="key-store-not-read",
            severity="info",
            text=f"a {kind} store of Bouncy Castle, which is not read; convert it: keytool -importkeystore "
            f"-srcstoretype {kind} -providerclass org.bouncycastle.jce.provider.BouncyCastleProvider "
            "-deststoretype JKS",
            path=export.label,
        )
        return
    try:
        with export.open() as stream:
            for entry in java_entries(stream):
                yield _row(entry, export)
    except DAMAGED as error:
        raise DataError(f"the archive is damaged ({error})", where=export.label, hint="Copy it again.") from None


@source(
    "pkcs12-store",
    produced_by="openssl pkcs12, keytool from Java 9 on, Windows: .p12 .pfx",
    brings=("certificate", "place"),
    path_matters=True,
    takes=("passwords",),
    signature=Signature("PKCS#12 in DER or BER (version 3, then PKCS#7)", lambda head: bool(_PFX.match(head.data))),
)
def pkcs12_store(export: Export) -> Iterator[Row]:
    """Read a PKCS#12 store as far as it lies open or one of `Export.passwords` opens it."""
    try:
        with export.open() as stream:
            data = stream.read()
    except DAMAGED as error:
        raise DataError(f"the archive is damaged ({error})", where=export.label, hint="Copy it again.") from None
    for entry in pkcs12_entries(data, export.passwords):
        yield _row(entry, export)


def _row(entry: Entry, export: Export) -> Row:
    alias = entry.alias or None
    named = f" ({alias})" if alias else ""
    if entry.kind == "certificates":
        return Sighting(locator=entry.locator, chain=entry.chain, kind="file", path=export.label, resource=alias)
    if entry.kind == "unreadable":
        return Reject(locator=entry.locator, reason=entry.detail or "unreadable")
    check, severity, text = "not-a-certificate", "info", f"{entry.detail}{named}, which is no certificate"
    if entry.kind == "private key":
        check, severity = "private-key-in-file", "high" if "not encrypted" in (entry.detail or "") else "medium"
        text = f"{entry.detail}{named}: whoever can read this file and open it can pose as its holder"
    elif entry.kind == "locked":
        check, text = "key-store-locked", f"{entry.detail}: the certificates in it are not known"
    return Finding(locator=entry.locator, check_id=check, severity=severity, text=text, path=export.label)
