"""Controls put to an estate: predicates over rows in, counts of rows out.

A row breaks a control where ``applies_to AND violated_when`` is true, and cannot be told where that is ``NULL``: SQL's
three values are those of the verdict. Predicates are expressions over the columns of their row alone, without
sub-queries; values of the pack are bound, never pasted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from certanalytics.errors import CertAnalyticsError, UsageError
from certanalytics.policy.pack import Control, Exemption, Pack, parameters_in
from certanalytics.policy.predicates import check_predicate, wrong
from certanalytics.policy.register import Attestation
from certanalytics.policy.subjects import NOUNS, QUESTIONS
from certanalytics.policy.verdict import Counts, Sample, State, Verdict, conclude
from certanalytics.sql import parameters_of, question

if TYPE_CHECKING:
    from certanalytics.estate import Estate

SAMPLES = 20
"""Violating rows a verdict carries at most; their number is always told in full."""

_EXCEPTIONS = """
SELECT unnest($ids::VARCHAR[]) AS subject, unnest($controls::VARCHAR[]) AS display_name,
    unnest($granted_by::VARCHAR[]) AS owner, unnest($granted_on::DATE[]) AS granted_on, unnest($until::DATE[]) AS until
"""


class Court:
    """Judges controls of an estate as of one moment, within one scope.

    Args:
        estate: The estate.
        as_of: The moment.
        scope: A SQL predicate over the inventory, or ``None`` for everything.
        packs: The packs that are checked together; exceptions of each count for all.
        register: Attestations.
        samples: How many violating rows each verdict carries.
    """

    def __init__(
        self,
        estate: Estate,
        *,
        as_of: datetime,
        scope: str | None,
        packs: Sequence[Pack],
        register: Iterable[Attestation] = (),
        samples: int = SAMPLES,
    ) -> None:
        self.as_of, self.packs, self.samples = as_of, packs, samples
        self.register = tuple(register)
        self.exemptions = [(pack, exemption) for pack in packs for exemption in pack.exceptions]
        estate.check_scope(scope, as_of=as_of)  # from here on the inventory holds what is in scope
        self.snapshot = estate.snapshot
        kinds = self.snapshot.query(
            "SELECT f.kind, f.means, f.brought_by, e.there FROM facts.evidence_kind AS f "
            "JOIN evidence_kind($as_of) AS e ON e.kind = f.kind ORDER BY f.kind",
            {"as_of": as_of},
        )
        self.evidence = {str(row["kind"]): row for row in kinds.to_dict("records")}
        self._tables: set[str] = set()

    def verdicts(self) -> list[Verdict]:
        """The verdict on every control of every pack, in their order.

        Raises:
            UsageError: A pack names evidence or columns that do not exist, or a predicate is none.
        """
        try:
            return [self._verdict(pack, control) for pack in self.packs for control in pack.controls]
        finally:
            for table in sorted(self._tables):
                self.snapshot.query(f"DROP TABLE IF EXISTS temp.{table}")
            self._tables.clear()

    def _verdict(self, pack: Pack, control: Control) -> Verdict:
        if control.attested:
            return self._attested(pack, control)
        judged = self._checked(pack, control)
        unstated = [name for name in control.parameters if not pack.stated(name)]
        absent = [self._kind(pack, control, need) for need in control.needs]
        absent = [kind for kind in absent if not kind["there"]]
        if unstated or absent:
            missing = [f"[parameters] {name} of the pack {pack.name!r}" for name in unstated]
            missing += [str(kind["brought_by"]) for kind in absent]
            reasons = [f"the pack does not state {name}" for name in unstated]
            reasons += [f"no loaded export tells {kind['means']}" for kind in absent]
            return Verdict(
                pack=pack,
                control=control,
                state=State.NOT_ASSESSABLE,
                counts=Counts(),
                reason=_sentence("; ".join(reasons)),
                missing="; ".join(missing),
                unstated=bool(unstated),
            )
        return self._counted(pack, control, judged)

    def _attested(self, pack: Pack, control: Control) -> Verdict:
        """What the register says of a control; an entry that has run out, or is not given yet, says nothing."""
        what = {control.id, *control.requirements}
        entries = sorted(
            (entry for entry in self.register if entry.requirement in what), key=lambda entry: entry.valid_until
        )
        valid = [entry for entry in entries if entry.holds(self.as_of)]
        if valid:
            entry = valid[-1]
            state, missing = State.ATTESTED, ""
            reason = (
                f"attested by {entry.by} on {entry.on}, until {entry.valid_until}: {entry.statement} ({entry.evidence})"
            )
        else:
            state, missing = State.NOT_ASSESSABLE, f"an entry for {control.id} in the attestation register"
            past = [entry for entry in entries if entry.valid_until < self.as_of.date()]
            reason = (
                f"the attestation of {past[-1].by} ran out on {past[-1].valid_until}"
                if past
                else "no data can show it, and the register has no entry that counts"
            )
        return Verdict(
            pack=pack, control=control, state=state, counts=Counts(), reason=_sentence(reason), missing=missing
        )

    def _counted(self, pack: Pack, control: Control, judged: str) -> Verdict:
        values = self._values(pack, control)
        rows = (
            "SELECT state, business_unit, count(*)::BIGINT AS number "
            f"FROM ({judged}) GROUP BY state, business_unit ORDER BY state, business_unit"
        )
        found = self._run(pack, control, rows, values)
        counts = _counts(found.to_dict("records"))
        units: dict[str | None, list[dict[Any, Any]]] = {}
        for row in found.to_dict("records"):
            unit = row["business_unit"]
            units.setdefault(unit if isinstance(unit, str) else None, []).append(row)
        state = conclude(counts)
        samples: tuple[Sample, ...] = ()
        if counts.violating and self.samples:
            wanted = (
                f"SELECT subject, name, business_unit, owner, told FROM ({judged}) "
                f"WHERE state = 'violating' ORDER BY name, subject LIMIT {int(self.samples)}"
            )
            samples = tuple(
                Sample(**{str(key): value if isinstance(value, str) else None for key, value in row.items()})  # type: ignore[arg-type]
                for row in self._run(pack, control, wanted, values).to_dict("records")
            )
        untold = state is State.NOT_ASSESSABLE
        kinds = [str(self.evidence[need]["brought_by"]) for need in control.needs]
        missing = "; ".join(kinds) or "exports that describe these in full: the certificates themselves"
        return Verdict(
            pack=pack,
            control=control,
            state=state,
            counts=counts,
            reason=_reason(control, counts, state),
            missing=f"for the rows that cannot be told: {missing}" if untold else "",
            samples=samples,
            units=tuple((unit, _counts(rows)) for unit, rows in units.items()),
        )

    def _checked(self, pack: Pack, control: Control) -> str:
        """The SQL that gives a state to every row of a control, after its predicates have been looked at."""
        table = self._table(control.subject)
        columns = set(self.snapshot.query(f"DESCRIBE {table}")["column_name"])
        if strange := set(control.shows) - columns:
            raise wrong(pack, control, "shows", f"there is no column {min(strange)}", columns)
        predicates = {"applies_to": control.applies_to, "violated_when": control.violated_when}
        # Only columns and types are looked at: a value that is not stated may stand for any.
        values = {name: value if value not in ("", []) else None for name, value in self._values(pack, control).items()}
        for field, predicate in predicates.items():
            check_predicate(self.snapshot, pack, control.id, field, predicate, table, columns, values)
        live = []
        for origin, exemption in self.exemptions:
            if exemption.control == control.id:
                check_predicate(
                    self.snapshot,
                    origin,
                    f"exception {exemption.id}",
                    "applies_to",
                    exemption.applies_to,
                    table,
                    columns,
                    {},
                )
                if self._live(exemption):
                    live.append(f"coalesce((\n{exemption.applies_to}\n), false)")
        unit = "business_unit" if "business_unit" in columns else "NULL::VARCHAR"
        owner = "owner" if "owner" in columns else "NULL::VARCHAR"
        told = ", ".join(f"'{name}: ' || coalesce({name}::VARCHAR, 'not known')" for name in control.shows) or "''"
        return (
            f"SELECT subject, display_name AS name, {unit} AS business_unit, {owner} AS owner, "
            f"concat_ws('; ', {told}) AS told, CASE "
            f"WHEN broken AND exempt THEN 'exempted' WHEN broken THEN 'violating' "
            "WHEN broken IS NULL THEN 'untold' WHEN applies THEN 'fine' END AS state "
            f"FROM (SELECT *, (\n{control.applies_to}\n) AS applies, "
            f"((\n{control.applies_to}\n) AND (\n{control.violated_when}\n)) AS broken, "
            f"({' OR '.join(live) or 'false'}) AS exempt FROM {table})"
        )

    def _run(self, pack: Pack, control: Control, sql: str, values: Mapping[str, Any]) -> Any:
        try:
            return self.snapshot.query(sql, values)
        except CertAnalyticsError as error:
            raise wrong(pack, control, "violated_when", error.what.splitlines()[0], ()) from None

    def _table(self, subject: str) -> str:
        """The rows of a subject, computed once for all its controls."""
        table = f"judged_{subject}"
        if table not in self._tables:
            text = question(QUESTIONS[subject]) if subject in QUESTIONS else _EXCEPTIONS
            values: dict[str, Any] = {"as_of": self.as_of}
            if subject not in QUESTIONS:
                granted = [exemption for _, exemption in self.exemptions]
                values = {
                    "ids": [exemption.id for exemption in granted],
                    "controls": [exemption.control for exemption in granted],
                    "granted_by": [exemption.granted_by for exemption in granted],
                    "granted_on": [exemption.granted_on.isoformat() for exemption in granted],
                    "until": [exemption.until.isoformat() for exemption in granted],
                }
            bound = {name: values[name] for name in parameters_of(text)}
            self.snapshot.query(f"CREATE OR REPLACE TEMP TABLE {table} AS\n{text}", bound)
            self._tables.add(table)
        return table

    def _values(self, pack: Pack, control: Control) -> dict[str, Any]:
        values = {name: pack.parameters[name] for name in control.parameters}
        named = parameters_in(f"{control.applies_to} {control.violated_when}")
        return {**values, "as_of": self.as_of} if "as_of" in named else values

    def _live(self, exemption: Exemption) -> bool:
        return exemption.granted_on <= self.as_of.date() <= exemption.until

    def _kind(self, pack: Pack, control: Control, need: str) -> dict[Any, Any]:
        if need not in self.evidence:
            raise UsageError(
                f"control {control.id}, field needs: there is no kind of evidence {need!r}",
                where=pack.origin,
                hint="Known: " + ", ".join(self.evidence),
            )
        return self.evidence[need]


def _counts(rows: Iterable[Mapping[Any, Any]]) -> Counts:
    numbers = dict.fromkeys(("fine", "violating", "exempted", "untold"), 0)
    for row in rows:
        if row["state"] in numbers:
            numbers[row["state"]] += int(row["number"])
    return Counts(**numbers)


def _reason(control: Control, counts: Counts, state: State) -> str:
    one, many = NOUNS[control.subject]
    all_of = f"{counts.in_scope:,} {one if counts.in_scope == 1 else many}"
    parts = []
    if counts.violating:
        parts.append(f"{counts.violating:,} of {all_of} {'breaks' if counts.violating == 1 else 'break'} it")
    if counts.untold:
        parts.append(f"for {counts.untold:,} of {all_of} these data do not tell")
    if counts.exempted:
        verb = "is" if counts.exempted == 1 else "are"
        parts.append(f"{counts.exempted:,} of {all_of} {verb} covered by a live exception")
    if state is State.MET:
        parts.append(f"kept by {f'the one {one}' if counts.fine == 1 else f'all {all_of}'} it applies to")
    if state is State.NOTHING:
        parts.append(f"no {one} it applies to is known")
    return _sentence("; ".join(parts))


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(".") + "."
