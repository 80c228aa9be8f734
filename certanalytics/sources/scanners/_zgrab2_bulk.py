"""How DuckDB reads large files of ZGrab2: one target a line, with what up to `_MODULES` modules saw of it.

What DuckDB reads is decided module by module: a handshake with its certificates (`seen`), an attempt without any
(`attempt`; of a web server one that counts only if nobody was reached, `unreached`) or nothing about TLS (`none`). A
line with anything else (redirects, a handshake that broke off after the upgrade, more modules, a port beside them)
goes back to the first reader, and so does one with a text that is none of these things.

Arrays and objects that span lines are left to the first reader, as is a file in which a member is of another kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, cast

from certanalytics.model import Row
from certanalytics.sources._reading.bulk import Bulk, Field, quoted
from certanalytics.sources._reading.bulk_members import (
    HOST,
    IN_UTC,
    INSIDE,
    IPV4,
    LONGEST_LINE,
    PORT,
    ZONED,
    array,
    cases,
    matches,
    member,
    not_whole,
    plainly,
    taken,
    together,
    unsaid,
    value_of,
)
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.records import text
from certanalytics.sources._reading.text import host_and_ip, utc
from certanalytics.sources.scanners._zgrab2 import (
    DATABASES,
    TLS_PORTS,
    UNREACHED,
    UNTRIED,
    UPGRADES,
    attempt,
    offer,
    web_port,
)
from certanalytics.x509.containers import pem_to_der

Again = Callable[[Iterable[tuple[int, str]]], Iterator[Row]]

_plainly, _together = partial(plainly, number=not_whole), partial(together, number=not_whole)

_MODULES = 3

_CERTIFICATE = "STRUCT(raw JSON)"
_LOG = (
    "STRUCT(client_hello STRUCT(server_name JSON), "
    "server_hello STRUCT(version JSON, cipher_suite JSON, supported_versions JSON), "
    f"server_certificates STRUCT(certificate {_CERTIFICATE}, chain {_CERTIFICATE}[]), "
    "server_key_exchange STRUCT(ecdh_params STRUCT(curve_id JSON)))"
)
_ANSWERS = tuple(dict.fromkeys(key for keys, _ in UPGRADES.values() for key in keys))
_RESULT = (
    f"STRUCT(handshake_log {_LOG}, tls STRUCT(handshake_log {_LOG}), {', '.join(f'{key} JSON' for key in _ANSWERS)}, "
    "redirect_response_chain JSON, redirects_to_resolved_ips JSON, response STRUCT(request STRUCT("
    f"url STRUCT(scheme JSON, host JSON), tls_log STRUCT(handshake_log {_LOG}))))"
)
_GRAB = f"STRUCT(status JSON, protocol JSON, port JSON, timestamp JSON, error JSON, result {_RESULT})"

_WORD = '"[a-z0-9_-]+"'
_URL = r'\["https?","[A-Za-z0-9.-]+(?::[1-9][0-9]{0,3})?"\]'


def _one_of(name: str, words: Iterable[object]) -> str:
    """SQL that is true for one of these words; of ``IN`` DuckDB makes a join, which takes every column along."""
    return f"coalesce(regexp_full_match({name}, {quoted('|'.join(map(str, words)))}), false)"


# SQL for what is found of each module, ``{n}``, one after the other: what it is, by its protocol or else by its name;
_MODULE = (
    cases(
        {
            unsaid("grab_{n}.protocol"): "name_{n}",
            matches("grab_{n}.protocol", _WORD): "(grab_{n}.protocol::VARCHAR)[2:-2]",
        }
    )
    + " AS module_{n}"
)

# the log of its handshake;
_LOGGED = (
    "if(module_{n} = 'http', grab_{n}.result.response.request.tls_log.handshake_log, "
    "coalesce(grab_{n}.result.handshake_log, grab_{n}.result.tls.handshake_log)) AS log_{n}"
)

# each member by itself, since DuckDB keeps room for all of a structure wherever a condition speaks of a part of it;
_REQUEST, _SENT = "grab_{n}.result.response.request", "log_{n}.server_certificates"
_PARTS = {
    **{name: f"grab_{{n}}.{name}::VARCHAR" for name in ("status", "port", "timestamp", "error")},
    **{name: f"grab_{{n}}.result.{name}::VARCHAR" for name in _ANSWERS},
    "redirects": "grab_{n}.result.redirect_response_chain::VARCHAR",
    "resolved": "grab_{n}.result.redirects_to_resolved_ips::VARCHAR",
    "answered": "grab_{n}.result.response IS NOT NULL",
    "scheme": f"{_REQUEST}.url.scheme::VARCHAR",
    "address": array((f"{_REQUEST}.url.scheme", f"{_REQUEST}.url.host")),
    "encrypted": f"{_REQUEST}.tls_log IS NOT NULL",
    "upgraded": "grab_{n}.result.tls IS NOT NULL",
    "twice": "grab_{n}.result.handshake_log IS NOT NULL AND grab_{n}.result.tls IS NOT NULL",
    "logged": "log_{n} IS NOT NULL",
    "sent": f"{_SENT} IS NOT NULL",
    "leaf": f"{_SENT}.certificate.raw::VARCHAR",
    "others": f"{_SENT}.chain",
    "asked": "log_{n}.client_hello.server_name::VARCHAR",
    "hello": "log_{n}.server_hello IS NOT NULL",
    "version": "log_{n}.server_hello.version::VARCHAR",
    "suite": "log_{n}.server_hello.cipher_suite::VARCHAR",
    "supported": "log_{n}.server_hello.supported_versions::VARCHAR",
    "curve": "log_{n}.server_key_exchange.ecdh_params.curve_id::VARCHAR",
}

# the upgrade before a handshake;
_UPGRADED = {f"module_{{n}} = {quoted(module)}": quoted(name) for module, name in DATABASES.items()}
for _name, (_keys, _upgrade) in UPGRADES.items():
    _said = " OR ".join(f"strlen({key}_{{n}}) > 2" for key in _keys)
    _UPGRADED[f"module_{{n}} = {quoted(_name)} AND ({_said})"] = quoted(_upgrade)
_STARTED = f"{cases(_UPGRADED)} AS upgrade_{{n}}"

# and what it says: ``seen``, ``attempt``, ``unreached``, ``none``, or NULL where that is for the first reader to say.
_ON_TLS_PORT = _one_of("port_{n}", sorted(TLS_PORTS))
_KIND = cases(
    {
        "name_{n} IS NULL": "'none'",
        "module_{n} IS NULL": "NULL",
        f"NOT {matches('status_{n}', _WORD)}": "NULL",
        _one_of("status_{n}", (f'"{word}"' for word in sorted(UNTRIED))): "NULL",
        f"NOT ({unsaid('port_{n}')} OR {matches('port_{n}', PORT)}) OR port_{{n}} = '0'": "NULL",
        f"hello_{{n}} AND {unsaid('version_{n}')}": "NULL",
        "module_{n} = 'http'": cases(
            {
                f"NOT ({unsaid('redirects_{n}')} AND {unsaid('resolved_{n}')})": "NULL",
                "NOT answered_{n}": f"if({_ON_TLS_PORT}, 'unreached', 'none')",
                f"NOT {matches('address_{n}', _URL)}": "NULL",
                "leaf_{n} IS NOT NULL": "'seen'",
                "NOT encrypted_{n} AND scheme_{n} = '\"http\"'": "'none'",
            }
        ),
        "twice_{n}": "NULL",
        " OR ".join(f"NOT {unsaid(f'{key}_{{n}}')} AND NOT starts_with({key}_{{n}}, '\"')" for key in _ANSWERS): "NULL",
        "leaf_{n} IS NOT NULL": "'seen'",
        "sent_{n} OR upgraded_{n} OR logged_{n} AND module_{n} <> 'tls'": "NULL",
        "module_{n} = 'tls' OR upgrade_{n} IS NOT NULL": "'attempt'",
        f"{_one_of('module_{n}', UPGRADES)} AND {_ON_TLS_PORT}": "'attempt'",
    },
    "'none'",
)


def bulk(export: Export, again: Again) -> Bulk | None:
    """How DuckDB reads a file of lines, if it can.

    Args:
        export: The file.
        again: What the first reader makes of single lines of it.
    """
    if not export.head.startswith(b"{"):
        return None
    numbers = range(1, _MODULES + 1)
    fields = [*_place(), taken("simple", f"modules BETWEEN 1 AND {_MODULES} AND {unsaid('port')}", "BOOLEAN")]
    for number in numbers:
        fields += _module(number)
    bad = " OR ".join(f'"{field.name} bad"' for field in fields if field.read)
    known = " AND ".join(f"kind_{number} IS NOT NULL" for number in numbers)
    return Bulk(
        lines=_lines,
        header=0,
        fields=tuple(fields),
        readable=f"simple AND coalesce(host, ip, host_ip) IS NOT NULL AND {known} AND NOT ({bad})",
        rows={
            "sighting": _union("'scan' AS kind, chain", "kind_{n} = 'seen'", "JOIN chain_of USING (seq) ", "nth = {n}"),
            "probe": _union(
                "attempt_{n}.outcome AS outcome, attempt_{n}.detail AS detail",
                "(kind_{n} = 'attempt' OR kind_{n} = 'unreached' AND attempt_{n}.unreached)",
            ),
            "endpoint_tls": _union(
                'offer_{n}.protocols AS protocols, offer_{n}.cipher_suites AS cipher_suites, offer_{n}."groups" AS '
                '"groups"',
                "offer_{n}.protocols IS NOT NULL",
            ),
        },
        stated=(),
        lists={},
        locator="locator",
        held=" UNION ALL ".join(
            f"SELECT seq, {number} AS nth, {text} AS text, {place} AS place FROM record "
            f"WHERE readable AND kind_{number} = 'seen'"
            for number in numbers
            for text, place in (
                (f"leaf_{number}", "0"),
                (f"unnest(others_{number}).raw::VARCHAR", f"generate_subscripts(others_{number}, 1)"),
            )
        ),
        der=_der,
        again=again,
    )


def _union(columns: str, kept: str, joined: str = "", here: str = "true") -> str:
    """Rows of every module; ``{n}`` is its number."""
    select = (
        "SELECT seq, {n} AS nth, '[' || (seq - 1) || '].data.' || name_{n} AS locator, observed_at_{n} AS observed_at, "
        "host, coalesce(ip, host_ip) AS ip, port_{n} AS port, sni_{n} AS sni, starttls_{n} AS starttls, "
        f"{columns} FROM record {joined}WHERE readable AND {kept} AND {here}"
    )
    return " UNION ALL ".join(select.replace("{n}", str(number)) for number in range(1, _MODULES + 1))


def _lines(path: str, compression: str) -> str:
    """Of every line its members, and of each module its name, what it says and what that is."""
    columns = f"ip: 'JSON', domain: 'JSON', port: 'JSON', data: 'MAP(VARCHAR, {_GRAB})'"
    target = "ip, domain, port, modules"
    selected = (
        f"SELECT ip, domain, port, len(map_keys(data)) AS modules, map_entries(data) AS entries FROM read_json({path}, "
        f"compression = {compression}, maximum_object_size = {LONGEST_LINE}, format = 'newline_delimited', "
        f"auto_detect = false, columns = {{{columns}}})"
    )
    parts = ", ".join(f"{sql} AS {name}_{{n}}" for name, sql in _PARTS.items())
    for kept, more in (
        (target, "entries[{n}].key AS name_{n}, entries[{n}].value AS grab_{n}"),
        ("*", _MODULE),
        ("*", _LOGGED),
        (target, f"name_{{n}}, module_{{n}}, {parts}"),
        ("*", _STARTED),
        ("*", f"{_KIND} AS kind_{{n}}"),
    ):
        each = ", ".join(more.replace("{n}", str(n)) for n in range(1, _MODULES + 1))
        selected = f"SELECT {kept}, {each} FROM ({selected})"
    return f"SELECT true AS record, true AS whole, false AS turns, * FROM ({selected})"


def _place() -> Iterator[Field]:
    def host(value: object, at: int) -> str | None:
        return host_and_ip(text(value))[at]

    yield _plainly("host", member("domain"), HOST, INSIDE, partial(host, at=0))
    yield _plainly("host_ip", member("domain"), HOST, "NULL", partial(host, at=1), or_nothing=True)
    yield _plainly("ip", member("ip"), IPV4, INSIDE, lambda value: host_and_ip(None, text(value))[1])


def _module(n: int) -> Iterator[Field]:
    """The fields of one module of a line."""
    kind = f"kind_{n}"

    def read_if(wanted: str, cell: str) -> str:
        return f"CASE WHEN {wanted} THEN {cell} END"

    yield taken(kind, kind, "VARCHAR")
    yield taken(f"name_{n}", f"name_{n}", "VARCHAR")
    yield taken(f"starttls_{n}", f"upgrade_{n}", "VARCHAR")
    yield taken(f"leaf_{n}", f"leaf_{n}", "VARCHAR")  # by themselves, for DuckDB copies every text put into a list
    yield taken(f"others_{n}", f"others_{n}", f"{_CERTIFICATE}[]")
    time = member(f"timestamp_{n}")
    yield _plainly(f"observed_at_{n}", time, ZONED, IN_UTC, lambda value: utc(text(value)), kind="TIMESTAMP")
    port = f"if(module_{n} = 'http' AND answered_{n}, address_{n}, {member(f'port_{n}')})"
    in_url = "TRY_CAST(regexp_extract(cell, ':([0-9]+)', 1) AS BIGINT), if(cell[3:7] = 'https', 443, 80)"
    value = f"coalesce(TRY_CAST(cell AS BIGINT), {in_url})"
    yield _plainly(f"port_{n}", read_if(f"{kind} <> 'none'", port), f"{PORT}|{_URL}", value, _port, kind="BIGINT")
    name = read_if(f"{kind} <> 'none'", member(f"asked_{n}"))
    yield _plainly(f"sni_{n}", name, HOST, INSIDE, lambda value: host_and_ip(text(value))[0])
    offered = array((f"version_{n}", f"suite_{n}", f"supported_{n}", f"curve_{n}"))
    lists = 'STRUCT(protocols VARCHAR[], cipher_suites VARCHAR[], "groups" VARCHAR[])'
    yield _together(f"offer_{n}", read_if(f"{kind} <> 'none' AND hello_{n}", offered), lists, _offer)
    failed = array((f"to_json(module_{n})", f"status_{n}", f"error_{n}"))
    columns = "STRUCT(outcome VARCHAR, detail VARCHAR, unreached BOOLEAN)"
    yield _together(f"attempt_{n}", read_if(f"{kind} IN ('attempt', 'unreached')", failed), columns, _attempt)


def _der(cell: str) -> bytes:
    return pem_to_der(text(value_of(cell, not_whole)) or "")  # base64 without armour


def _offer(said: list[Any]) -> dict[str, Any] | None:
    *hello, group = said
    log = {"server_hello": dict(zip(("version", "cipher_suite", "supported_versions"), hello, strict=True))}
    return cast("dict[str, Any] | None", offer(log | {"server_key_exchange": {"ecdh_params": {"curve_id": group}}}))


def _attempt(said: list[Any]) -> dict[str, Any]:
    module, status, words = said
    outcome, detail = attempt(module, text(status), text(words), logged=False)
    return {"outcome": outcome, "detail": detail, "unreached": outcome in UNREACHED}


def _port(value: object) -> int | None:
    if not isinstance(value, list):
        raise ValueError("no plain number")  # noqa: TRY004 - what a field says of a text it cannot read
    return web_port(*map(text, value))
