"""How many certificates nobody saw."""

from __future__ import annotations

from typing import TYPE_CHECKING

from certanalytics.analysis._inquiry import Inquiry
from certanalytics.analysis.coverage._unseen import completeness, estimates

if TYPE_CHECKING:
    from certanalytics.estate import Estate
    from certanalytics.moment import Moment
    from certanalytics.result import Result


def never_seen(estate: Estate, *, as_of: Moment | None = None, scope: str | None = None) -> Result:
    """How many certificates has nobody seen, and how complete is the inventory?

    From what logs, scans and inventories know in common of one population follows how many none of them knows: by
    Chapman's estimate for two of them, by a log-linear model for three. The population is that which all could know:
    public, valid certificates with a domain that all of them cover, but for those known not to be in service. Where the
    sources did not cover the same population there is no estimate, and the row says why.

    Args:
        estate: The estate to ask.
        as_of: The moment to answer for, UTC; the newest evidence if ``None``.
        scope: A SQL predicate over the inventory; everything if ``None``.

    Returns:
        A result whose frame holds one row a pair of kinds of source, and one for all three: ``lists``, ``first``,
        ``second`` and ``third`` (certificates of the population each knows), ``common`` (that all of them know),
        ``seen`` (that any knows), ``total`` (estimated), ``deviation``, ``low`` and ``high`` (95 %), ``unseen``
        (estimated), ``completeness`` of the first list, ``model`` and ``refused`` (why there is no estimate).

        Tables: ``histories`` (one row a way of being known: ``public``, ``valid``, ``out_of_service``, ``in_log``,
        ``in_scan``, ``in_inventory``, ``could_log``, ``could_scan``, ``could_inventory``, ``certificates``).

        Key figures: ``completeness``, ``unseen``, ``population``.

    Raises:
        DataError: The estate is empty.
        UsageError: ``as_of`` is no moment or ``scope`` no predicate.
    """
    inquiry = Inquiry(estate, as_of=as_of, scope=scope)
    histories = inquiry.ask("capture_histories")
    frame = estimates(
        histories,
        overlap=inquiry.thresholds["capture_overlap"],
        within=inquiry.thresholds["capture_common"],
    )
    kpis = completeness(frame, histories)
    return inquiry.result(
        "never_seen",
        title="How many certificates has nobody seen, and how complete is the inventory?",
        headline=kpis[0].sentence,
        frame=frame,
        kpis=kpis,
        method=inquiry.method(
            "The population is public, valid certificates with a registered domain that every kind of source used "
            "covers (logs and inventories hold a certificate of it, scans looked at a host below it within "
            "{freshness_days:.0f} days), but for those known not to be in service. Two lists: Chapman's estimate. "
            "Three lists: the hierarchical log-linear model with the least AIC. Intervals are log-normal, 95 %. There "
            "is no estimate where fewer than {capture_overlap:.0f} are in common, or where less than "
            "{capture_common:.2f} of the public, valid certificates a kind of source knows have a domain that all of "
            "them cover."
        ),
        tables={"histories": histories},
        caveats=(
            (
                "The estimate holds for the population alone: private certificates and domains not all sources cover "
                "are not in it."
            ),
            (
                "Two lists are taken for independent; where the same certificates are easy to see for both, the true "
                "number is higher."
            ),
        ),
    )
