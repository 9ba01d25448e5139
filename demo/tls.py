"""TLS in front of a demonstration server: a certificate of the demonstration CA and a small terminator.

In an organisation nginx does this (``deploy/``); here a few lines of asyncio keep the demonstration free of a system
service. The bytes go through unchanged; one thread serves one agency.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
from pathlib import Path

from .pki import demo_pki

_CHUNK = 1 << 16


def server_context(authority, folder: Path, name: str) -> ssl.SSLContext:
    """Return a TLS server context with a certificate of the CA for 127.0.0.1 and localhost."""
    certificate, key = demo_pki.issue_server_certificate(authority, ["127.0.0.1", "localhost"], folder, name)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key)
    return context


class Terminator:
    """Listens with TLS on 127.0.0.1:`port` and hands the bytes to 127.0.0.1:`upstream`."""

    def __init__(self, context: ssl.SSLContext, port: int, upstream: int):
        self.context, self.port, self.upstream = context, port, upstream
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=f"tls-{port}", daemon=True)

    @property
    def address(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def start(self) -> Terminator:
        self._thread.start()
        start = asyncio.start_server(self._serve, "127.0.0.1", self.port, ssl=self.context)
        self._server = asyncio.run_coroutine_threadsafe(start, self._loop).result(10)
        return self

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._server.close)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self.upstream)
        except OSError:
            writer.close()  # the server behind is down: the client sees a closed connection, as with a dead host
            return
        await asyncio.gather(self._pump(reader, up_writer), self._pump(up_reader, writer, last=True))
        up_writer.close()

    @staticmethod
    async def _pump(source: asyncio.StreamReader, target: asyncio.StreamWriter, last: bool = False) -> None:
        try:
            while data := await source.read(_CHUNK):
                target.write(data)
                await target.drain()
            if target.can_write_eof():
                target.write_eof()
        except (OSError, ssl.SSLError):
            pass  # either side went away: the other is closed below, and its client reports it
        finally:
            if last:
                target.close()
