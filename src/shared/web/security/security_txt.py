"""Whom to tell of a weakness, where people who find one look first (RFC 9116)."""

from datetime import UTC, datetime, timedelta

from fastapi import APIRouter, Request, Response

from shared.kernel.errors import NotFound
from shared.web.core_service import core_service
from shared.web.security.address_turns import OpenRoute

GOOD_FOR = timedelta(days=180)  # RFC 9116 wants less than a year

router = APIRouter(route_class=OpenRoute)


@router.get("/.well-known/security.txt", include_in_schema=False)
async def security_txt(request: Request) -> Response:
    """Name the contact that is configured; there is no such page where none is."""
    contact: str = core_service(request).settings.security_contact
    if not contact:
        raise NotFound
    return Response(security_text(contact, datetime.now(UTC)), media_type="text/plain")


def security_text(contact: str, now: datetime) -> str:
    """Return the file's text; it expires at a midnight, so that a day's answers are alike."""
    expires = (now + GOOD_FOR).replace(hour=0, minute=0, second=0, microsecond=0)
    return f"Contact: {contact}\nExpires: {expires:%Y-%m-%dT%H:%M:%SZ}\nPreferred-Languages: en\n"
