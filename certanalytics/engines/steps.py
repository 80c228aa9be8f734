"""A translated text as the steps Spark takes it in.

DuckDB computes a part of a query that is named by WITH once; Spark writes it out wherever it is read, and what parts of
parts of parts grow to takes minutes to plan. So each part that is read more than once is a step of its own, whose rows
are kept. What reads itself (WITH RECURSIVE) is taken round by round: Spark knows no UNION there, and stops at a
million rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlglot import exp

from certanalytics.engines.saying import DoesNotCarry


@dataclass(frozen=True, slots=True)
class Step:
    """One statement whose rows are kept under a name.

    ``beside`` are statements whose rows are added by the names of their columns (UNION ALL BY NAME). ``again`` is what
    a recursive part adds in every round, reading the rows of the round before by the same name; ``distinct`` whether
    only rows count that are new (UNION).
    """

    name: str
    sql: str
    beside: tuple[str, ...] = ()
    again: str | None = None
    distinct: bool = False


@dataclass(frozen=True, slots=True)
class Steps:
    """What is computed first, in order, and the statement that answers."""

    first: tuple[Step, ...]
    answer: str


def steps_of(tree: exp.Expr, name: str, write: Callable[[exp.Expr], str]) -> Steps:
    """A translated text in steps.

    Args:
        tree: The text; it is taken apart.
        name: What the names of its steps begin with.
        write: Writes a tree as SQL.
    """
    first = list(_apart(tree, name, write))
    if _by_name(tree):
        first.append(_united(tree, f"{name}__all", write))
        tree = exp.select("*").from_(exp.to_identifier(f"{name}__all"))
    return Steps(tuple(first), write(tree))


def _apart(tree: exp.Expr, name: str, write: Callable[[exp.Expr], str]) -> Iterator[Step]:
    """Take the parts a query names out of it, those within parts first."""
    named = tree.args.get("with_")
    if named is None:
        return
    tree.set("with_", None)
    parts: list[exp.CTE] = named.expressions
    for at, part in enumerate(parts):
        body, alias = part.this, part.alias
        kept = f"{name}__{alias}"
        yield from _apart(body, kept, write)
        later = [*[other.this for other in parts[at + 1 :]], tree]
        within = _reads(body, alias) if named.args.get("recursive") and isinstance(body, exp.Union) else []
        reads = [table for reader in later for table in _reads(reader, alias)]
        if columns := part.args["alias"].columns:
            raise DoesNotCarry(f"WITH {alias} ({columns[0].name}, ...)")
        if within:
            for table in (*within, *reads):
                _rename(table, kept)
            yield Step(kept, write(body.this), again=write(body.expression), distinct=bool(body.args.get("distinct")))
        elif _by_name(body):
            for table in reads:
                _rename(table, kept)
            yield _united(body, kept, write)
        elif len(reads) == 1 and not reads[0].args.get("joins"):
            reads[0].replace(
                exp.Subquery(this=body, alias=exp.TableAlias(this=exp.to_identifier(reads[0].alias_or_name)))
            )
        else:
            for table in reads:
                _rename(table, kept)
            yield Step(kept, write(body))


def _by_name(tree: exp.Expr) -> bool:
    return isinstance(tree, exp.Union) and bool(tree.args.get("by_name"))


def _united(tree: exp.Expr, name: str, write: Callable[[exp.Expr], str]) -> Step:
    parts = []
    while isinstance(tree, exp.Union):
        if not _by_name(tree) or tree.args.get("distinct"):
            raise DoesNotCarry("UNION BY NAME beside another UNION")
        parts.append(tree.expression)
        tree = tree.this
    return Step(name, write(tree), beside=tuple(write(part) for part in reversed(parts)))


def _reads(tree: exp.Expr, name: str) -> list[exp.Table]:
    return [table for table in tree.find_all(exp.Table) if table.name == name and not table.db]


def _rename(table: exp.Table, name: str) -> None:
    if not table.alias:
        table.set("alias", exp.TableAlias(this=exp.to_identifier(table.name)))
    table.set("this", exp.to_identifier(name))
