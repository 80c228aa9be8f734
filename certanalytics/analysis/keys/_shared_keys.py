"""Keys in more than one certificate, whoever else holds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from certanalytics.analysis._inquiry import Inquiry


def shared_keys(inquiry: Inquiry) -> pd.DataFrame:
    """Keys in more than one certificate in service, at least one of them in scope.

    With whom a key is shared does not end at the scope: who answers for one holder has to know of the others.

    Returns:
        Rows of the question ``key_groups`` in its order, with ``in_scope``: how many of the certificates are.
    """
    groups = inquiry.ask_everywhere("key_groups")
    if inquiry.scope is None:
        return groups.assign(in_scope=groups["certificates"])
    held = inquiry.ask("keys_held").rename(columns={"certificates": "in_scope"})
    return groups.merge(held, on="spki_sha256")
