"""What is asked of an estate: one module a theme, `Estate` in, `Result` out.

Every analysis takes ``as_of`` (a date or time in UTC; the newest evidence if ``None``) and ``scope`` (a SQL
predicate over the columns of ``inventory``; everything if ``None``), and is over certificates in service unless
it says otherwise.
"""

from __future__ import annotations

from certanalytics.analysis import changes, completeness, expiry, inventory, issuers, keys, ownership, renewal

__all__ = ["changes", "completeness", "expiry", "inventory", "issuers", "keys", "ownership", "renewal"]
