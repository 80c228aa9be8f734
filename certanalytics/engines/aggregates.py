"""How aggregates are said in Spark, with their FILTER and over windows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlglot import exp

from certanalytics.engines.saying import (
    DoesNotCarry,
    Rule,
    Sayer,
    arguments,
    call,
    cast,
    field,
    for_each,
    is_null,
    number,
    struct,
    when,
)

Aggregate = Callable[[Any, exp.Expr | None, Sayer], exp.Expr]
"""Says an aggregate over the rows that meet a condition (already said), or all."""


def _over(rows: exp.Expr, *conditions: exp.Expr | None) -> exp.Expr:
    """An aggregate of the rows that meet all conditions."""
    given = [exp.Paren(this=condition.copy()) for condition in conditions if condition is not None]
    return exp.Filter(this=rows, expression=exp.Where(this=exp.and_(*given))) if given else rows


def _list(node: exp.ArrayAgg, condition: exp.Expr | None, say: Sayer) -> exp.Expr:
    """``list`` keeps NULLs and is NULL without rows; what Spark collects leaves them out and is then empty."""
    value, keys = _ordered(node.this)
    distinct = isinstance(value, exp.Distinct)
    if isinstance(value, exp.Distinct):
        if keys:
            raise DoesNotCarry("list(DISTINCT ... ORDER BY ...)")
        (value,) = value.expressions
    return _collected(say(value), [(say(key.this), key) for key in keys], condition, distinct=distinct)


def _ordered(value: exp.Expr) -> tuple[exp.Expr, list[exp.Ordered]]:
    return (value.this, value.expressions) if isinstance(value, exp.Order) else (value, [])


def _collected(
    value: exp.Expr,
    keys: list[tuple[exp.Expr, exp.Ordered]],
    condition: exp.Expr | None,
    *,
    distinct: bool = False,
) -> exp.Expr:
    held = struct(v=value, **{f"k{at}": key for at, (key, _) in enumerate(keys)})
    rows = _over(call("collect_list", exp.Distinct(expressions=[held]) if distinct else held), condition)
    ordered = call("array_sort", rows, for_each(_compared([order for _, order in keys]), "l", "r")) if keys else rows
    found = call("transform", ordered, for_each(field("s", "v"), "s"))
    return when(exp.GT(this=call("size", rows), expression=number(0)), found)


def _compared(order: list[exp.Ordered]) -> exp.Expr:
    """Which of two structs comes first by their keys, as ORDER BY has it."""
    by_key = []
    for at, key in enumerate(order):
        left, right = field("l", f"k{at}"), field("r", f"k{at}")
        first, down = bool(key.args.get("nulls_first")), bool(key.args.get("desc"))
        ifs = [
            (exp.NullSafeEQ(this=left, expression=right), exp.Null()),
            (is_null(left), number(-1 if first else 1)),
            (is_null(right), number(1 if first else -1)),
            (exp.LT(this=left.copy(), expression=right.copy()), number(1 if down else -1)),
        ]
        by_key.append(
            exp.Case(ifs=[exp.If(this=test, true=then) for test, then in ifs], default=number(-1 if down else 1))
        )
    return call("coalesce", *by_key, 0)


def _extreme(name: str) -> Aggregate:
    """``arg_max(x, key)`` looks at rows where both are known; several keys are compared in turn, NULLs last."""

    def aggregate(node: exp.ArgMax | exp.ArgMin, condition: exp.Expr | None, say: Sayer) -> exp.Expr:
        if node.args.get("count"):
            raise DoesNotCarry(f"{name} of several")
        value, key = say(node.this), node.expression
        known = exp.Not(this=is_null(value))
        if isinstance(key, exp.Tuple):
            return _over(call(name, value, _in_turn([say(part) for part in key.expressions])), known, condition)
        return _over(call(name, value, say(key)), known, condition)

    return aggregate


def _in_turn(keys: list[exp.Expr]) -> exp.Expr:
    """A struct that Spark compares as DuckDB compares the keys: a NULL comes last."""
    pairs = [(f"{kind}{at}", each) for at, key in enumerate(keys) for kind, each in (("n", is_null(key)), ("k", key))]
    return struct(**dict(pairs))


def _extreme_struct(name: str, plain: type[exp.Max | exp.Min]) -> Aggregate:
    def aggregate(node: exp.Max | exp.Min, condition: exp.Expr | None, say: Sayer) -> exp.Expr:
        if not isinstance(node.this, exp.Struct):
            return _over(plain(this=say(node.this)), condition)
        keys = [say(part.expression) for part in node.this.expressions]
        return _over(call(name, say(node.this), _in_turn(keys)), condition)

    return aggregate


def _any(node: exp.IgnoreNulls, condition: exp.Expr | None, say: Sayer) -> exp.Expr:
    if not isinstance(node.this, exp.AnyValue):
        raise DoesNotCarry(node.sql("duckdb")[:60])
    return _over(call("any_value", say(node.this.this), exp.true()), condition)


def _first(node: exp.First, condition: exp.Expr | None, say: Sayer) -> exp.Expr:
    value, keys = _ordered(node.this)
    if not keys:
        raise DoesNotCarry("first() without an order")
    return call("get", _collected(say(value), [(say(key.this), key) for key in keys], condition), 0)


def _listagg(node: exp.GroupConcat, condition: exp.Expr | None, say: Sayer) -> exp.Expr:
    value, keys = _ordered(node.this)
    separator = node.args.get("separator")
    if not keys or separator is None:
        raise DoesNotCarry("string_agg without an order or a separator")
    value = say(value)
    known = exp.Not(this=is_null(value))
    both = known if condition is None else exp.and_(known, condition)
    return call("array_join", _collected(value, [(say(key.this), key) for key in keys], both), say(separator))


def _percentile(node: exp.PercentileCont | exp.Median, condition: exp.Expr | None, say: Sayer) -> exp.Expr:
    share = say(node.expression) if isinstance(node, exp.PercentileCont) else exp.Literal.number("0.5")
    return _over(call("percentile", say(node.this), cast(share, "DOUBLE")), condition)


def _percentile_disc(node: exp.PercentileDisc, condition: exp.Expr | None, say: Sayer) -> exp.Expr:
    order = exp.Order(expressions=[exp.Ordered(this=say(node.this))])
    return _over(exp.WithinGroup(this=call("percentile_disc", say(node.expression)), expression=order), condition)


def _sum(node: exp.Sum, condition: exp.Expr | None, say: Sayer) -> exp.Expr:
    """In an order, so that not even the last digit hangs on which rows come first; otherwise as it is."""
    value, keys = _ordered(node.this)
    if not keys:
        return _over(exp.Sum(this=say(value)), condition)
    value = cast(say(value), "DOUBLE")
    known = exp.Not(this=is_null(value))
    both = known if condition is None else exp.and_(known, condition)
    found = _collected(value, [(say(key.this), key) for key in keys], both)
    added = exp.Lambda(
        this=exp.Add(this=exp.to_identifier("total"), expression=exp.to_identifier("one")),
        expressions=[exp.to_identifier("total"), exp.to_identifier("one")],
    )
    return call("aggregate", found, cast(number(0), "DOUBLE"), added)


AGGREGATES: dict[str, Aggregate] = {
    "ArrayAgg": _list,
    "ArgMax": _extreme("max_by"),
    "ArgMin": _extreme("min_by"),
    "IgnoreNulls": _any,
    "First": _first,
    "GroupConcat": _listagg,
    "PercentileCont": _percentile,
    "Median": _percentile,
    "PercentileDisc": _percentile_disc,
    "Sum": _sum,
    "Max": _extreme_struct("max_by", exp.Max),
    "Min": _extreme_struct("min_by", exp.Min),
}
"""Aggregates that take their condition inside; the others are the same in both, FILTER and all."""


def _filter(node: exp.Filter, say: Sayer) -> exp.Expr:
    condition = say(node.expression.this)
    if aggregate := AGGREGATES.get(type(node.this).__name__):
        return aggregate(node.this, condition, say)
    return _over(say(node.this), condition)


def _window(node: exp.Window, say: Sayer) -> exp.Expr:
    over = arguments(node, say, without="this")
    counted = node.this
    if isinstance(counted, exp.Count) and isinstance(counted.this, exp.Distinct):
        (value,) = counted.this.expressions
        return cast(call("size", exp.Window(this=call("collect_set", say(value)), **over)), "BIGINT")
    inner = counted.this if isinstance(counted, exp.Filter) else counted
    if type(inner).__name__ in AGGREGATES and not isinstance(inner, exp.Sum | exp.Max | exp.Min):
        raise DoesNotCarry(f"{type(inner).__name__} over a window")
    if isinstance(inner, exp.RowNumber) and not node.args.get("order"):
        raise DoesNotCarry("row_number() without an order")
    return exp.Window(this=say(counted), **over)


def _plain(aggregate: Aggregate) -> Rule:
    return lambda node, say: aggregate(node, None, say)


RULES: dict[str, Rule] = {
    **{name: _plain(aggregate) for name, aggregate in AGGREGATES.items()},
    "Filter": _filter,
    "Window": _window,
}
