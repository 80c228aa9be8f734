"""What a check says of every requirement of NIST SP 1800-16, as a result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from certanalytics.policy import guide
from certanalytics.policy.assessment import CAVEATS, METHOD, every_pack, judge_packs
from certanalytics.policy.checking import share
from certanalytics.policy.verdict import Evidence
from certanalytics.result import Result

if TYPE_CHECKING:
    from certanalytics.estate import Estate
    from certanalytics.moment import Moment


def coverage(
    estate: Estate,
    *packs: str | Path,
    as_of: Moment | None = None,
    scope: str | None = None,
    register: str | Path | None = None,
) -> Result:
    """Which requirements of NIST SP 1800-16 do these data show, and which data would show the others?

    Args:
        estate: The estate to judge.
        packs: Packs of one's own; each takes the place of the shipped pack it was copied from. All shipped packs count.
        as_of: The moment to judge for, UTC; the newest evidence if ``None``.
        scope: A SQL predicate over the inventory; everything if ``None``.
        register: The attestation register, TOML or CSV.

    Returns:
        A result whose frame holds one row a requirement, in the order of the guide: ``requirement`` (its id), ``area``,
        ``asks``, ``section`` (where it is sure), ``state`` (met, partly met, not met, not assessable, attested, shown
        not judged, out of reach), ``controls``, ``reason``, ``data`` (what would make it assessable).

        Tables: ``practices`` (``area`` and requirements by state: ``met``, ``partly_met``, ``not_met``,
        ``not_assessable``, ``attested``, ``shown``, ``out_of_reach``, ``requirements``), ``attributes``
        (the 31 attributes: ``id``, ``attribute``, ``column``, ``needs``).

        Key figures: ``met``, ``partly_met``, ``not_met``, ``not_assessable``, ``attested``, ``unjudged``.

    Raises:
        DataError: The estate is empty.
        UsageError: A pack or the register cannot be read, ``as_of`` is no moment or ``scope`` no predicate.
    """
    found = judge_packs(estate, every_pack(packs), as_of=as_of, scope=scope, register=register, samples=0)
    import pandas as pd  # noqa: PLC0415 - only a result needs frames

    lines = guide.lines(found.verdicts, found.register, found.as_of)
    rows = [
        {
            "requirement": line.requirement.id,
            "area": line.requirement.area,
            "asks": line.requirement.requirement,
            "section": line.requirement.sections,
            "state": str(line.state),
            "controls": ", ".join(line.controls),
            "reason": line.reason,
            "data": line.data,
        }
        for line in lines
    ]
    states = Counter(line.state for line in lines)
    practices = pd.DataFrame([_practice(area, lines) for area in dict.fromkeys(row["area"] for row in rows)])
    attributes = pd.DataFrame(
        [
            {"id": each.id, "attribute": each.attribute, "column": each.column, "needs": each.needs}
            for each in guide.attributes()
        ]
    )
    total = len(lines)
    unjudged = states[Evidence.SHOWN] + states[Evidence.OUT_OF_REACH]
    headline = (
        f"Of {total} requirements of the guide {states[Evidence.MET]} are met and {states[Evidence.PARTLY]} "
        f"partly met, {states[Evidence.NOT_MET]} are not met; {states[Evidence.NOT_ASSESSABLE]} cannot be told "
        "from these data."
    )
    kpis = [
        share("met", "Met", states[Evidence.MET], total, "kept by every row their controls judged"),
        share("partly_met", "Partly met", states[Evidence.PARTLY], total, "met as far as data or exceptions go"),
        share("not_met", "Not met", states[Evidence.NOT_MET], total, "broken by at least one row"),
        share(
            "not_assessable",
            "Not assessable",
            states[Evidence.NOT_ASSESSABLE],
            total,
            "not to be told from these data, or attested by nobody",
        ),
        share("attested", "Attested", states[Evidence.ATTESTED], total, "vouched for in the register, not by data"),
        share("unjudged", "Not judged", unjudged, total, "shown by figures only, or out of reach"),
    ]
    return Result(
        name="coverage",
        title="Which requirements of NIST SP 1800-16 do these data show, and which data would show the others?",
        headline=headline,
        as_of=found.as_of,
        scope=found.scope,
        frame=pd.DataFrame(rows),
        kpis={kpi.id: kpi for kpi in kpis},
        method=METHOD
        + " A requirement is not met if one of its controls is not; a control that found nothing to judge, or whose "
        "pack states nothing, leaves the word to the others. What data show only in part is at best partly met.",
        tables={"practices": practices, "attributes": attributes},
        caveats=CAVEATS,
        inputs=found.inputs,
    )


def _practice(area: str, lines: Iterable[guide.Line]) -> dict[str, Any]:
    states = Counter(line.state for line in lines if line.requirement.area == area)
    return {
        "area": area,
        "met": states[Evidence.MET],
        "partly_met": states[Evidence.PARTLY],
        "not_met": states[Evidence.NOT_MET],
        "not_assessable": states[Evidence.NOT_ASSESSABLE],
        "attested": states[Evidence.ATTESTED],
        "shown": states[Evidence.SHOWN],
        "out_of_reach": states[Evidence.OUT_OF_REACH],
        "requirements": states.total(),
    }
