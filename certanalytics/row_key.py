"""The key by which a fact that arrives twice is known: a digest of what is said and which tool says it.

It is defined once, for Python and for SQL, so that a fact has the same key whichever reader took it in. What is said is
written as netstrings, the tool first and then the columns of the table in their order (`schema.said`): the length in
bytes of a value's text, a colon, the text; ``-`` where there is none. A time is written as microseconds since 1970, a
list as its own values in that form one after the other. No two facts are written alike.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa

_NOTHING = "-"
_EPOCH, _MICROSECOND = datetime(1970, 1, 1), timedelta(microseconds=1)


def row_key(said: Iterable[object]) -> str:
    """The key of a fact.

    Args:
        said: The source's name, then the values of the table's columns.

    Raises:
        UnicodeEncodeError: A text is none UTF-8 can hold.
    """
    written = "".join([_WRITERS[type(value)](value) for value in said])
    return hashlib.md5(written.encode(), usedforsecurity=False).hexdigest()


def _text(value: str) -> str:
    return f"{len(value) if value.isascii() else len(value.encode())}:{value}"


def _number(value: int) -> str:
    return _text(str(value))


def _flag(value: bool) -> str:  # noqa: FBT001 - one value among others
    return "4:true" if value else "5:false"


def _time(value: datetime) -> str:
    return _number((value - _EPOCH) // _MICROSECOND)


def _list(values: Sequence[object]) -> str:
    return _text("".join([_WRITERS[type(value)](value) for value in values]))


class _Writers(dict[type, Callable[[Any], str]]):
    def __missing__(self, kind: type) -> Callable[[Any], str]:
        for base in kind.__mro__[1:]:
            if base in self:
                return self.setdefault(kind, self[base])
        raise TypeError(f"no column holds a {kind.__name__}")


_WRITERS = _Writers(
    {
        type(None): lambda _: _NOTHING,
        str: _text,
        int: _number,
        bool: _flag,
        datetime: _time,
        list: _list,
        tuple: _list,
    }
)


def row_key_sql(source: str, columns: Iterable[tuple[str, pa.DataType]]) -> str:
    """The same key as an SQL expression.

    Args:
        source: The source's name.
        columns: Expressions for the values of the table's columns, and their types.
    """
    return row_key_of_written(source, [written_sql(expression, kind) for expression, kind in columns])


def row_key_of_written(source: str, written: Iterable[str]) -> str:
    """The same from SQL expressions for values that are written already, as `written_sql` does it."""
    name = _text(source).replace("'", "''")
    return f"md5(concat('{name}', {', '.join(written)}))"


def written_sql(expression: str, kind: pa.DataType) -> str:
    """How a value is written into a key, as an SQL expression."""
    if pa.types.is_list(kind):
        # A lambda over each list costs more than all the rest of the key: most lists are empty.
        written = f"array_to_string(list_transform({expression}, lambda v: {written_sql('v', kind.value_type)}), '')"
        written = f"if(len({expression}) = 0, '', {written})"
    elif pa.types.is_timestamp(kind):
        written = f"epoch_us({expression})::VARCHAR"
    elif pa.types.is_string(kind):
        written = expression
    else:
        written = f"({expression})::VARCHAR"
    return f"coalesce(strlen({written}) || ':' || {written}, '{_NOTHING}')"
