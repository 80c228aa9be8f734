"""The lab's servers: HTTPS, SMTP with STARTTLS and plain HTTP on loopback addresses, for as long as a `with` lasts."""

from __future__ import annotations

import asyncio
import logging
import ssl
import threading
import warnings
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.lab.authority import Credential
from tests.lab.cases import Endpoint

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

_PATIENCE = 15.0
"""Seconds a client may be silent."""

_CLIENT_FAULTS = (ssl.SSLError, OSError, EOFError, TimeoutError, asyncio.LimitOverrunError, ValueError)
"""What a scanner's probing provokes: half handshakes, resets, over-long lines. No fault of the server."""


@contextmanager
def serving(endpoints: Iterable[Endpoint], keys: Path) -> Iterator[None]:
    """Serve the endpoints until the block is left.

    Args:
        endpoints: What to serve; those that serve nothing are passed over.
        keys: A private folder for key files, as OpenSSL reads keys from files only.
    """
    logging.getLogger("asyncio").setLevel(logging.ERROR)  # clients that hang up in STARTTLS are none of our news
    loop = asyncio.new_event_loop()
    loop.set_exception_handler(
        lambda _, context: None if _is_client_fault(context) else loop.default_exception_handler(context)
    )
    thread = threading.Thread(target=loop.run_forever, name="lab servers", daemon=True)
    thread.start()
    running: list[asyncio.Server] = []
    try:
        for endpoint in endpoints:
            if endpoint.credentials or endpoint.outcome == "not tls":
                starting = asyncio.run_coroutine_threadsafe(_start(endpoint, keys), loop)
                running.append(starting.result(_PATIENCE))
        yield
    finally:
        for server in running:
            loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(_PATIENCE)


def _is_client_fault(context: dict[str, object]) -> bool:
    return isinstance(context.get("exception"), _CLIENT_FAULTS)


async def _start(endpoint: Endpoint, keys: Path) -> asyncio.Server:
    if not endpoint.credentials:
        return await asyncio.start_server(_guarded(_http), endpoint.ip, endpoint.port)
    context = _context(endpoint, keys)
    if endpoint.starttls == "smtp":
        return await asyncio.start_server(_guarded(_smtp(context)), endpoint.ip, endpoint.port)
    return await asyncio.start_server(
        _guarded(_http), endpoint.ip, endpoint.port, ssl=context, ssl_handshake_timeout=_PATIENCE
    )


def _context(endpoint: Endpoint, keys: Path) -> ssl.SSLContext:
    context = _presenting(endpoint, (endpoint.without_sni or endpoint.credentials).values(), keys)
    if endpoint.without_sni:
        named = _presenting(endpoint, endpoint.credentials.values(), keys)

        def choose(connection: ssl.SSLObject, server_name: str | None, _: ssl.SSLContext) -> None:
            if server_name == endpoint.host:
                connection.context = named

        context.sni_callback = choose
    return context


def _presenting(endpoint: Endpoint, credentials: Iterable[Credential], keys: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("ALL:@SECLEVEL=0" if endpoint.old_tls else "DEFAULT:@SECLEVEL=0")  # for 1024 bits and SHA-1
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # old versions are offered on purpose
        context.minimum_version = ssl.TLSVersion.TLSv1 if endpoint.old_tls else ssl.TLSVersion.TLSv1_2
    for credential in credentials:
        file = keys / "credential.pem"
        file.write_bytes(credential.key_pem + credential.chain_pem)
        context.load_cert_chain(file)
        file.unlink()
        if endpoint.asks_client:
            context.verify_mode = ssl.CERT_OPTIONAL
            context.load_verify_locations(cadata=credential.chain[-1])
    return context


def _guarded(handler: Handler) -> Handler:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(_PATIENCE):
                await handler(reader, writer)
        except _CLIENT_FAULTS:
            pass  # the next client gets the same service
        finally:
            writer.close()

    return handle


async def _http(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    request = await reader.readline()
    if not request.startswith((b"GET ", b"HEAD ")):
        writer.write(b"HTTP/1.0 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
    else:
        writer.write(b"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\nlab\n")
    await writer.drain()


def _smtp(context: ssl.SSLContext) -> Handler:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.lab.example ESMTP\r\n")
        while line := await reader.readline():
            verb = line.split(maxsplit=1)[0].upper() if line.split() else b""
            if verb == b"EHLO":
                writer.write(b"250-mail.lab.example\r\n250 STARTTLS\r\n")
            elif verb == b"STARTTLS":
                writer.write(b"220 go on\r\n")
                await writer.drain()
                await writer.start_tls(context, ssl_handshake_timeout=_PATIENCE)
            elif verb == b"QUIT":
                writer.write(b"221 bye\r\n")
                await writer.drain()
                return
            else:
                writer.write(b"250 ok\r\n")
            await writer.drain()

    return serve
