"""Subject alternative names: RFC 5280 section 4.2.1.6."""

from __future__ import annotations

import ipaddress

import numpy as np
import pyarrow as pa

from certanalytics.x509.lockstep.columns import gather, lists, strings
from certanalytics.x509.lockstep.extensions import Rows, values
from certanalytics.x509.lockstep.fields import SEQUENCE
from certanalytics.x509.lockstep.octets import Numbers, Octets, Span, by_row

_EMAIL, _DNS, _URI, _IP = 0x81, 0x82, 0x86, 0x87
_TEXTS = {"san_dns": _DNS, "san_email": _EMAIL, "san_uri": _URI}
_MOST = 512
"""Names of a certificate; more are the reference path's."""
_ODD = bytes(mark <= 0x20 or mark > 0x7E for mark in range(256))


def alternative_names(octets: Octets, found: Rows) -> dict[str, pa.Array]:
    """DNS names, addresses, mail addresses and URIs; certificates with names of other kinds are doubted."""
    _, value = values(octets, found)
    tags, rows, span = _names(octets, found.rows, octets.element(SEQUENCE, *value, found.rows), value)
    count = len(octets.sound)
    columns = {}
    for column, tag in _TEXTS.items():
        here = np.flatnonzero(tags == tag)
        octet, offsets = gather(octets, span.of(here))
        if len(here):
            octets.doubt(
                np.maximum.reduceat(np.frombuffer(octet.tobytes().translate(_ODD), np.uint8), offsets[:-1]) > 0,
                rows[here],
            )
        columns[column] = lists(count, rows[here], strings(octet, offsets))
    here = np.flatnonzero(tags == _IP)
    octets.doubt(~np.isin(span.length[here], (4, 16)), rows[here])
    addresses = [_address(address) for address in octets.slices(span.of(here))]
    columns["san_ip"] = lists(count, rows[here], pa.array(addresses, pa.string()))
    return columns


def _names(octets: Octets, rows: Numbers, names: Span, value: Span) -> tuple[Numbers, Numbers, Span]:
    """Tag, row and place of every name, in the order of the rows and in the certificate's order in a row."""
    octets.doubt((names.end != value.end) | (names.length == 0), rows)
    nothing = np.empty(0, np.int64)
    steps = [(nothing, nothing, nothing, nothing)]
    at, limit = names
    for _ in range(_MOST):
        going = (at < limit) & octets.sound[rows]
        rows, at, limit = rows[going], at[going], limit[going]
        if not rows.size:
            break
        tags, span, sound = octets.header(at, limit)
        known = (tags == _DNS) | (tags == _IP) | (tags == _EMAIL) | (tags == _URI)
        octets.doubt(~sound | ~known | (span.length == 0), rows)
        kept = octets.sound[rows]
        steps.append((rows[kept], tags[kept], *span.of(kept)))
        at = span.end
    else:
        octets.doubt(at < limit, rows)
    rows, tags, content, end = by_row(steps)
    return tags, rows, Span(content, end)


def _address(octets: bytes) -> str:
    return str(ipaddress.ip_address(octets)) if len(octets) in (4, 16) else ""
