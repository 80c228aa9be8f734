"""One of our SQL texts in the words of Spark, or the name of what in it does not carry over.

The texts of `certanalytics.sql` are written for DuckDB. sqlglot reads them and writes Spark SQL, but much of what both
engines call by one name they understand differently: lists with NULLs, ``split('.')``, rounding, ``'İ'`` in small
letters. So every construct is either known to mean the same in both (`SAME`), or has a rule (`RULES`) that says in
Spark what DuckDB does; anything else is refused by name. What they say is compared with DuckDB, value by value, in
``tests/engines``.
"""

from __future__ import annotations

import functools
from typing import Any, ClassVar

import sqlglot
from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.dialects.spark import Spark

from certanalytics.engines import aggregates, lists, relations, values
from certanalytics.engines.saying import DoesNotCarry, Rule, Sayer
from certanalytics.engines.steps import Steps, steps_of
from certanalytics.errors import UsageError

_RELATIONS = """
    Exists From Group Having Identifier In Ordered Qualify Select Subquery TableAlias Union Values Where With
"""
_VALUES = """
    Abs Add Alias And Between Boolean Case Coalesce Column DataType Dot EQ Exp GT GTE Greatest If IntDiv Is LT LTE Least
    Literal Ln Mod Mul NEQ Neg Not Null NullSafeEQ NullSafeNEQ Nullif Or Paren PropertyEQ Star Struct Sub Tuple Var Year
"""
_TEXTS_AND_LISTS = """
    ArrayFilter ConcatWs Contains DPipe MD5 Repeat Replace SplitPart StartsWith StrPosition Substring Transform
"""
_AGGREGATES = """
    Avg Count Distinct Lead LogicalAnd LogicalOr Rank RowNumber StddevSamp WindowSpec
"""
SAME = frozenset(f"{_RELATIONS} {_VALUES} {_TEXTS_AND_LISTS} {_AGGREGATES}".split())
"""What means the same in both, by the names sqlglot has for it."""

RULES: dict[str, Rule] = {**values.RULES, **lists.RULES, **aggregates.RULES, **relations.RULES}


class Untranslatable(UsageError):  # noqa: N818 - a word its reader understands
    """A text that says something Spark would answer differently, or not at all."""


class _Ours(DuckDB):
    """DuckDB as our texts use it: ``len`` is of lists, ``length`` of text."""

    INDEX_OFFSET = 0  # an index stays the number that is written

    class Parser(DuckDB.Parser):  # type: ignore[valid-type,misc]
        FUNCTIONS: ClassVar[dict[str, Any]] = {**DuckDB.Parser.FUNCTIONS, "LEN": exp.ArraySize.from_arg_list}


class _Theirs(Spark):
    """Spark as it is since 4: QUALIFY is its own, and needs no rewriting."""

    class Generator(Spark.Generator):  # type: ignore[valid-type,misc]
        TRANSFORMS: ClassVar[dict[Any, Any]] = {
            **{kind: write for kind, write in Spark.Generator.TRANSFORMS.items() if kind is not exp.Select},
            exp.TryCast: lambda self, node: f"TRY_CAST({self.sql(node, 'this')} AS {self.sql(node, 'to')})",
        }


@functools.lru_cache(maxsize=512)
def translated(text: str, name: str) -> Steps:
    """A SQL text as the steps Spark takes it in.

    Parameters are ``:name``, a view of a moment is read as ``moment_name``, a table of facts as ``facts_name``.

    Args:
        text: One SELECT for DuckDB.
        name: What it is called, in a refusal and in the names of the steps.

    Raises:
        Untranslatable: Something in it does not carry over; it is named.
    """
    try:
        return steps_of(_say(sqlglot.parse_one(text, read=_Ours)), name, _written)
    except (DoesNotCarry, sqlglot.errors.SqlglotError) as error:
        raise Untranslatable(
            f"Spark has no exact counterpart of {error}", where=name, hint="Ask DuckDB over the lake."
        ) from None


def translated_condition(scope: str) -> str:
    """A predicate over the inventory for Spark.

    Raises:
        Untranslatable: It is not one expression, or something in it does not carry over.
    """
    where = f"scope {scope!r}"
    try:
        tree = sqlglot.parse_one(f"SELECT * FROM inventory WHERE (\n{scope}\n)", read=_Ours)
        return _written(_say(_only_condition(tree)))
    except (DoesNotCarry, sqlglot.errors.SqlglotError) as error:
        raise Untranslatable(
            f"Spark has no exact counterpart of {error}", where=where, hint="Write one SQL condition."
        ) from None


def _only_condition(tree: exp.Expr) -> exp.Expr:
    given = {key for key, value in tree.args.items() if value}
    if given != {"expressions", "from_", "where"}:
        raise DoesNotCarry("more than one condition")
    condition: exp.Expr = tree.args["where"].this
    return condition


def _written(tree: exp.Expr) -> str:
    return tree.sql(dialect=_Theirs, comments=False, unsupported_level=sqlglot.ErrorLevel.RAISE)


def _say(node: exp.Expr) -> exp.Expr:
    """A construct in the words of Spark."""
    kind = type(node).__name__
    if kind in RULES:
        return RULES[kind](node, _say)
    if isinstance(node, exp.Anonymous):
        kind = f"{node.name.lower()}()"
        if kind in RULES:
            return RULES[kind](node, _say)
    elif kind in SAME:
        return said_within(node, _say)
    raise DoesNotCarry(f"{kind} in {node.sql('duckdb')[:80]!r}")


def said_within(node: exp.Expr, say: Sayer) -> exp.Expr:
    """A construct that is the same in both, with everything inside it said."""
    made = type(node)(**{key: _part(value, say) for key, value in node.args.items()})
    made.comments = None
    return made


def _part(value: Any, say: Sayer) -> Any:
    if isinstance(value, exp.Expr):
        return say(value)
    if isinstance(value, list):
        return [_part(each, say) for each in value]
    return value
