"""A pooler as PgBouncer is in transaction mode: sessions belong to nobody between two transactions."""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from struct import pack, unpack
from urllib.parse import parse_qs, quote, urlsplit

from shared.record.database import stop

SSL_REQUEST = 80877103
READY, IDLE, KEY, END = b"Z", b"I", b"K", b"X"

Session = tuple[StreamReader, StreamWriter]


async def _message(reader: StreamReader) -> tuple[bytes, bytes]:
    kind = await reader.readexactly(1)
    size = await reader.readexactly(4)
    return kind, kind + size + await reader.readexactly(unpack("!I", size)[0] - 4)


async def _until_idle(session: Session, writer: StreamWriter) -> None:
    """Pass on what the server answers, until it is outside a transaction."""
    kind, message = b"", b""
    while kind != READY or message[5:6] != IDLE:
        kind, message = await _message(session[0])
        writer.write(message)


class _Pooler:
    """Lets each client sign in with a session of the server, and then takes it into the pool."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        query = parse_qs(parts.query)
        self._host = query.get("host", [parts.hostname or ""])[0]
        self._port = int(query.get("port", [str(parts.port or 5432)])[0])
        self._idle: list[Session] = []
        self._came = asyncio.Condition()
        self._serving: set[asyncio.Task[None]] = set()

    async def accept(self, reader: StreamReader, writer: StreamWriter) -> None:
        self._serving.add(serving := asyncio.create_task(self._serve(reader, writer)))
        await asyncio.wait([serving])

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        try:
            await self._sign_in(reader, writer)
            await self._transactions(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _sign_in(self, reader: StreamReader, writer: StreamWriter) -> None:
        head = await reader.readexactly(8)
        if unpack("!II", head)[1] == SSL_REQUEST:
            writer.write(b"N")
            head = await reader.readexactly(8)
        opening = head + await reader.readexactly(unpack("!II", head)[0] - 8)
        session = await self._connected()
        session[1].write(opening)
        while True:
            kind, message = await _message(session[0])
            # Its own number, as the client's session will be another one each time.
            writer.write(message if kind != KEY else KEY + pack("!III", 12, 1, 1))
            if kind == READY:
                break
            if kind == b"R" and unpack("!I", message[5:9])[0] not in (0, 12):
                session[1].write((await _message(reader))[1])
        await self._give_back(session)

    async def _connected(self) -> Session:
        if self._host.startswith("/"):
            return await asyncio.open_unix_connection(f"{self._host}/.s.PGSQL.{self._port}")
        return await asyncio.open_connection(self._host, self._port)

    async def _give_back(self, session: Session) -> None:
        async with self._came:
            self._idle.append(session)
            self._came.notify_all()

    async def _transactions(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Take a session for each transaction, the one that was used last."""
        reading = asyncio.create_task(_message(reader))
        while (await reading)[0] != END:
            async with self._came:
                await self._came.wait_for(lambda: self._idle)
                session = self._idle.pop()
            answering = asyncio.create_task(_until_idle(session, writer))
            while not answering.done():
                session[1].write(reading.result()[1])
                reading = asyncio.create_task(_message(reader))
                await asyncio.wait([reading, answering], return_when=asyncio.FIRST_COMPLETED)
            await self._give_back(session)

    async def close(self) -> None:
        for serving in self._serving:
            await stop(serving)
        for _, writer in self._idle:
            writer.close()


@asynccontextmanager
async def transaction_pooler(url: str) -> AsyncIterator[str]:
    """Run one in front of a database; lend the address that leads through it."""
    pooler = _Pooler(url)
    async with await asyncio.start_server(pooler.accept, "127.0.0.1", 0) as listening:
        port = listening.sockets[0].getsockname()[1]
        parts = urlsplit(url)
        signed_in = f"{quote(parts.username or '')}:{quote(parts.password or '')}"
        yield f"postgresql://{signed_in}@127.0.0.1:{port}{parts.path}"
        await pooler.close()
