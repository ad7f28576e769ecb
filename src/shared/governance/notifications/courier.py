"""The courier: a program of its own that takes letters out, and knows no database and no key of the record.

A worker begins it as its child and talks to it through a socket that both inherit; where networks can be
separated it runs by itself, on one without the database, and listens at a path.
"""

import asyncio
import logging
import signal
import socket
import sys
from email import message_from_bytes, policy
from pathlib import Path

from shared.governance.notifications.courier_letters import (
    LINE_BYTES_LIMIT,
    READY,
    Letter,
    NotALetter,
    answer_bytes,
    next_letter,
)
from shared.governance.notifications.outside import Outside, direct
from shared.governance.notifications.transport import ReceiverAnswer
from shared.settings import NotConfigured, Settings


async def take_out(outside: Outside, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Take out what one worker hands over, until it is gone; with it, what is under way is left."""
    under_way: set[asyncio.Task[None]] = set()
    try:
        writer.write(READY)
        while (letter := await next_letter(reader)) is not None:
            task = asyncio.create_task(_taken(outside, letter, writer))
            under_way.add(task)
            task.add_done_callback(under_way.discard)
    except (NotALetter, ConnectionError):
        pass
    finally:
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
        writer.close()


async def _taken(outside: Outside, letter: Letter, writer: asyncio.StreamWriter) -> None:
    """Take one letter out, and say what came of it."""
    try:
        answer = await _delivered(outside, letter)
    except Exception as error:  # noqa: BLE001  # whatever it was, it is this letter's alone
        answer = ReceiverAnswer(fault=type(error).__name__)
    if not writer.is_closing():
        writer.write(answer_bytes(letter.number, answer))


async def _delivered(outside: Outside, letter: Letter) -> ReceiverAnswer:
    if letter.url:
        return await outside.post(letter.url, letter.content, letter.headers)
    return await outside.mail(message_from_bytes(letter.content, policy=policy.default))


async def serve_inherited(settings: Settings, descriptor: int) -> None:
    """Take out what the worker hands over through a socket that it left open."""
    channel = socket.socket(fileno=descriptor)
    reader, writer = await asyncio.open_unix_connection(sock=channel, limit=LINE_BYTES_LIMIT)
    async with direct(settings) as outside:
        await take_out(outside, reader, writer)


async def serve_at(settings: Settings, path: Path) -> None:
    """Listen at a path for workers, until stopped; nobody but this user can talk there."""
    path.unlink(missing_ok=True)  # noqa: ASYNC240  # one that was left behind
    async with direct(settings) as outside, asyncio.TaskGroup() as workers:

        def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            workers.create_task(take_out(outside, reader, writer))

        server = await asyncio.start_unix_server(take, path, limit=LINE_BYTES_LIMIT)
        path.chmod(0o600)  # noqa: ASYNC240  # nothing that waits
        async with server:
            await server.serve_forever()


def main() -> None:
    """Be a worker's child: it ends when its worker does, not by what is typed at the worker's terminal."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.disable()  # a library's own words might repeat an address that is a secret
    try:
        asyncio.run(serve_inherited(Settings().checked_for_courier(), int(sys.argv[1])))
    except (NotConfigured, OSError) as error:
        sys.exit(f"courier: {error}")


if __name__ == "__main__":
    main()
