"""One request of somebody who has signed in: what they ask, and what they send from one of our forms."""

import asyncio
import hmac
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends, Request
from starlette.datastructures import UploadFile

from rfp_service.console import sessions
from rfp_service.console.api_calls import (
    ApiAnswer,
    ApiFile,
    ApiRefused,
    SentFile,
    ask,
    ask_for_file,
    send_file,
)
from rfp_service.console.sessions import SignedIn
from shared.kernel.errors import NotAllowed
from shared.settings import Profile
from shared.web.core_service import core_service

COOKIE, COOKIE_OVER_TLS = "rfp-console", "__Host-rfp-console"
FIELDS_LIMIT = 1_000
STILL_RUNNING = "/problems/still-running"
NOT_SIGNED_IN = 401
NOT_FOR_THEM = frozenset({403, 404, 409})
TRIES, TRY_AGAIN_SECONDS = 20, 0.1


class NotSignedIn(Exception):
    """Nobody has signed in here, or they have been signed out meanwhile."""


class NotFromHere(NotAllowed):
    """This was not sent from a page of this service that you have open: open the page again."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody who has signed in, and their request."""

    request: Request
    who: SignedIn

    def said_who_lately(self, within: timedelta) -> bool:
        """Say whether they said who they are a short time ago; in the demonstration nobody is asked to."""
        if not is_over_tls(self.request):
            return True
        return time.time() - self.who.signed_in_at <= within.total_seconds()

    async def get(self, path: str, **query: Any) -> Any:
        """Return what the API says, at least as far as they have changed the record; else say why not."""
        return await self._answered(path, self._wanted(query))

    async def get_from_log(self, path: str) -> Any:
        """Return what the API says of what the record does not hold, such as attempts to deliver."""
        return await self._answered(path, {})

    async def _answered(self, path: str, query: Mapping[str, Any]) -> Any:  # any JSON
        answer = await ask(self.request, self.who.token, path, query)
        if answer.status == NOT_SIGNED_IN:  # the token's own time is over
            raise NotSignedIn
        if not answer.is_success:
            raise ApiRefused(answer)
        return answer.body

    async def file(self, path: str, media_type: str, **query: Any) -> ApiFile:
        """Return what the API has as a file of this kind."""
        return await ask_for_file(self.request, self.who.token, path, self._wanted(query), media_type)

    def _wanted(self, query: Mapping[str, Any]) -> dict[str, Any]:
        wanted = {name: value for name, value in query.items() if value not in (None, "")}
        return {**wanted, "after": self.who.position} if self.who.position else wanted

    async def maybe(self, path: str, **query: Any) -> Any:
        """Return what the API says where whoever asks may see it, and it is there; else nothing."""
        try:
            return await self.get(path, **query)
        except ApiRefused as refused:
            if refused.answer.status in NOT_FOR_THEM:
                return None
            raise

    async def post(self, path: str, body: object, key: str = "", version: str = "") -> ApiAnswer:
        """Send a command under a form's key: the same form sent twice is answered as the first time."""
        headers = {"Idempotency-Key": key} if key else {}
        if version:
            headers["If-Match"] = f'"{version}"'
        for _ in range(TRIES):
            answer = await ask(self.request, self.who.token, path, body=body, headers=headers)
            if answer.kind != STILL_RUNNING:
                break
            await asyncio.sleep(TRY_AGAIN_SECONDS)
        return await self._decided(answer)

    async def send_file(
        self, path: str, file: SentFile, parts: Mapping[str, str], key: str = ""
    ) -> ApiAnswer:
        """Send a file to the API, within a form."""
        return await self._decided(await send_file(self.request, self.who.token, path, file, parts, key))

    async def _decided(self, answer: ApiAnswer) -> ApiAnswer:
        """Keep how far they have changed the record now."""
        if answer.is_success and isinstance(answer.body, dict) and answer.body.get("position"):
            await sessions.has_decided(core_service(self.request).pool, self.who, answer.body["position"])
        return answer


@dataclass(frozen=True, slots=True)
class SentForm:
    """One of our forms that somebody sent."""

    visit: Visit
    fields: Mapping[str, str]
    file: SentFile | None = None

    def __getitem__(self, name: str) -> str:
        """Return a field without blanks around it; nothing if it was not sent."""
        return self.fields.get(name, "").strip()

    def __contains__(self, name: str) -> bool:
        """Say whether a field, or a button of that name, was sent."""
        return name in self.fields


def cookie_name(request: Request) -> str:
    """Return the cookie's name: over TLS a browser itself keeps it to this host."""
    return COOKIE_OVER_TLS if is_over_tls(request) else COOKIE


def is_over_tls(request: Request) -> bool:
    """Say whether browsers reach this over TLS alone, as they must where it is for real."""
    return core_service(request).settings.profile is Profile.PRODUCTION


async def visit(request: Request) -> Visit:
    """Return whose session this is."""
    secret = request.cookies.get(cookie_name(request), "")
    who = await sessions.found(core_service(request).pool, secret)
    if who is None:
        raise NotSignedIn
    request.state.signed_in = who
    return Visit(request, who)


Visiting = Annotated[Visit, Depends(visit)]


def must_be_from_here(request: Request) -> None:
    """Refuse what a page of another origin sent."""
    origin = request.headers.get("origin", "")
    site = request.headers.get("sec-fetch-site", "same-origin")
    if urlsplit(origin).netloc != request.headers.get("host") or site != "same-origin":
        raise NotFromHere


async def fields_of(request: Request) -> dict[str, str]:
    """Return the fields of a form that one of our pages sent."""
    return (await _parts_of(request, files=0))[0]


async def _parts_of(request: Request, *, files: int) -> tuple[dict[str, str], SentFile | None]:
    must_be_from_here(request)
    file = None
    async with request.form(max_files=files, max_fields=FIELDS_LIMIT) as form:
        said = {name: value for name, value in form.items() if isinstance(value, str)}
        for value in form.values():
            if isinstance(value, UploadFile) and value.filename:
                kind = value.content_type or "application/octet-stream"
                file = SentFile(value.filename, await value.read(), kind)
    # As the record keeps lines: browsers send two characters for the end of each.
    return {name: value.replace("\r\n", "\n") for name, value in said.items()}, file


async def _sent(request: Request, visiting: Visit, *, files: int) -> SentForm:
    fields, file = await _parts_of(request, files=files)
    if not hmac.compare_digest(fields.get("form_token", "").encode(), visiting.who.form_token.encode()):
        raise NotFromHere
    return SentForm(visiting, fields, file)


async def sent(request: Request, visiting: Visiting) -> SentForm:
    """Return a form that was sent from a page of this very session."""
    return await _sent(request, visiting, files=0)


async def sent_with_file(request: Request, visiting: Visiting) -> SentForm:
    """Return such a form with the one file that was sent in it."""
    return await _sent(request, visiting, files=1)


Sent = Annotated[SentForm, Depends(sent)]
SentWithFile = Annotated[SentForm, Depends(sent_with_file)]
