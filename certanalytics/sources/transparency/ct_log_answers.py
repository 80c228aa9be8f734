"""What Certificate Transparency logs answer beside their entries (RFC 6962 section 4, c2sp.org/static-ct-api).

The roots a log accepts are certificates. Tree heads, checkpoints, proofs and SCTs are none: they are recognised,
so that nobody wonders, and reported as such.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

from certanalytics.errors import DataError
from certanalytics.model import CaListing, Finding, Reject, Row
from certanalytics.sources._reading.export import DAMAGED, Export
from certanalytics.sources._reading.json import BrokenJsonError, items
from certanalytics.sources._reading.signature import Head, Signature
from certanalytics.sources._reading.source import source
from certanalytics.sources.transparency._ct_structures import CHECKPOINT

_ROOTS = re.compile(r'\s*\{\s*"certificates"\s*:\s*\[\s*"MI')
_SYSTEM = "ct-get-roots"

_PROOFS = {
    "signed tree head (get-sth)": ("tree_size", "sha256_root_hash", "tree_head_signature"),
    "proof of inclusion (get-proof-by-hash)": ("leaf_index", "audit_path"),
    "signed certificate timestamp (add-chain, add-pre-chain)": ("sct_version", "timestamp", "signature"),
}
"""What an answer is, by the members that tell it."""

_CONSISTENCY = re.compile(r'\s*\{\s*"consistency"\s*:\s*\[\s*"[A-Za-z0-9+/\\]{43,}="[^{]*\}\s*\Z')


@source(
    _SYSTEM,
    produced_by="Any RFC 6962 log: GET <log>/ct/v1/get-roots",
    brings=("certificate", "roots"),
    tried_on="documentation",  # real answers, but as a client's tests repeat them
    path_matters=True,
    signature=Signature(
        'JSON that begins with {"certificates": [ and a certificate in base64',
        lambda head: _ROOTS.match(head.text) is not None,
    ),
)
def ct_get_roots(export: Export) -> Iterator[Row]:
    """Read the roots a log accepts.

    The answer does not name the log: the programme is the file. A log accepts issuing certificates beside
    self-signed ones, so which of the two a listing is stays open.
    """
    count = 0
    try:
        with export.open() as stream:
            for value in items(stream, "certificates.item"):
                locator = f"certificates[{count}]"
                count += 1
                try:
                    der = base64.b64decode(value, validate=True)
                except (binascii.Error, TypeError, ValueError) as error:
                    yield Reject(locator=locator, reason=f"not base64: {error}")
                else:
                    yield CaListing(locator=locator, system=_SYSTEM, programme=export.label, certificate=der)
    except (BrokenJsonError, *DAMAGED) as error:
        if not count:
            raise DataError(f"no answer of get-roots ({error})", where=export.label, hint="Fetch it again.") from None
        yield Reject(
            locator=f"certificates[{count}]", reason=f"the file is cut short ({error}); what follows is not read"
        )


def _proof(head: Head) -> str | None:
    """What a log's answer without certificates is, in words; ``None`` if it is none."""
    if CHECKPOINT.match(head.data):
        return "checkpoint (a signed tree head)"
    if _CONSISTENCY.match(head.text):
        return "proof of consistency (get-sth-consistency)"
    paths = head.json_paths
    if "leaf_input" in paths:  # get-entry-and-proof holds an entry
        return None
    return next((what for what, members in _PROOFS.items() if paths.issuperset(members)), None)


@source(
    "ct-log-proof",
    produced_by="Any log: get-sth, get-sth-consistency, get-proof-by-hash, add-chain; a static log's checkpoint",
    brings=("ct",),
    tried_on="documentation",
    signature=Signature(
        "A checkpoint, or JSON with " + ", or ".join(", ".join(members) for members in _PROOFS.values()),
        lambda head: _proof(head) is not None,
    ),
)
def ct_log_proof(export: Export) -> Iterator[Row]:
    """Say that a log's proof is no certificate: it holds hashes and signatures, and nothing is taken from it."""
    what = _proof(Head(export.head))
    if what is None:
        raise DataError("no answer of a Certificate Transparency log", where=export.label)
    yield Finding(
        locator="file",
        check_id="not-a-certificate",
        severity="info",
        text=f"A {what} of a Certificate Transparency log, which is no certificate",
        path=export.label,
    )
