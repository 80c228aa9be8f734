"""Figures: a frame in, a Plotly figure out; nothing is shown and no global default is set.

One module per theme, as in `certanalytics.analysis`; `certanalytics.charts.theme` holds the look
they share. Every figure carries ``layout.meta`` with ``alt`` (what it shows, with the main
numbers) and ``title`` (its short name), and plain bar traces with categories or ISO dates, one
trace per meaning, so that every exporter can redraw it.
"""

from certanalytics.charts import (
    automation,
    chains,
    changes,
    completeness,
    concentration,
    contacts,
    content,
    controls,
    coverage,
    expiry,
    inferred_owners,
    inventory,
    issuance,
    issuers,
    key_hygiene,
    keys,
    names,
    owner_load,
    ownership,
    readiness,
    reconciliation,
    renewal,
    revocation,
    theme,
    tls,
    trust,
)

__all__ = [
    "automation",
    "chains",
    "changes",
    "completeness",
    "concentration",
    "contacts",
    "content",
    "controls",
    "coverage",
    "expiry",
    "inferred_owners",
    "inventory",
    "issuance",
    "issuers",
    "key_hygiene",
    "keys",
    "names",
    "owner_load",
    "ownership",
    "readiness",
    "reconciliation",
    "renewal",
    "revocation",
    "theme",
    "tls",
    "trust",
]
