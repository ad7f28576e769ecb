"""A person's own choice over HTTP: how they are told, and when not."""

from typing import Annotated

from fastapi import APIRouter, Body, Request, Response
from pydantic import BaseModel

from shared.governance.notifications.choices import ChooseNotifications, NotificationChoice, choice_of
from shared.kernel.messages import Receipt
from shared.web.answers import DECIDES, answer_now, one
from shared.web.bodies import BODY_BYTES_LIMIT, StrictRoute, strict
from shared.web.commands import Commands, may
from shared.web.readings import Read

choice_router = APIRouter(
    prefix="/v1/notification-choice",
    tags=["notifications"],
    route_class=StrictRoute,
    max_body_size=BODY_BYTES_LIMIT,
)


class ChoiceSeen(BaseModel):
    """How you are told, and when not; version 0 where you have never chosen."""

    version: int
    mail: bool
    quiet_from: str
    quiet_until: str
    working_days_only: bool


@choice_router.get(
    "",
    summary="See how you are told",
    dependencies=[may("read-notification-choice")],
    responses=one(ChoiceSeen, lasting=False),
)
async def see_choice(request: Request, reading: Read) -> Response:
    """Show whether you are told by mail, and in which hours you are not."""
    until = reading.position if reading.past else None
    store = request.app.state.service.store
    stream = await store.load(choice_of(reading.person.id), NotificationChoice(), until)
    choice: NotificationChoice = stream.state
    shown = ChoiceSeen(
        version=stream.version,
        mail=choice.mail,
        quiet_from=choice.quiet_from,
        quiet_until=choice.quiet_until,
        working_days_only=choice.working_days_only,
    )
    return answer_now(shown, stream.version)


@choice_router.post("/decisions", summary="Choose how you are told", responses=DECIDES)
async def choose(
    command: Annotated[ChooseNotifications, strict(ChooseNotifications), Body()], handler: Commands
) -> Receipt:
    """Choose for yourself; the version is that of your last choice, and 0 before the first."""
    return await handler.set(choice_of(handler.person.id), command, blank=NotificationChoice())
