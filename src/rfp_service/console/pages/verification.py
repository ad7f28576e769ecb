"""Checking the record without trusting whoever keeps it: keys, a bundle, and the page that checks it."""

import asyncio
from datetime import UTC, datetime, timedelta
from functools import cache

from fastapi import Request, Response

from rfp_service.console.pages.record import newest_checkpoint
from rfp_service.console.rendering import HEADERS, HTML, page
from rfp_service.console.routes import page_router
from rfp_service.console.visits import Visiting
from rfp_service.events import EVENTS
from rfp_service.version import VERSION
from shared.governance.audit.verifier.handed_out import verifier_page, verifier_policy

MONTH = timedelta(days=30)

router = page_router()


@router.get("/record/verify")
async def how_to_verify(request: Request, visit: Visiting) -> Response:
    """Say how anybody checks a part of the record, with the keys to compare."""
    keys, signed = await asyncio.gather(visit.get("/v1/audit/keys"), newest_checkpoint(visit))
    now = datetime.now(UTC)
    month = {"from": (now - MONTH).isoformat(timespec="seconds"), "to": now.isoformat(timespec="seconds")}
    return page(request, "record_verify", keys=keys["items"], signed=signed, month=month)


@router.get("/record/check.html")
async def check(_: Visiting) -> Response:
    """Return the page that checks a bundle: all it runs is in it, and it may ask nobody for anything."""
    text, policy = _check()
    headers = {**HEADERS, "Content-Security-Policy": f"{policy}; form-action 'none'; frame-ancestors 'none'"}
    return Response(text, media_type=HTML, headers=headers)


@cache
def _check() -> tuple[str, str]:
    kinds = {event.__name__: event.kind for event in EVENTS}
    return verifier_page(VERSION, kinds), verifier_policy(kinds)
