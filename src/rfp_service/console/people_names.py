"""What people are called on a page: asked once for all of them, when it has been made.

Words say whom they mean by a mark that holds an id, for nothing that makes them can wait for an answer;
before a page leaves, each mark becomes what its person is called today.
"""

import html
import re

from fastapi import Request

from rfp_service.demonstration.people import CAST
from shared.settings import Profile
from shared.web.core_service import core_service

BEGINS, ENDS = "\ue000", "\ue001"  # private characters, which nobody types
AN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
LOOKS_LIKE_ONE = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)+")  # given names and other words do not
MARK = re.compile(f"{BEGINS}({AN_ID.pattern}){ENDS}")
FICTIONAL = {character.id: character.name for character in CAST}


def marked(text: str) -> str:
    """Return a mark of whoever is called by this id; a text that can be nobody's id as it is."""
    return f"{BEGINS}{text}{ENDS}" if AN_ID.fullmatch(text) else text


def marked_if_id(text: str) -> str:
    """Return a mark where a value looks like somebody's id; where it is nobody's, it is shown as it is."""
    return marked(text) if LOOKS_LIKE_ONE.fullmatch(text) else text


async def with_names(request: Request, text: str) -> str:
    """Return a page on which everybody is called by name; by their id to whoever may not read people."""
    meant = set(MARK.findall(text))
    if not meant:
        return text
    names = await _names(request, meant)
    return MARK.sub(lambda mark: html.escape(names.get(mark[1], mark[1])), text)


async def _names(request: Request, meant: set[str]) -> dict[str, str]:
    service = core_service(request)
    who = getattr(request.state, "signed_in", None)
    if who is None or not who.may("read-people"):
        return {who.person: who.name} if who is not None else {}
    fictional = FICTIONAL if service.settings.profile is Profile.DEMONSTRATION else {}
    names: dict[str, str] = await service.people.names(meant)
    return {each: fictional.get(each, each) if name == each else name for each, name in names.items()}
