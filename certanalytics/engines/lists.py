"""How lists are said in Spark. DuckDB counts from 1, and a NULL in a list is one element among others."""

from __future__ import annotations

import re

import sqlglot
from sqlglot import exp

from certanalytics.engines.saying import (
    DoesNotCarry,
    Rule,
    Sayer,
    call,
    cast,
    either,
    for_each,
    is_null,
    literal,
    number,
    when,
)
from certanalytics.sql import views

_EMPTY = call("array")


def _filled(value: exp.Expr) -> exp.Expr:
    return call("coalesce", value, _EMPTY)


def _unless_null(answer: exp.Expr, *parts: exp.Expr) -> exp.Expr:
    """An answer that is NULL where a part of the question is, and never for a NULL within a list."""
    return when(either(*[is_null(part) for part in parts]), exp.Null(), call("coalesce", answer, exp.false()))


def _contains(node: exp.ArrayContains, say: Sayer) -> exp.Expr:
    held, sought = say(node.this), say(node.expression)
    return _unless_null(call("array_contains", held, sought), held, sought)


def _overlap(node: exp.ArrayOverlaps, say: Sayer) -> exp.Expr:
    left, right = say(node.this), say(node.expression)
    return _unless_null(call("arrays_overlap", left, right), left, right)


def _has_all(node: exp.Anonymous, say: Sayer) -> exp.Expr:
    held, sought = (say(part) for part in node.expressions)
    left_over = call("size", call("array_except", call("array_compact", sought), held))
    return _unless_null(exp.EQ(this=left_over, expression=number(0)), held, sought)


def _intersect(node: exp.Anonymous, say: Sayer) -> exp.Expr:
    left, right = (say(part) for part in node.expressions)
    return call("array_intersect", call("array_compact", left), right)


def _distinct(node: exp.ArrayDistinct, say: Sayer) -> exp.Expr:
    return call("array_distinct", call("array_compact", say(node.this)))


def _position(node: exp.Anonymous, say: Sayer) -> exp.Expr:
    held, sought = node.expressions
    if not isinstance(held, exp.Array):
        raise DoesNotCarry("list_position in a list that is not written out")
    return cast(call("nullif", call("array_position", say(held), say(sought)), 0), "INT")


def _extract(node: exp.Anonymous, say: Sayer) -> exp.Expr:
    held, place = (say(part) for part in node.expressions)
    return call("try_element_at", held, call("nullif", cast(place, "INT"), 0))


def _bracket(node: exp.Bracket, say: Sayer) -> exp.Expr:
    (index,) = node.expressions
    held = say(node.this)
    if isinstance(index, exp.Slice):
        start = say(index.this) if index.this is not None else number(1)
        end = say(index.expression) if index.expression is not None else call("size", held)
        if isinstance(index.this, exp.Neg) or isinstance(index.expression, exp.Neg) or index.args.get("step"):
            raise DoesNotCarry("a slice counted from the end")
        length = exp.Add(this=exp.Sub(this=end, expression=exp.Paren(this=start.copy())), expression=number(1))
        return call("slice", held, cast(start, "INT"), cast(call("greatest", length, 0), "INT"))
    if isinstance(index, exp.Literal) and not index.is_string:
        return call("get", held, int(index.this) - 1)
    return call("try_element_at", held, call("nullif", cast(say(index), "INT"), 0))


def _range(node: exp.GenerateSeries, say: Sayer) -> exp.Expr:
    """``range`` ends before its end, and is empty where that is not after its start."""
    if node.args.get("step") or not node.args.get("is_end_exclusive"):
        raise DoesNotCarry("generate_series, or a range with a step")
    start, end = cast(say(node.args["start"]), "BIGINT"), cast(say(node.args["end"]), "BIGINT")
    filled = call("sequence", start, exp.Sub(this=end, expression=number(1)))
    some = when(exp.GT(this=end.copy(), expression=start.copy()), filled, cast(_EMPTY, "ARRAY<BIGINT>"))
    return when(either(is_null(start), is_null(end)), exp.Null(), some)


def _joined(node: exp.ArrayToString, say: Sayer) -> exp.Expr:
    if node.args.get("null"):
        raise DoesNotCarry("array_to_string with a word for NULL")
    held = say(node.this)
    known = exp.EQ(this=call("size", call("array_compact", held)), expression=number(0))
    nothing = exp.and_(exp.GT(this=call("size", held), expression=number(0)), known)
    return when(nothing, exp.Null(), call("array_join", held, say(node.expression)))


def _sorted(node: exp.Func, say: Sayer) -> exp.Expr:
    nulls_first = node.args.get("nulls_first")
    if node.args.get("asc") in (exp.false(), False) or nulls_first in (exp.true(), True):
        raise DoesNotCarry("list_sort in another order")
    return call("array_sort", say(node.this))


def _sized(node: exp.ArraySize, say: Sayer) -> exp.Expr:
    return cast(call("size", say(node.this)), "BIGINT")


def _concat(node: exp.ArrayConcat, say: Sayer) -> exp.Expr:
    return call("concat", *[_filled(say(part)) for part in (node.this, *node.expressions)])


def _lambda(node: exp.Lambda, say: Sayer) -> exp.Expr:
    names = [name.name for name in node.expressions]
    body = say(node.this)
    if len(names) > 1:  # the second is the place in the list, from 1; in Spark from 0
        for place in list(body.find_all(exp.Identifier)):
            if place.name == names[1]:
                place.replace(exp.Paren(this=exp.Add(this=place.copy(), expression=number(1))))
    return for_each(body, *names)


def _array(node: exp.Array, say: Sayer) -> exp.Expr:
    """A list as it stands; ``*COLUMNS('pattern')`` in it are the columns of the view that is selected from."""
    parts: list[exp.Expr] = []
    for part in node.expressions:
        if isinstance(part, exp.Columns):
            parts += [exp.column(name) for name in _columns_of(node, literal(part.this, "a choice of columns"))]
        else:
            parts.append(say(part))
    return exp.Array(expressions=parts)


def _columns_of(node: exp.Expr, pattern: str) -> list[str]:
    select = node.find_ancestor(exp.Select)
    origin = select.args.get("from_") if select is not None and not select.args.get("joins") else None
    name = origin.this.this.name if origin is not None else ""
    view = sqlglot.parse_one(views().get(name, "SELECT NULL"), read="duckdb")
    if name not in views() or not isinstance(view, exp.Select):
        raise DoesNotCarry("COLUMNS of anything but one view")
    return [column for column in view.named_selects if re.search(pattern, column)]


RULES: dict[str, Rule] = {
    "Array": _array,
    "ArrayContains": _contains,
    "ArrayOverlaps": _overlap,
    "list_has_all()": _has_all,
    "list_intersect()": _intersect,
    "list_position()": _position,
    "list_extract()": _extract,
    "ArrayDistinct": _distinct,
    "Bracket": _bracket,
    "GenerateSeries": _range,
    "ArrayToString": _joined,
    "ArraySort": _sorted,
    "SortArray": _sorted,
    "ArraySize": _sized,
    "ArrayConcat": _concat,
    "ArrayAppend": lambda node, say: call("array_append", _filled(say(node.this)), say(node.expression)),
    "Flatten": lambda node, say: call("flatten", call("array_compact", say(node.this))),
    "Lambda": _lambda,
}
