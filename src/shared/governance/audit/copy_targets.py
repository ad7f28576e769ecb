"""Folders and object stores that copies go to: imported where some are named, as their library is large."""

import re

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore, ObjectStore, from_url

FOLDER = "file://"


class NotKept(Exception):
    """A store did not take a copy: its own words."""


class AnotherLies(Exception):
    """Where the copy should go lies another checkpoint of the same size: the record was rewritten."""


async def keep(target: str, what: str, note: str) -> None:
    """Write a note where nothing of its name lies; what lies there must say the same."""
    try:
        await _keep(_store(target), what, note)
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


def _store(target: str) -> ObjectStore:
    if target.startswith(FOLDER):
        return LocalStore(target.removeprefix(FOLDER), mkdir=True)
    return from_url(target)


def _text(note: str) -> str:
    return note.partition("\n\n")[0]
