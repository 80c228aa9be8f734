"""How what is selected from is said in Spark: views of a moment, facts, the nearest row in time, lists taken apart."""

from __future__ import annotations

from sqlglot import exp

from certanalytics.engines.saying import DoesNotCarry, Rule, Sayer, arguments, call
from certanalytics.sql import views


def _table(node: exp.Table, say: Sayer) -> exp.Expr:
    """A view of a moment loses its parameter, a fact its schema."""
    unknown = {key for key, value in node.args.items() if value} - {"this", "db", "alias", "joins"}
    if isinstance(node.this, exp.GenerateSeries):
        return _range(node, say)
    called = node.this
    name = before = called.name
    if isinstance(called, exp.Anonymous):
        if name not in views():
            raise DoesNotCarry(f"the table function {name}")
        name = f"moment_{name}"
    elif node.db == "facts":
        name = f"facts_{name}"
    elif node.db:
        unknown.add("db")
    if unknown:
        raise DoesNotCarry(f"{', '.join(sorted(unknown))} of table {name}")
    alias, joins = node.args.get("alias"), node.args.get("joins")
    called_here = say(alias) if alias else exp.TableAlias(this=exp.to_identifier(before)) if name != before else None
    return exp.Table(this=exp.to_identifier(name), alias=called_here, joins=[say(join) for join in joins or ()])


def _range(node: exp.Table, say: Sayer) -> exp.Expr:
    """Numbers as rows; both engines end before the end."""
    series = node.this
    if series.args.get("step") or not series.args.get("is_end_exclusive"):
        raise DoesNotCarry("generate_series, or a range with a step")
    made = call("range", *[say(series.args[key]) for key in ("start", "end") if series.args.get(key) is not None])
    return exp.Table(this=made, alias=say(node.args["alias"]))


def _cte(node: exp.CTE, say: Sayer) -> exp.Expr:
    """Whether a part is computed once is for each engine to decide."""
    return exp.CTE(this=say(node.this), alias=say(node.args["alias"]))


def _join(node: exp.Join, say: Sayer) -> exp.Expr:
    args = arguments(node, say)
    if (node.method or "").upper() != "ASOF":
        return exp.Join(**args)
    return _nearest(args)


def _nearest(args: dict[str, object]) -> exp.Expr:
    """ASOF: of the rows that meet the condition, the one nearest to the other side's."""
    right, condition = args["this"], args.get("on")
    if not isinstance(right, exp.Table | exp.Subquery) or not isinstance(condition, exp.Expr):
        raise DoesNotCarry("ASOF JOIN without ON")
    name = right.alias_or_name
    bounds = (
        [part for part in condition.flatten() if isinstance(part, exp.GTE | exp.GT | exp.LTE | exp.LT)]
        if isinstance(condition, exp.And)
        else [condition]
    )
    (bound,) = bounds
    mine, downward = bound.expression, isinstance(bound, exp.GTE | exp.GT)
    if not (isinstance(mine, exp.Column) and mine.table == name):
        mine, downward = bound.this, not downward
    if not (isinstance(mine, exp.Column) and mine.table == name):
        raise DoesNotCarry(f"ASOF JOIN ON {bound.sql('duckdb')}")
    order = exp.Order(expressions=[exp.Ordered(this=mine.copy(), desc=downward, nulls_first=False)])
    inner = exp.Select(
        expressions=[exp.Star()],
        from_=exp.From(this=right.copy()),
        where=exp.Where(this=condition.copy()),
        order=order,
        limit=exp.Limit(expression=exp.Literal.number(1)),
    )
    lateral = exp.Lateral(this=exp.Subquery(this=inner), alias=exp.TableAlias(this=exp.to_identifier(name)))
    return exp.Join(this=lateral, side=args.get("side"), on=exp.true())


def _generated(node: exp.Explode | exp.Inline, say: Sayer) -> exp.Expr:
    """``unnest`` of a list in a SELECT; with ``recursive`` the fields of its structs become columns."""
    more = node.expressions
    if not more:
        return call("explode", say(node.this))
    if len(more) == 1 and more[0].sql("duckdb").lower().replace(" ", "") in {"recursive:=true", "recursive=>true"}:
        return call("inline", say(node.this))
    raise DoesNotCarry(node.sql("duckdb")[:80])


def _order(node: exp.Order, say: Sayer) -> exp.Expr:
    """In an expression DuckDB takes a name for the column it was selected from, Spark for what it is selected as."""
    select = node.parent
    if isinstance(select, exp.Select):
        renamed = {
            part.alias for part in select.expressions if isinstance(part, exp.Alias) and part.alias != part.this.name
        }
        for key in node.expressions:
            if not isinstance(key.this, exp.Column):
                for column in key.find_all(exp.Column):
                    if not column.table and column.name in renamed:
                        raise DoesNotCarry(f"an order by an expression of {column.name}, which is selected as another")
    return exp.Order(expressions=[say(key) for key in node.expressions])


RULES: dict[str, Rule] = {"Table": _table, "CTE": _cte, "Join": _join, "Explode": _generated, "Order": _order}
