"""Who is asked next when the owner of a certificate does not answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from certanalytics.analysis._inquiry import Inquiry, share
from certanalytics.analysis._words import counted, sentence, withheld, without
from certanalytics.analysis.ownership.contacts import NO_DIRECTORY
from certanalytics.analysis.ownership.stated import NOT_ASSESSABLE
from certanalytics.result import Kpi, Result, show

if TYPE_CHECKING:
    from certanalytics.estate import Estate
    from certanalytics.moment import Moment

NO_MANAGERS = "Whom to escalate to cannot be told: no loaded export says who manages a person or team."
"""What is said where there is no line to go up."""


def paths(estate: Estate, *, as_of: Moment | None = None, scope: str | None = None) -> Result:
    """Who is asked next when nobody answers for a certificate in service?

    The path goes from the owner to the team, to the manager of either, and to that one's manager, as far as directories
    tell; who leads a business unit none of them says.

    Args:
        estate: The estate to ask.
        as_of: The moment to answer for, UTC; the newest evidence if ``None``.
        scope: A SQL predicate over the inventory; everything if ``None``.

    Returns:
        A result whose frame holds one row a certificate and step, in order: ``certificate``, ``subject_cn``,
        ``days_left``, ``critical``, ``step`` (``owner``, ``team``, ``manager``, ``manager above`` or ``nobody``),
        ``number``, ``name``, ``email`` and ``answers`` (a directory says they are active; absent where none says).

        Key figures: ``escalates``, ``nobody_answers``, ``nobody``.

    Raises:
        DataError: The estate is empty.
        UsageError: ``as_of`` is no moment or ``scope`` no predicate.
    """
    inquiry = Inquiry(estate, as_of=as_of, scope=scope)
    figures = {name: int(value) for name, value in inquiry.figures("escalation_figures").items()}
    frame = inquiry.ask("escalation_path")
    escalates = _escalates(figures)
    if not inquiry.has["managers"]:
        escalates = withheld(escalates, NO_MANAGERS)
    elif not inquiry.has["people"]:
        escalates = withheld(escalates, NO_DIRECTORY)
    answers = _nobody_answers(figures)
    if not inquiry.has["people"]:
        answers = withheld(answers, NO_DIRECTORY)
    kpis = [escalates, answers, _nobody(figures)]
    if not inquiry.has["ownership"]:
        kpis = [withheld(kpi, NOT_ASSESSABLE) for kpi in kpis]
    kpis = inquiry.answered(figures["certificates"], kpis)
    return inquiry.result(
        "paths",
        title="Who is asked next when nobody answers for a certificate in service?",
        headline=kpis[0].sentence,
        frame=frame,
        kpis=kpis,
        method=inquiry.method(
            "The path of a certificate is: those named for it, the teams named for it, the managers of both, and the "
            "managers of these, each asked once. A step answers if a directory says that somebody in it is active."
        ),
        tables={},
        caveats=("Who leads a business unit, and whether notices were sent and answered, no loaded export tells.",),
    )


def _escalates(figures: dict[str, int]) -> Kpi:
    number, total = figures["escalates"], figures["certificates"]
    part = share(number, total)
    return Kpi(
        id="escalates",
        label="With somebody to escalate to",
        value=part,
        unit="share",
        sentence=sentence(
            f"for {number:,} of {counted(total)} in service ({show(part, 'share')}) an active manager stands above "
            "those named"
        ),
        definition="Certificates in service for which a directory names a manager, of an owner or a team or of such a "
        "manager, who is active and not named for the certificate themself.",
        numerator=number,
        denominator=total,
    )


def _nobody_answers(figures: dict[str, int]) -> Kpi:
    number, unclear = figures["dead_ends"], figures["unclear"]
    total = figures["certificates"] - unclear
    kpi = Kpi(
        id="nobody_answers",
        label="Path without anybody there",
        value=number,
        sentence=sentence(
            f"for {counted(number)} in service everybody on the path has left, or nobody is on it",
            f"for {unclear:,} more no directory says of anybody on it whether they are there" if unclear else "",
        ),
        definition="Certificates in service on whose path no step has anybody a directory calls active, and nobody of "
        "whom it cannot be told.",
        numerator=number,
        denominator=total,
        excluded=without([(unclear, "of whose path no directory says whether anybody is there")]),
        tone="critical" if number else "good",
    )
    if total or not figures["certificates"]:
        return kpi
    return withheld(kpi, "Whether anybody on a path is there cannot be told: no directory knows those named.")


def _nobody(figures: dict[str, int]) -> Kpi:
    number = figures["nobody"]
    return Kpi(
        id="nobody",
        label="No path at all",
        value=number,
        sentence=sentence(f"for {counted(number)} in service nobody is named, so there is nobody to start with"),
        definition="Certificates in service for which nobody is named in any role.",
        numerator=number,
        denominator=figures["certificates"],
        tone="warning" if number else "good",
    )
