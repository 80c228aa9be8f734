"""How single values are said in Spark: types, numbers, moments and text."""

from __future__ import annotations

import re

from sqlglot import exp

from certanalytics.engines.saying import (
    DoesNotCarry,
    Rule,
    Sayer,
    call,
    cast,
    is_null,
    literal,
    number,
    struct,
    text,
    when,
)

_TYPES = exp.DataType.Type
_NAMES = {
    _TYPES.DOUBLE: "DOUBLE",
    _TYPES.BOOLEAN: "BOOLEAN",
    _TYPES.DATE: "DATE",
    _TYPES.TEXT: "STRING",
    _TYPES.VARCHAR: "STRING",
    _TYPES.TIMESTAMP: "TIMESTAMP_NTZ",
    _TYPES.TIMESTAMPNTZ: "TIMESTAMP_NTZ",
    _TYPES.INT: "INT",
    _TYPES.BIGINT: "BIGINT",
}


def _parameter(node: exp.Placeholder, _: Sayer) -> exp.Expr:
    """A moment travels as text: a Python time without a zone would be read in the zone of the machine."""
    made = exp.Placeholder(this=node.name)
    return cast(made, "TIMESTAMP_NTZ") if node.name == "as_of" else made


def _cast(node: exp.Cast, say: Sayer) -> exp.Expr:
    kind = node.to.this
    if kind not in _NAMES:
        raise DoesNotCarry(f"a cast to {node.to.sql('duckdb')}")
    if isinstance(node.this, exp.Literal) and "infinity" in node.this.name:
        raise DoesNotCarry("the time without end")
    value = say(node.this)
    if kind is _TYPES.INT or (kind is _TYPES.BIGINT and isinstance(node.this, exp.Floor | exp.Ceil | exp.Round)):
        # DuckDB rounds to the nearest, halves to the even one; Spark cuts off.
        value = value if isinstance(node.this, exp.Null) else call("rint", cast(value, "DOUBLE"))
    return cast(value, _NAMES[kind])


def _try_cast(node: exp.TryCast, say: Sayer) -> exp.Expr:
    if node.to.this is not _TYPES.INT:
        raise DoesNotCarry(f"try_cast to {node.to.sql('duckdb')}")
    value = say(node.this)
    tried = exp.TryCast(this=value, to=node.to.copy())
    refused = call("raise_error", "try_cast of other than digits: ask DuckDB over the lake")
    return when(call("rlike", value, "[^0-9]"), refused, tried)


def _divided(node: exp.Div, say: Sayer) -> exp.Expr:
    left, right = cast(say(node.this), "DOUBLE"), cast(say(node.expression), "DOUBLE")
    return exp.Paren(this=exp.Div(this=left, expression=right, typed=True, safe=False))


def _whole(name: str) -> Rule:
    """``floor`` and ``ceil`` give a whole number of type DOUBLE."""

    def rule(node: exp.Floor | exp.Ceil, say: Sayer) -> exp.Expr:
        return cast(call(name, say(node.this)), "DOUBLE")

    return rule


def _rounded(node: exp.Round, say: Sayer) -> exp.Expr:
    decimals = node.args.get("decimals")
    return call("round", cast(say(node.this), "DOUBLE"), say(decimals) if decimals else 0)


# -- moments ----------------------------------------------------------------------------------------------------------


def _micros(value: exp.Expr) -> exp.Expr:
    return call("unix_micros", cast(value, "TIMESTAMP_LTZ"))


def _seconds(node: exp.TimeToUnix, say: Sayer) -> exp.Expr:
    return exp.Paren(
        this=exp.Div(this=cast(_micros(say(node.this)), "DOUBLE"), expression=cast(number(1_000_000), "DOUBLE"))
    )


def _truncated(node: exp.TimestampTrunc, say: Sayer) -> exp.Expr:
    return cast(
        call("date_trunc", node.args["unit"].name.lower(), cast(say(node.this), "TIMESTAMP_LTZ")), "TIMESTAMP_NTZ"
    )


def _interval(unit: str) -> Rule:
    def rule(node: exp.Expr, say: Sayer) -> exp.Expr:
        value = say(node.this if isinstance(node, exp.ToDays) else node.expressions[0])
        return exp.Paren(this=exp.Mul(this=exp.Paren(this=value), expression=exp.Var(this=f"INTERVAL '1' {unit}")))

    return rule


def _weekday(node: exp.DayOfWeekIso, say: Sayer) -> exp.Expr:
    return exp.Paren(this=exp.Add(this=call("weekday", say(node.this)), expression=number(1)))


# -- text -------------------------------------------------------------------------------------------------------------


def _length(node: exp.Length, say: Sayer) -> exp.Expr:
    return call("char_length", say(node.this))


def _lower(node: exp.Lower, say: Sayer) -> exp.Expr:
    """DuckDB changes letter by letter; Spark makes two characters of one and knows the sigma at the end of a word."""
    return call("lower", call("translate", say(node.this), "\u0130\u03a3", "i\u03c3"))


def _upper(node: exp.Upper, say: Sayer) -> exp.Expr:
    """Beyond ASCII many letters have no one capital; there Spark fails rather than to answer otherwise."""
    value = say(node.this)
    refused = call("raise_error", "upper() of other than ASCII letters: ask DuckDB over the lake")
    return when(call("rlike", value, "[^\\x00-\\x7f]"), refused, call("upper", value))


def _trimmed(node: exp.Trim, say: Sayer) -> exp.Expr:
    """Without characters DuckDB trims every space separator of Unicode, Spark the one of ASCII."""
    side, value = (node.args.get("position") or "BOTH").upper(), say(node.this)
    characters = node.expression
    if characters is not None:
        inside = "[" + "".join(re.escape(each) for each in literal(characters, "characters to trim")) + "]"
    else:
        inside = "\\p{Zs}"
    patterns = {"LEADING": f"^{inside}+", "TRAILING": f"{inside}+\\z", "BOTH": f"^{inside}+|{inside}+\\z"}
    return call("regexp_replace", value, patterns[side], "")


def _split(node: exp.Split, say: Sayer) -> exp.Expr:
    separator = literal(node.expression, "a separator")
    return call("split", say(node.this), re.sub(r"([^A-Za-z0-9 ])", r"\\\1", separator))


def _like(node: exp.Like, say: Sayer) -> exp.Expr:
    """In DuckDB nothing escapes unless it is said to."""
    return exp.Escape(this=exp.Like(this=say(node.this), expression=say(node.expression)), expression=text("\x01"))


# -- patterns ---------------------------------------------------------------------------------------------------------

_ODD = re.compile(r"\\(?![dsw])[A-Za-z0-9]|\(\?[^:]|\[\[:|&&")


def _pattern(node: exp.Expr | None) -> str:
    """A pattern of RE2 for Java: what both understand, with the two things they mean differently.

    Raises:
        DoesNotCarry: It is not written out, or says something only one of them knows.
    """
    pattern = literal(node, "a pattern")
    if odd := _ODD.search(pattern):
        raise DoesNotCarry(f"{odd.group()!r} in the pattern {pattern!r}")
    made, in_class, at = [], False, 0
    while at < len(pattern):
        one = pattern[at]
        if one == "\\":
            at += 1
            # Java counts the vertical tab as white space.
            space = "\\t\\n\\f\\r " if in_class else "[\\t\\n\\f\\r ]"
            one = space if pattern[at] == "s" else "\\" + pattern[at]
        elif one == "[" and in_class:
            one = "\\["  # Java would begin a class in the class
        elif one in "[]":
            in_class = one == "["
        elif one == "$" and not in_class:
            one = "\\z"  # in Java also before a last line feed
        elif one == "." and not in_class:
            one = "[^\\n]"  # in Java also no other end of line
        made.append(one)
        at += 1
    return "".join(made)


def _matches(node: exp.RegexpLike, say: Sayer) -> exp.Expr:
    if node.args.get("flag"):
        raise DoesNotCarry("flags of a pattern")
    return call("rlike", say(node.this), _pattern(node.expression))


def _matches_whole(node: exp.RegexpFullMatch, say: Sayer) -> exp.Expr:
    if node.args.get("options"):
        raise DoesNotCarry("flags of a pattern")
    if isinstance(node.expression, exp.Column):  # of a table of facts, whose patterns a test reads as both do
        return call("rlike", say(node.this), call("concat", "^(?:", say(node.expression), ")\\z"))
    return call("rlike", say(node.this), f"^(?:{_pattern(node.expression)})\\z")


def _replaced(node: exp.RegexpReplace, say: Sayer) -> exp.Expr:
    """Spark replaces every match, DuckDB the first unless told otherwise: then what comes before it is matched too."""
    pattern, flags = _pattern(node.expression), node.args.get("modifiers")
    replacement = literal(node.args.get("replacement"), "a replacement").replace("$", "\\$")
    if flags is not None and flags.name != "g":
        raise DoesNotCarry(f"the flags {flags.name!r} of a pattern")
    if flags is None:
        pattern, shift, kept = f"^([\\x00-\\x{{10ffff}}]*?)({pattern})", 2, "$1"
    else:
        shift, kept = 0, ""
    groups = re.sub(r"\\(\d)", lambda found: f"${int(found[1]) + shift}", replacement)
    return call("regexp_replace", say(node.this), pattern, kept + groups)


def _extracted(node: exp.RegexpExtract, say: Sayer) -> exp.Expr:
    group, value, pattern = node.args.get("group"), say(node.this), _pattern(node.expression)
    if isinstance(group, exp.Array):
        names = [literal(name, "a group's name") for name in group.expressions]
        found = struct(**{name: call("regexp_extract", value, pattern, at) for at, name in enumerate(names, 1)})
        return when(is_null(value), exp.Null(), found)
    return call("regexp_extract", value, pattern, say(group) if group is not None else 0)


def _extracted_all(node: exp.RegexpExtractAll, say: Sayer) -> exp.Expr:
    group = node.args.get("group")
    if group is not None and group.name != "0":
        raise DoesNotCarry("regexp_extract_all of a group")
    return call("regexp_extract_all", say(node.this), _pattern(node.expression), 0)


def _json_text(node: exp.JSONExtractScalar, say: Sayer) -> exp.Expr:
    """What does not begin with ``$`` is, for DuckDB, the name of a key."""
    document, path = say(node.this), node.expression
    if isinstance(path, exp.JSONPath):
        return call("get_json_object", document, path.sql("duckdb").strip("'"))
    path = say(path)
    key = call("concat", "$['", path, "']")
    return call("get_json_object", document, when(call("startswith", path, "$"), path, key))


def _digest(node: exp.Anonymous, say: Sayer) -> exp.Expr:
    """Only ever compared with another of its kind, so any digest does that tells all values apart."""
    values = struct(**{f"h{at}": say(each) for at, each in enumerate(node.expressions)})
    return call("md5", call("to_json", values))


RULES: dict[str, Rule] = {
    "Placeholder": _parameter,
    "Cast": _cast,
    "TryCast": _try_cast,
    "Div": _divided,
    "Floor": _whole("floor"),
    "Ceil": _whole("ceil"),
    "Round": _rounded,
    "epoch_us()": lambda node, say: _micros(say(node.expressions[0])),
    "TimeToUnix": _seconds,
    "TimestampTrunc": _truncated,
    "ToDays": _interval("DAY"),
    "to_hours()": _interval("HOUR"),
    "to_seconds()": _interval("SECOND"),
    "to_months()": _interval("MONTH"),
    "DayOfWeekIso": _weekday,
    "Length": _length,
    "Lower": _lower,
    "Upper": _upper,
    "Trim": _trimmed,
    "Split": _split,
    "Like": _like,
    "RegexpLike": _matches,
    "RegexpFullMatch": _matches_whole,
    "RegexpReplace": _replaced,
    "RegexpExtract": _extracted,
    "RegexpExtractAll": _extracted_all,
    "JSONExtractScalar": _json_text,
    "hash()": _digest,
}
