"""Folders and object stores that copies go to: imported where some are named, as their library is large."""

import asyncio
import re
from concurrent.futures import Future
from pathlib import Path
from threading import Thread

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore, ObjectStore, from_url

FOLDER = "file://"

_reaching: dict[str, "Future[None]"] = {}


class NotKept(Exception):
    """A store did not take a copy: its own words."""


class AnotherLies(Exception):
    """Where the copy should go lies another checkpoint of the same size: the record was rewritten."""


async def keep(target: str, what: str, note: str) -> None:
    """Write a note where nothing of its name lies; what lies there must say the same."""
    try:
        await _keep(await _store(target), what, note)
    except BaseError as error:
        raise NotKept(f"{type(error).__name__}: {error}") from None


async def _keep(store: ObjectStore, what: str, note: str) -> None:
    origin, size = note.split("\n")[:2]
    folder = re.sub(r"[^A-Za-z0-9._-]", "_", origin.removesuffix("/reads"))
    path = f"{folder}/{what}-{int(size):012}.txt"
    try:
        await obstore.put_async(store, path, note.encode(), mode="create")
    except AlreadyExistsError:
        found = await obstore.get_async(store, path)
        if _text(bytes(await found.bytes_async()).decode()) != _text(note):
            raise AnotherLies(path) from None


async def _store(target: str) -> ObjectStore:
    if not target.startswith(FOLDER):
        return from_url(target)
    folder = target.removeprefix(FOLDER)
    await _reached(folder)
    return LocalStore(folder, mkdir=True)


async def _reached(folder: str) -> None:
    """Make a folder, on a thread of its own: one on a server that is away hangs, and must hang nobody else.

    There is one such thread a folder, and the process can end without it.
    """
    if folder in _reaching and not _reaching[folder].done():
        raise NotKept("The folder has not answered since it was tried before")
    _reaching[folder] = Future()
    Thread(target=make_folder, args=(folder, _reaching[folder]), daemon=True).start()
    await asyncio.shield(asyncio.wrap_future(_reaching[folder]))


def make_folder(folder: str, made: "Future[None]") -> None:
    """Make a folder, and say what became of it."""
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        made.set_exception(error)
    else:
        made.set_result(None)


def _text(note: str) -> str:
    return note.partition("\n\n")[0]
