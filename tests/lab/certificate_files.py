"""The lab's certificates as files: PEM in several dresses, DER, PKCS#7, an archive."""

from __future__ import annotations

import io
import subprocess
import zipfile
from collections.abc import Iterator

from tests.lab.authority import pem
from tests.lab.provenance import Sample
from tests.lab.truth import Truth


def files(truth: Truth) -> Iterator[tuple[Sample, bytes]]:
    """One file for every way certificates commonly lie on disk."""
    ordinary = b"".join(map(pem, truth.chain("rsa2048")))
    several = [pem(truth.chain(name)[0]) for name in ("p384", "ed25519", "oddname")]

    def sample(name: str, how: str) -> Sample:
        return Sample(f"certificates/{name}", "the lab", how)

    yield sample("fullchain.pem", "leaf and intermediate"), ordinary
    bags = b"".join(b"Bag Attributes\r\n    friendlyName: lab\r\n" + one.replace(b"\n", b"\r\n") for one in several)
    yield sample("bags.pem", "three leaves with the text PKCS#12 tools write before them, CRLF"), bags
    yield sample("leaf.der", "DER"), truth.chain("p256")[0]
    trusted = _openssl("x509", "-trustout", "-addtrust", "serverAuth", "-setalias", "lab", given=several[0])
    yield sample("trusted.pem", "`openssl x509 -trustout -addtrust serverAuth -setalias lab`"), trusted
    pkcs7 = "crl2pkcs7", "-nocrl", "-certfile", "/dev/stdin"
    yield sample("bundle.p7b", "`openssl crl2pkcs7 -nocrl`"), _openssl(*pkcs7, given=ordinary)
    der = _openssl(*pkcs7, "-outform", "DER", given=b"".join(several))
    yield sample("bundle.p7c", "`openssl crl2pkcs7 -nocrl -outform DER`"), der
    yield sample("folder.zip", "two members, one PEM, one DER"), _archive(truth)


def _openssl(*arguments: str, given: bytes) -> bytes:
    return subprocess.run(["openssl", *arguments], input=given, capture_output=True, check=True).stdout


def _archive(truth: Truth) -> bytes:
    packed = io.BytesIO()
    day = (truth.day.year, truth.day.month, truth.day.day, 0, 0, 0)
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("web/wildcard.crt", day), pem(truth.chain("wildcard")[0]))
        archive.writestr(zipfile.ZipInfo("web/expired.cer", day), truth.chain("expired")[0])
    return packed.getvalue()
