"""What DuckDB does, said in Spark SQL: one rule for each construct the two understand differently."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlglot import exp

Rule = Callable[[Any], exp.Expression]


class DoesNotCarry(Exception):
    """What in a text cannot be said in Spark."""


def call(name: str, *arguments: exp.Expression | str | int) -> exp.Anonymous:
    """A function of Spark by its name, left as it stands by sqlglot."""
    return exp.Anonymous(this=name, expressions=[_node(argument) for argument in arguments])


def _node(value: exp.Expression | str | int) -> exp.Expression:
    if isinstance(value, exp.Expression):
        return value.copy()
    return exp.Literal.number(value) if isinstance(value, int) else exp.Literal.string(value)


def _cast(value: exp.Expression, kind: str) -> exp.Cast:
    return exp.Cast(this=value.copy(), to=exp.DataType.build(kind, dialect="spark"))


def _when(condition: exp.Expression, then: exp.Expression, otherwise: exp.Expression | None = None) -> exp.Case:
    made = exp.Case(ifs=[exp.If(this=condition, true=then)])
    if otherwise is not None:
        made.set("default", otherwise)
    return made


def _lambda(body: exp.Expression, *names: str) -> exp.Lambda:
    return exp.Lambda(this=body, expressions=[exp.to_identifier(name) for name in names])


def _field(holder: str, name: str) -> exp.Expression:
    return exp.Dot(this=exp.to_identifier(holder), expression=exp.to_identifier(name))


def _is_null(value: exp.Expression) -> exp.Expression:
    return exp.Is(this=value.copy(), expression=exp.Null())


def _struct(**fields: exp.Expression) -> exp.Anonymous:
    parts: list[exp.Expression] = []
    for name, value in fields.items():
        parts += [exp.Literal.string(name), value]
    return call("named_struct", *parts)


_EMPTY = exp.Anonymous(this="array", expressions=[])


def _filled(value: exp.Expression) -> exp.Expression:
    return exp.Coalesce(this=value.copy(), expressions=[_EMPTY.copy()])


# -- values -----------------------------------------------------------------------------------------------------------


def _placeholder(node: exp.Placeholder) -> exp.Expression:
    name = node.name
    made = exp.Placeholder(this=name)
    # A moment travels as text: a Python time without a zone would be read in the zone of the machine.
    return _cast(made, "TIMESTAMP_NTZ") if name == "as_of" else made


def _to_cast(node: exp.Cast) -> exp.Expression:
    kind = node.to.this
    inner = node.this
    types = exp.DataType.Type
    if node.args.get("format"):
        raise DoesNotCarry("CAST with a format")
    if isinstance(inner, exp.Null) or kind in {types.DOUBLE, types.BOOLEAN, types.DATE}:
        return node
    if kind in {types.TIMESTAMP, types.TIMESTAMPNTZ}:
        return _cast(inner, "TIMESTAMP_NTZ")
    if kind in {types.TEXT, types.VARCHAR}:
        return _cast(inner, "STRING")
    if kind is types.INT:  # DuckDB rounds half to even, Spark cuts off
        return _cast(call("rint", _cast(inner, "DOUBLE")), "INT")
    if kind is types.BIGINT:
        return _cast(call("rint", _cast(inner, "DOUBLE")), "BIGINT") if not _whole(inner) else _cast(inner, "BIGINT")
    raise DoesNotCarry(f"CAST to {node.to.sql('duckdb')}")


def _whole(value: exp.Expression) -> bool:
    """Whether a value is whole by what it is made of."""
    if isinstance(value, exp.Paren):
        return _whole(value.this)
    if isinstance(value, exp.Filter):
        return _whole(value.this)
    return isinstance(value, exp.Sum | exp.Count | exp.Identifier | exp.Column)


def _div(node: exp.Div) -> exp.Expression:
    return exp.Paren(
        this=exp.Div(this=_cast(node.this, "DOUBLE"), expression=_cast(node.expression, "DOUBLE"), typed=True, safe=False)
    )


def _floor(node: exp.Floor | exp.Ceil) -> exp.Expression:
    if node.args.get("decimals"):
        raise DoesNotCarry("floor or ceil to decimals")
    return _cast(call("floor" if isinstance(node, exp.Floor) else "ceil", node.this), "DOUBLE")


def _round(node: exp.Round) -> exp.Expression:
    return call("round", _cast(node.this, "DOUBLE"), node.args.get("decimals") or 0)


def _zoned(value: exp.Expression) -> exp.Expression:
    return _cast(value, "TIMESTAMP")


def _trunc(node: exp.TimestampTrunc | exp.DateTrunc) -> exp.Expression:
    return _cast(call("date_trunc", node.unit.name, _zoned(node.this)), "TIMESTAMP_NTZ")


def _epoch_us(value: exp.Expression) -> exp.Expression:
    return call("unix_micros", _zoned(value))


def _interval(value: exp.Expression, unit: str) -> exp.Expression:
    whole = exp.Interval(this=exp.Literal.string("1"), unit=exp.Var(this=unit))
    return exp.Paren(this=exp.Mul(this=exp.Paren(this=value.copy()), expression=whole))


# -- lists ------------------------------------------------------------------------------------------------------------


def _list(node: exp.ArrayAgg) -> exp.Expression:
    """``list``: keeps NULLs, and is NULL where there are no rows; Spark's leaves them out, and is empty."""
    return _gathered(node, None)


def _gathered(node: exp.ArrayAgg, condition: exp.Expression | None) -> exp.Expression:
    value, distinct, order = node.this, False, []
    if isinstance(value, exp.Order):
        order, value = value.expressions, value.this
    if isinstance(value, exp.Distinct):
        distinct, value = True, value.expressions[0]
    keys = {f"k{number}": key.this for number, key in enumerate(order)}
    held: exp.Expression = _struct(v=value, **keys)
    if distinct:
        if order:
            raise DoesNotCarry("list(DISTINCT ... ORDER BY ...)")
        held = exp.Distinct(expressions=[held])
    rows: exp.Expression = call("collect_list", held)
    if condition is not None:
        rows = exp.Filter(this=rows, expression=exp.Where(this=condition.copy()))
    ordered = call("array_sort", rows, _lambda(_compared(order), "l", "r")) if order else rows
    found = call("transform", ordered, _lambda(_field("s", "v"), "s"))
    return _when(exp.GT(this=call("size", rows), expression=exp.Literal.number(0)), found)


def _compared(order: list[exp.Expression]) -> exp.Expression:
    """A comparison of two structs by their keys, as ORDER BY compares them."""
    number = exp.Literal.number
    ifs = []
    for position, key in enumerate(order):
        left, right = _field("l", f"k{position}"), _field("r", f"k{position}")
        down = bool(key.args.get("desc"))
        first = bool(key.args.get("nulls_first"))
        less = exp.Case(
            ifs=[
                exp.If(this=exp.NullSafeEQ(this=left.copy(), expression=right.copy()), true=exp.Null()),
                exp.If(this=_is_null(left), true=number(-1 if first else 1)),
                exp.If(this=_is_null(right), true=number(1 if first else -1)),
                exp.If(
                    this=exp.LT(this=left.copy(), expression=right.copy()), true=number(1 if down else -1)
                ),
            ],
            default=number(-1 if down else 1),
        )
        ifs.append(less)
    return exp.Coalesce(this=ifs[0], expressions=[*ifs[1:], number(0)])


def _filter(node: exp.Filter) -> exp.Expression:
    """FILTER of an aggregate; those that became something else take the condition inside."""
    condition = node.expression.this
    raw = node.meta.get("aggregate")
    del raw
    return node if condition is not None else node


RULES: Mapping[type[exp.Expression], Rule] = {}
