"""A person's own choice over HTTP: how they are told, and when not."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Body, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from shared.governance.notifications.addresses import NotToBeReached
from shared.governance.notifications.choices import (
    ChooseNotifications,
    ChosenWays,
    NoTeamsAddress,
    NotificationChoice,
    choice_of,
)
from shared.governance.notifications.commands import URL_LIMIT
from shared.governance.notifications.notification_service import notification_service
from shared.kernel.fields import TextOrNull
from shared.kernel.messages import Receipt
from shared.web.decisions.commands import Commands, may
from shared.web.reads.answers import DECIDES, answer_now, one
from shared.web.reads.readings import Read
from shared.web.requests.bodies import BODY_BYTES_LIMIT, StrictRoute, strict

choice_router = APIRouter(
    prefix="/v1/notification-choice",
    tags=["notifications"],
    route_class=StrictRoute,
    max_body_size=BODY_BYTES_LIMIT,
)


class ChoiceAsked(ChosenWays):
    """How you want to be told, and when not."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"required": ["decision"]})

    decision: Literal["choose"] = "choose"
    teams_workflow: Annotated[str, Field(max_length=URL_LIMIT, pattern=r"^(https?://[!-~]+)?$")] = Field(
        "", description="The address of your workflow; blank: the one that you named before."
    )

    def command(self) -> ChooseNotifications:
        """Return what is decided on, without the address."""
        return ChooseNotifications.model_validate(self.model_dump(exclude={"teams_workflow"}))


class ChoiceSeen(BaseModel):
    """How you are told, and when not; version 0 where you have never chosen."""

    version: int
    mail: bool
    teams: bool
    quiet_from: TextOrNull
    quiet_until: TextOrNull
    working_days_only: bool
    digest_at: TextOrNull


@choice_router.get(
    "",
    summary="See how you are told",
    dependencies=[may("read-notification-choice")],
    responses=one(ChoiceSeen, lasting=False),
)
async def see_choice(request: Request, reading: Read) -> Response:
    """Show whether you are told by mail or Teams, and in which hours you are not."""
    store = notification_service(request).store
    stream = await store.load(choice_of(reading.person.id), NotificationChoice(), reading.until)
    choice: NotificationChoice = stream.state
    shown = ChoiceSeen(
        version=stream.version,
        mail=choice.mail,
        teams=choice.teams_address_id is not None,
        quiet_from=choice.quiet_from,
        quiet_until=choice.quiet_until,
        working_days_only=choice.working_days_only,
        digest_at=choice.digest_at,
    )
    return answer_now(shown, stream.version)


@choice_router.post(
    "/decisions",
    summary="Choose how you are told",
    dependencies=[may("ChooseNotifications")],
    responses=DECIDES,
)
async def choose(
    request: Request, asked: Annotated[ChoiceAsked, strict(ChoiceAsked), Body()], handler: Commands
) -> Receipt:
    """Choose for yourself; the version is that of your last choice, and 0 before the first.

    The address of your Teams workflow is kept encrypted, and never shown again.
    """
    service, chosen = notification_service(request), choice_of(handler.person.id)
    before = (await handler.store.load(chosen, NotificationChoice())).state.teams_address_id
    facts: dict[str, str] = {}
    if asked.teams and asked.teams_workflow:
        try:
            service.receivers.place(asked.teams_workflow)
        except NotToBeReached:
            raise NoTeamsAddress from None
        facts["address_id"] = str(await service.endpoint_secrets.keep(asked.teams_workflow))
    receipt = await handler.set(chosen, asked.command(), blank=NotificationChoice(), **facts)
    after = (await handler.store.load(chosen, NotificationChoice())).state.teams_address_id
    kept = {before, UUID(facts["address_id"]) if facts else None} - {after, None}
    await service.endpoint_secrets.destroy(each for each in kept if each is not None)
    return receipt
