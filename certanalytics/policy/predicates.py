"""Conditions of packs: what they may be, and what is said of one that is something else."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from certanalytics.errors import CertAnalyticsError, UsageError
from certanalytics.policy.pack import Control, Pack, parameters_in

if TYPE_CHECKING:
    from certanalytics.snapshot import Snapshot


def check_predicate(
    snapshot: Snapshot,
    pack: Pack,
    named: str,
    field: str,
    predicate: str,
    table: str,
    columns: set[str],
    values: Mapping[str, Any],
) -> None:
    """Refuse what is not one yes-or-no about the row's own columns.

    Args:
        snapshot: The estate whose database parses it.
        pack: The pack it stands in.
        named: The control or exception it belongs to.
        field: The field it stands in.
        predicate: The condition.
        table: The rows it is about.
        columns: Their columns.
        values: Values of parameters by name; those it does not name are left out.

    Raises:
        UsageError: Which control, which field, why, and what to do.
    """
    run = snapshot.query
    # What closes one kind of bracket and opens it again, `true) OR (false`, does not hold together in the other.
    for opened, closed in (("(", ")"), ("[", "]")):
        text = f"SELECT 1 WHERE {opened}\n{predicate}\n{closed}"
        tree = json.loads(run("SELECT json_serialize_sql($text)::VARCHAR AS tree", {"text": text})["tree"][0])
        if tree.get("error") or len(tree["statements"]) != 1:
            raise wrong(pack, named, field, tree.get("error_message", "more than one statement"), columns)
        if _nodes(tree) > 1:
            raise wrong(pack, named, field, "a row is judged by its own columns, without a sub-query", columns)
    bound = {name: value for name, value in values.items() if name in parameters_in(predicate)}
    try:  # what DuckDB 1 and 2 both do with parameters, and no row is looked at
        kind = str(run(f"SELECT (\n{predicate}\n) AS answer FROM {table} LIMIT 0", bound)["answer"].dtype)
    except CertAnalyticsError as error:
        raise wrong(pack, named, field, error.what.splitlines()[0], columns) from None
    if not kind.startswith("bool"):
        raise wrong(pack, named, field, f"it gives {kind}, not yes or no", columns)


def wrong(pack: Pack, control: Control | str, field: str, why: str, columns: Iterable[str]) -> UsageError:
    """What is wrong with a field of a control, and which columns it may name."""
    named = f"control {control.id}" if isinstance(control, Control) else control
    named = named if " " in named else f"control {named}"
    told = ", ".join(sorted(columns))
    return UsageError(
        f"{named}, field {field}: {why}",
        where=pack.origin,
        hint=f"Write one SQL condition over these columns: {told}" if told else "Correct the condition.",
    )


def _nodes(tree: object) -> int:
    """How many SELECTs a serialized statement holds: its own, and one for each sub-query."""
    if isinstance(tree, list):
        return sum(map(_nodes, tree))
    if isinstance(tree, dict):
        return (tree.get("type") in {"SELECT_NODE", "SET_OPERATION_NODE"}) + sum(map(_nodes, tree.values()))
    return 0
