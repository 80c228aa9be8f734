"""The tables of an estate, derived from the row types of `certanalytics.model`.

Every fact table begins with ``load`` (which file it came from) and ends with ``row_key`` (a digest of what the
row says and which tool said it), by which a fact that arrives twice is known.
"""

from __future__ import annotations

import dataclasses
import re
import types
import typing
from collections.abc import Sequence
from datetime import datetime

import pyarrow as pa

from certanalytics import x509
from certanalytics.model import FACTS, CertificateRef, Sighting, StatedCertificate

_ARROW: dict[object, pa.DataType] = {
    str: pa.string(),
    int: pa.int64(),
    float: pa.float64(),
    bool: pa.bool_(),
    bytes: pa.binary(),
    datetime: pa.timestamp("us"),
    CertificateRef: pa.string(),
}


def _arrow(annotation: object) -> pa.DataType:
    """The Arrow type of a field; a certificate stands in the tables by its identity."""
    if annotation in _ARROW:
        return _ARROW[annotation]
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is tuple:
        return pa.list_(pa.string() if set(arguments) & {bytes, CertificateRef} else _arrow(arguments[0]))
    if origin is typing.Literal:
        return pa.string()
    if origin in (typing.Union, types.UnionType):
        rest = tuple(argument for argument in arguments if argument is not types.NoneType)
        return _ARROW[CertificateRef] if bytes in rest else _arrow(rest[0])
    raise TypeError(f"no column type for {annotation!r}")


def table_name(row_type: type) -> str:
    """The table of a row type: its class name in snake case."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", row_type.__name__).lower()


def _columns(row_type: type) -> list[tuple[str, pa.DataType]]:
    hints = typing.get_type_hints(row_type)
    return [(field.name, _arrow(hints[field.name])) for field in dataclasses.fields(row_type)]


def _fact(row_type: type) -> pa.Schema:
    fields = _columns(row_type)
    if row_type is Sighting:  # one row for every certificate of the chain
        fields[1:1] = [("certificate", pa.string()), ("position", pa.int64())]
    return pa.schema([("load", pa.string()), *fields, ("row_key", pa.string())])


TABLES: dict[str, pa.Schema] = {
    "load": pa.schema(
        [
            ("load", pa.string()),
            ("path", pa.string()),
            ("source", pa.string()),
            ("tool_version", pa.string()),
            ("collected_at", pa.timestamp("us")),
            ("time_basis", pa.string()),
            ("sha256", pa.string()),
            ("read", pa.int64()),
            ("accepted", pa.int64()),
            ("rejected", pa.int64()),
            ("duplicate", pa.int64()),
        ]
    ),
    "certificate": pa.schema([("identity", pa.string()), *x509.SCHEMA, ("issuer_key", pa.string())]),
    "stated_certificate": pa.schema(
        [
            ("load", pa.string()),
            ("identity", pa.string()),
            *_columns(StatedCertificate),
            ("issuer_key", pa.string()),
            ("row_key", pa.string()),
        ]
    ),
    "der": pa.schema([("sha256", pa.string()), ("der", pa.binary())]),
    "name": pa.schema(
        [
            ("identity", pa.string()),
            ("name", pa.string()),
            ("kind", pa.string()),
            ("wildcard", pa.bool_()),
            ("registered_domain", pa.string()),
        ]
    ),
    **{table_name(row_type): _fact(row_type) for row_type in FACTS},
}
"""Every table of an estate with its columns."""

_OF_A_CHAIN = ("certificate", "position")
"""The columns in which the rows of one sighting differ."""


def staged(table: str) -> pa.Schema:
    """The columns of facts on their way into a table: a sighting is still one row.

    ``seq`` is the place of the fact in its file.
    """
    left_out = _OF_A_CHAIN if table == "sighting" else ()
    return pa.schema([("seq", pa.int64()), *(field for field in TABLES[table] if field.name not in left_out)])


def said(table: str) -> list[pa.Field]:
    """The columns that hold what a fact says, of which its ``row_key`` is made.

    Where it stands in a file is no part of it; the issuer's key follows from the issuer.
    """
    return [field for field in staged(table) if field.name not in {"seq", "load", "locator", "issuer_key", "row_key"}]


def as_table(rows: Sequence[Sequence[object]], schema: pa.Schema) -> pa.Table:
    """Rows as an Arrow table, column by column: several times as fast as `pyarrow.Table.from_pylist`."""
    columns = zip(*rows, strict=True) if rows else ([] for _ in schema)
    return pa.table(
        [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)], schema=schema
    )


_SQL: dict[pa.DataType, str] = {
    pa.string(): "VARCHAR",
    pa.large_string(): "VARCHAR",
    pa.int64(): "BIGINT",
    pa.int32(): "INTEGER",
    pa.int16(): "SMALLINT",
    pa.int8(): "TINYINT",
    pa.float64(): "DOUBLE",
    pa.bool_(): "BOOLEAN",
    pa.binary(): "BLOB",
    pa.timestamp("us"): "TIMESTAMP",
}


def ddl(table: str) -> str:
    """The ``CREATE TABLE`` statement of one table; to look for what repeats in DER costs more than it saves."""
    plain = " USING COMPRESSION uncompressed" if table == "der" else ""
    columns = (columns_sql(pa.schema([field])) + (plain if field.name == "der" else "") for field in TABLES[table])
    return f'CREATE TABLE "{table}" ({", ".join(columns)})'


def columns_sql(schema: pa.Schema) -> str:
    """Columns with their types as ``CREATE TABLE`` takes them."""
    return ", ".join(f'"{field.name}" {sql_type(field.type)}' for field in schema)


def sql_type(kind: pa.DataType) -> str:
    """The SQL type of a column."""
    return f"{_SQL[kind.value_type]}[]" if pa.types.is_list(kind) else _SQL[kind]
