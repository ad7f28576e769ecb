"""What can be seen of delegations, and what of them a decision must know."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Any
from uuid import UUID

import orjson
from pydantic import BaseModel, Field, JsonValue

from shared.governance.delegations.domain import Delegation
from shared.governance.people.domain import DIRECTORY_ID, Directory
from shared.governance.scheme.domain import SCHEME_ID, Scheme, SchemeValues
from shared.kernel.calendar import day_in_london
from shared.kernel.fields import TextOrNull
from shared.kernel.messages import Stream
from shared.kernel.personal import Personal, PersonalShown
from shared.record.eventstore.store import EventStore
from shared.record.projecting.row_models import COMPUTED, COUNTED, SEARCHED, model_table, row_of
from shared.record.projecting.views import STILL_VALID, Row, StateView


class DelegationRow(BaseModel):
    """Who may decide for whom, up to which amount in pence without VAT; the last day counts."""

    id: UUID
    version: int
    delegator: Annotated[str, SEARCHED, COUNTED]
    delegate: Annotated[str, SEARCHED, COUNTED]
    limit_pence: int
    first_day: date
    last_day: date
    reason: Annotated[PersonalShown, COMPUTED]
    ended: bool
    proposed_by: TextOrNull
    waiting: bool = Field(description="Whether it waits for a second person to confirm it.")
    first_position: int
    changed_at: datetime


delegations = model_table("delegations", DelegationRow)


def kept(text: Personal) -> str:
    """Return a personal text as a view keeps it: encrypted as in the record."""
    return orjson.dumps(text.model_dump()).decode()


async def with_reasons(_: object, _facts: None, items: list[dict[str, Any]]) -> None:
    """Let reasons be what they are in the record; one from before is nobody's secret."""
    for item in items:
        reason = orjson.loads(item["reason"])
        openly = {"about": item["delegator"], "text": reason}
        item["reason"] = openly if isinstance(reason, str) else reason


def _computed(stream: Stream[Delegation]) -> Row:
    """Return why a delegation was given, as the record keeps it."""
    return {"reason": kept(stream.state.reason)}


delegation_row = row_of(DelegationRow, _computed)


DELEGATIONS = StateView(
    delegations, delegation_row, Delegation(), indexes=("(delegator)", "(delegate)"), revision=3
)

DELEGATIONS_KNOWN = "delegations"  # what a decision knows them by
GIVEN_BY = f"SELECT id FROM delegations WHERE delegator = ANY ($1) AND valid_to = {STILL_VALID}"

GIVEN_TO = f"SELECT id FROM delegations WHERE delegate = ANY ($1) AND valid_to = {STILL_VALID}"


async def delegations_by(store: EventStore, ids: Sequence[str]) -> dict[str, JsonValue]:
    """Return what a person, by any of their ids, has delegated, as the record has it now."""
    given = await _in_force(store, GIVEN_BY, ids)
    return {DELEGATIONS_KNOWN: await _as_known(store, given)}


async def delegations_to(store: EventStore, ids: Sequence[str]) -> dict[str, JsonValue]:
    """Return what others have delegated to a person, by any of their ids, as the record has it now."""
    given = await _in_force(store, GIVEN_TO, ids)
    return {DELEGATIONS_KNOWN: await _as_known(store, given)} if given else {}


async def _in_force(store: EventStore, found_by: str, ids: Sequence[str]) -> list[Delegation]:
    found = [row["id"] for row in await store.reader.rows(found_by, list(ids))]
    given = [(await store.load(each, Delegation())).state for each in found]
    return [each for each in given if not (each.ended or each.waiting)]


async def _as_known(store: EventStore, found: Sequence[Delegation]) -> list[JsonValue]:
    """Return delegations as decisions know them, each with those of its giver's tiers that it can be of."""
    if not found:
        return []
    values = await values_today(store)
    directory = (await store.load(DIRECTORY_ID, Directory())).state
    return [
        {
            "delegator": given.delegator,
            "delegate": given.delegate,
            "limit_pence": given.limit_pence,
            "first_day": given.first_day.isoformat(),
            "last_day": given.last_day.isoformat(),
            "tiers": [*values.delegable(directory.same(given.delegator), directory.same(given.delegate))]
            if values
            else [],
        }
        for given in found
    ]


async def values_today(store: EventStore) -> SchemeValues | None:
    """Return what the scheme in force today says."""
    scheme = (await store.load(SCHEME_ID, Scheme())).state
    return scheme.in_force(day_in_london(datetime.now(UTC))).values
