"""All certificates of a batch decoded at once.

A certificate is a tree of elements, each a tag, a length and what it holds. Reading one in Python
takes hundreds of steps of an interpreter. But certificates are all built alike: version, serial
number, algorithm, issuer and so on, in this order (RFC 5280 section 4.1). So instead of walking
one certificate after the other, walk all of them in lock-step: an offset is an array with an entry
for each certificate, and one call moves every certificate on by one element. A batch of 30,000
certificates then takes the same hundreds of steps as one, and what is done in each is arithmetic on
arrays. What repeats (extensions of an issuer) walks on while any certificate has more of it; who
has no more is left out of the arrays.

What comes of the walk are places, never values: a column is then all its slices copied at once into
an Arrow array. And what is the same octets in thousands of certificates, such as the issuer, is
read once, by the reference path.

Only what is canonical is accepted. Everything else, down to a comma too many, raises no error here:
it makes the row doubtful, and the reference path reads it from the beginning. Where to read on:

- `octets`: the walk. A batch, the header of every row, doubt.
- `fields`, `keys`, `extensions`, `general_names`, `timestamps`, `subjects`: the rules of RFC 5280, field by field.
- `pieces`: what certificates share.
- `digests`: hashes of certificates and of parts of them.
- `columns`: slices to Arrow.
- `table`: all columns put together.
"""

from __future__ import annotations

from certanalytics.x509.lockstep.table import Batch, read

__all__ = ["Batch", "read"]
