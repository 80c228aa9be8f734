"""Figures: a frame in, a Plotly figure out; nothing is shown and no global default is set.

One module per theme, as in `certanalytics.analysis`; `certanalytics.charts.theme` holds the look
they share. Every figure carries ``layout.meta`` with ``alt`` (what it shows, with the main
numbers) and ``title`` (its short name), and plain bar traces with categories or ISO dates, one
trace per meaning, so that every exporter can redraw it.
"""

from certanalytics.charts import changes, completeness, expiry, inventory, issuers, keys, ownership, renewal, theme

__all__ = [
    "changes",
    "completeness",
    "expiry",
    "inventory",
    "issuers",
    "keys",
    "ownership",
    "renewal",
    "theme",
]
