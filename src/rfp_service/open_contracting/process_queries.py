"""Finding processes in the record, as of any time, with what is exempt taken out for everybody."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, cast
from uuid import UUID

from sqlalchemy import Select, select, union_all

from rfp_service.contracts.domain.contract import Contract, contract_id
from rfp_service.contracts.views.register import contracts
from rfp_service.open_contracting.public_facts import DRAWN_ON, PublicFacts
from rfp_service.open_contracting.releases import PublishedProcess, published
from rfp_service.rfps.domain.award_events import ContractConcluded
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.routes import Route
from rfp_service.rfps.domain.stages import Stage
from rfp_service.rfps.views.board import rfps
from shared.kernel.errors import NotFound
from shared.kernel.messages import Recorded
from shared.kernel.person import Person
from shared.record.eventstore.unread import EventUnread, UnreadEvent
from shared.web.access.areas import in_sight, sees, whose
from shared.web.reads.readings import Reading

# What is published is for everybody, whoever fetches it: nobody's right to read more counts here.
ANYBODY = Person("", ())
# Where nothing of an RFP can have been published yet, or ever.
NOT_YET = (Stage.DRAFT, Stage.CATALOGUE_CHECK, Stage.SUBMITTED, Stage.TRIAGE, Stage.DIVERTED)

Ocid = Callable[[UUID], str]


class FoundProcess(NamedTuple):
    """A process in its place among all: where its first event stands."""

    position: int
    process: PublishedProcess


async def one_process(reading: Reading, identity: UUID, ocid: Ocid) -> PublishedProcess:
    """Return one process as it is, or was, published; `NotFound` where nothing of it is."""
    history = await reading.record.stream(identity, reading.position)
    if not history or history[0].event.kind not in (Rfp.kind, Contract.kind):
        raise NotFound
    in_sight(reading.person, reading.areas, *whose(history))
    if _came_of_an_rfp(history):
        raise NotFound
    [(_, found)] = await _published(reading, {identity: history}, ocid)
    if found is None:
        raise NotFound
    return found


async def some_processes(reading: Reading, before: int | None, limit: int, ocid: Ocid) -> list[FoundProcess]:
    """Return the processes that began last, as many as wanted, of which something is public."""
    found: list[FoundProcess] = []
    while len(found) < limit:
        rows = await reading.rows(_candidates(reading, before, limit))
        if not rows:
            break
        histories = await _histories(reading, [UUID(str(row["id"])) for row in rows])
        at = {UUID(str(row["id"])): row["first_position"] for row in rows}
        made = await _published(reading, histories, ocid)
        found += [FoundProcess(at[identity], process) for identity, process in made if process]
        before = rows[-1]["first_position"]
    return sorted(found, key=lambda each: each.position, reverse=True)[:limit]


def _candidates(reading: Reading, before: int | None, limit: int) -> "Select[Any]":
    """Return what selects RFPs that may be public, and contracts that no RFP here led to, newest first."""
    of_rfps = select(rfps.c.id, rfps.c.first_position).where(
        reading.valid(rfps), rfps.c.stage.not_in(NOT_YET), rfps.c.route.is_distinct_from(Route.IN_HOUSE)
    )
    of_contracts = select(contracts.c.id, contracts.c.first_position).where(
        reading.valid(contracts), contracts.c.rfp_id.is_(None)
    )
    both = union_all(of_rfps, of_contracts).subquery()
    wanted = select(both.c.id, both.c.first_position).order_by(both.c.first_position.desc()).limit(limit)
    return wanted if before is None else wanted.where(both.c.first_position < before)


def _came_of_an_rfp(history: Sequence[Recorded]) -> bool:
    return any(getattr(recorded.event, "rfp_id", None) for recorded in history[:1])


async def _histories(reading: Reading, ids: Sequence[UUID]) -> dict[UUID, list[Recorded]]:
    """Return what happened to each of these things, as far as the reading."""
    histories: dict[UUID, list[Recorded]] = defaultdict(list)
    for recorded in await reading.record.streams(ids, reading.position):
        if isinstance(recorded.event, UnreadEvent):
            raise EventUnread(position=recorded.position, event_type=recorded.event.topic)
        histories[UUID(str(recorded.stream_id))].append(recorded)
    return {identity: histories[identity] for identity in ids}


async def _published(
    reading: Reading, histories: Mapping[UUID, Sequence[Recorded]], ocid: Ocid
) -> list[tuple[UUID, PublishedProcess | None]]:
    """Return each process as it is published, with the contracts that it led to."""
    led_to = {identity: _led_to(history) for identity, history in histories.items()}
    followed = await _histories(reading, [each for ids in led_to.values() for each in ids])
    marks = await _marks(reading, [*histories, *followed])
    found = []
    for identity, history in histories.items():
        whole, withheld = list(history), dict(marks[identity])
        for contract in led_to[identity]:
            if _belongs(reading, followed[contract], identity):
                whole += followed[contract]
            withheld |= marks[contract]
        whole.sort(key=lambda recorded: recorded.position)
        made = await asyncio.to_thread(published, identity, whole, PublicFacts(withheld), ocid)
        found.append((identity, made))
    return found


def _led_to(history: Sequence[Recorded]) -> list[UUID]:
    """Return the contracts that an RFP concluded."""
    return [
        contract_id(recorded.event.reference)
        for recorded in history
        if isinstance(recorded.event, ContractConcluded)
    ]


def _belongs(reading: Reading, history: Sequence[Recorded], rfp: UUID) -> bool:
    """Say whether a contract in the register is the one that an RFP concluded, and its reader sees it."""
    if not history or str(getattr(history[0].event, "rfp_id", None)) != str(rfp):
        return False
    area, _ = whose(history)
    return sees(reading.areas, area, own=False)


async def _marks(reading: Reading, ids: Sequence[UUID]) -> dict[UUID, Mapping[str, str]]:
    """Return what is withheld of each thing, by name, with its mark.

    What is sealed is never drawn on before it is opened, and so is not named: its mark alone would tell.
    """
    items: list[dict[str, Any]] = [{"id": identity, **dict.fromkeys(DRAWN_ON, "")} for identity in ids]
    await reading.redact.draw(ANYBODY, items, sealed=False)
    return {
        identity: cast("Mapping[str, str]", item.get("withheld", {}))
        for identity, item in zip(ids, items, strict=True)
    }
