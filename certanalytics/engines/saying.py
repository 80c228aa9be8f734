"""Small words the rules of translation are made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlglot import exp

Sayer = Callable[[exp.Expr], exp.Expr]
"""Says a construct of DuckDB in the words of Spark."""

Rule = Callable[[Any, Sayer], exp.Expr]
"""Says one kind of construct; what it is made of is said through the sayer it is given."""


class DoesNotCarry(Exception):  # noqa: N818 - never leaves `translation`
    """What in a text cannot be said in Spark."""


def call(name: str, *arguments: exp.Expr | str | int) -> exp.Anonymous:
    """A function of Spark by its name, which sqlglot leaves as it is."""
    return exp.Anonymous(this=name, expressions=[_value(argument) for argument in arguments])


def _value(value: exp.Expr | str | int) -> exp.Expr:
    if isinstance(value, exp.Expr):
        return value.copy()
    return number(value) if isinstance(value, int) else text(value)


def arguments(node: exp.Expr, say: Sayer, *, without: str | None = None) -> dict[str, Any]:
    """All that a construct is made of, each said, without the one of this name."""
    return {
        key: [say(each) for each in value]
        if isinstance(value, list)
        else say(value)
        if isinstance(value, exp.Expr)
        else value
        for key, value in node.args.items()
        if key != without
    }


def number(value: int) -> exp.Expr:
    """A number as it stands in SQL."""
    return exp.Literal.number(value)


def text(value: str) -> exp.Expr:
    """Text as it stands in SQL."""
    return exp.Literal.string(value)


def cast(value: exp.Expr, kind: str) -> exp.Cast:
    """A value as a type of Spark, by Spark's name for it."""
    return exp.Cast(this=value.copy(), to=exp.DataType(this=exp.DataType.Type.USERDEFINED, kind=kind))


def when(condition: exp.Expr, then: exp.Expr, otherwise: exp.Expr | None = None) -> exp.Case:
    """``CASE WHEN condition THEN then ELSE otherwise END``."""
    return exp.Case(ifs=[exp.If(this=condition.copy(), true=then.copy())], default=otherwise and otherwise.copy())


def for_each(body: exp.Expr, *names: str) -> exp.Lambda:
    """``names -> body``."""
    return exp.Lambda(this=body, expressions=[exp.to_identifier(name) for name in names])


def field(holder: str, name: str) -> exp.Expr:
    """A field of a struct that goes by a name."""
    return exp.Dot(this=exp.to_identifier(holder), expression=exp.to_identifier(name))


def struct(**fields: exp.Expr) -> exp.Expr:
    """A struct by the names of its fields."""
    parts: list[exp.Expr] = []
    for name, value in fields.items():
        parts += [text(name), value]
    return call("named_struct", *parts)


def is_null(value: exp.Expr) -> exp.Expr:
    """Whether a value is NULL."""
    held = value.copy() if isinstance(value, exp.Column | exp.Dot | exp.Anonymous) else exp.Paren(this=value.copy())
    return exp.Paren(this=exp.Is(this=held, expression=exp.Null()))


def either(*conditions: exp.Expr) -> exp.Expr:
    """Any of the conditions."""
    return exp.or_(*conditions)


def literal(node: exp.Expr | None, what: str) -> str:
    """The text of a literal; only what is written in the SQL can be looked through beforehand.

    Raises:
        DoesNotCarry: It is a value that only the rows tell.
    """
    if isinstance(node, exp.Literal) and node.is_string:
        return str(node.this)
    raise DoesNotCarry(f"{what} that is not written out ({node.sql('duckdb')[:60] if node else 'none'})")
