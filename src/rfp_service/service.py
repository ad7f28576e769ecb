"""The composition root: every part of the service is made and joined here, and only here."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import structlog

from outcomes.context import OUTCOMES
from projects.api.slip_history import SlipHistories
from projects.context import PROJECTS
from rfp_service.access import new_person_id, personal_secret, trusted_tokens
from rfp_service.catalogue.context import CATALOGUE
from rfp_service.concluded_contracts import CONCLUDED_CONTRACTS
from rfp_service.contracts.context import CONTRACTS
from rfp_service.dependencies.context import DEPENDENCIES
from rfp_service.events import EVENTS
from rfp_service.handover.context import HAND_OVERS
from rfp_service.measures.offered import MEASURES
from rfp_service.permissions import PERMISSIONS
from rfp_service.policies import facts_for
from rfp_service.rfps.api.flow_cases import LIVE_CASES
from rfp_service.rfps.context import RFPS
from shared.flow.cases import LiveCases
from shared.flow.context import FLOW
from shared.flow.forecast_records import ForecastRecords, LiveLogAt
from shared.flow.imports.context import IMPORTS
from shared.flow.imports.importer import Importer
from shared.flow.log import FlowLog
from shared.flow.sources import FlowLogs
from shared.governance.accounts.context import ACCOUNTS
from shared.governance.accounts.keys import ApiKeys
from shared.governance.audit.context import AUDIT
from shared.governance.delegations.context import DELEGATIONS
from shared.governance.disclosure.context import DISCLOSURE
from shared.governance.disclosure.disclosure_filter import DisclosureFilter
from shared.governance.disclosure.exemptions import Exemptions
from shared.governance.disclosure.sealed_fields import SealedFields
from shared.governance.notices.context import NOTICES
from shared.governance.people.context import PEOPLE
from shared.governance.people.directory import People
from shared.governance.retention.context import RETENTION
from shared.governance.retention.facts import carry_out_disposals
from shared.governance.scheme.context import SCHEME
from shared.governance.scheme.facts import SchemeFacts
from shared.kernel.calendar import WorkingTime
from shared.kernel.messages import Command, Known
from shared.kernel.person import Person
from shared.ledger.tiles import Tiles
from shared.record.database import Pool, connected, stop
from shared.record.eventstore.encoding import Topics
from shared.record.eventstore.ownership import must_own_nothing
from shared.record.eventstore.personal_texts import PersonalTexts
from shared.record.eventstore.reader import Reader
from shared.record.eventstore.store import EventStore
from shared.record.eventstore.unread import EventUnread
from shared.record.locks import Locks
from shared.record.projecting.reactions import introduce
from shared.record.projecting.views import View
from shared.record.projecting.visibility import Visibility
from shared.record.pulse import Taking, watched
from shared.settings import Profile, Settings
from shared.web.access.callers import Callers
from shared.web.access.permissions import Permissions
from shared.web.access.tokens import Tokens
from shared.web.bulk.batch_jobs import BatchJobs
from shared.web.bulk.batch_runs import BatchRuns
from shared.web.bulk.responses import Batches
from shared.web.commands import FactFinder, Running
from shared.web.context import Context, MeasureOffered, Prerequisites
from shared.web.jobs.context import JOBS
from shared.web.jobs.table import Jobs
from shared.web.rate_limits import RateLimits
from shared.web.sandbox.children import Sandbox

CONTEXTS: tuple[Context, ...] = (
    FLOW,
    RFPS,
    CATALOGUE,
    SCHEME,
    DELEGATIONS,
    IMPORTS,
    AUDIT,
    NOTICES,
    DISCLOSURE,
    PEOPLE,
    HAND_OVERS,
    ACCOUNTS,
    RETENTION,
    JOBS,
    PROJECTS,
    CONTRACTS,
    CONCLUDED_CONTRACTS,
    DEPENDENCIES,
    OUTCOMES,
)

VIEWS = tuple(view for context in CONTEXTS for view in context.views)
REACTIONS = tuple(reaction for context in CONTEXTS for reaction in context.reactions)
OPERATIONS = {name: made for context in CONTEXTS for name, made in context.operations.items()}
DEADLINES = tuple(deadline for context in CONTEXTS for deadline in context.deadlines)


log = structlog.get_logger(__name__)

AWAITED = {things.kind: things for context in CONTEXTS for things in context.prerequisites}


@dataclass(frozen=True)
class Service:
    """What every door needs: the record, the views, and who may do what."""

    settings: Settings
    pool: asyncpg.Pool
    store: EventStore
    record: Reader
    visibility: Visibility
    scheme: SchemeFacts
    person: Callable[[str], Awaitable[Person]]
    people: People
    known: Callable[[Person], Awaitable[Known]]
    running: Running
    importer: Importer
    redact: DisclosureFilter
    tiles: Tiles
    limits: RateLimits
    texts: PersonalTexts
    jobs: Jobs
    batches: Batches
    taking: Taking
    sandbox: Sandbox
    flow: FlowLogs
    forecasts: ForecastRecords
    facts: Mapping[type[Command[Any]], FactFinder]
    live_cases: LiveCases = LIVE_CASES
    views: tuple[View, ...] = VIEWS
    slips: SlipHistories = field(default_factory=SlipHistories)
    permissions: Permissions = PERMISSIONS
    prerequisites: Mapping[str, Prerequisites] = field(default_factory=lambda: AWAITED)
    measures: Mapping[str, MeasureOffered] = field(default_factory=lambda: MEASURES)


async def _carry_out_erasures(people: People) -> None:
    """Carry out erasures on the record; without a directory that can be read nobody is let in anyway."""
    try:
        await people.carry_out_erasures()
    except EventUnread as unread:
        log.warning("the directory of people can't be read", **unread.facts)


@asynccontextmanager
async def opened(settings: Settings, database_url: str) -> AsyncIterator[Service]:
    """Open the service on a database, and close it again."""
    async with (
        connected(database_url, settings.database_pool) as pool,
        watched(database_url, pool),
        trusted_tokens(settings) as tokens,
    ):
        if settings.profile is Profile.PRODUCTION:
            await must_own_nothing(pool)
        service = await _made(settings, pool, tokens)
        following = asyncio.create_task(service.visibility.follow())
        try:
            yield service
        finally:
            await service.batches.jobs.close()
            await service.importer.close()
            await stop(following)


def _live_log(scheme: SchemeFacts, flow: FlowLogs, visibility: Visibility) -> LiveLogAt:
    """Return what fetches the log of live cases as far as the views have come."""

    async def live_log() -> tuple[FlowLog, WorkingTime, int]:
        await scheme.refresh()
        return await flow.live_log(visibility.position, scheme.scheme.closed_days())

    return live_log


async def _made(settings: Settings, pool: Pool, tokens: Tokens) -> Service:
    """Make every part, and join them."""
    texts = PersonalTexts(pool, personal_secret(settings))
    store = EventStore(pool, Topics(EVENTS), texts)
    people = People(pool, store, texts, new_person_id(settings))
    await people.carry_out_invitations()
    await _carry_out_erasures(people)  # a restored backup knows nothing of later ones
    await carry_out_disposals(pool, texts)
    await introduce(pool, (reaction.name for reaction in REACTIONS))
    visibility = Visibility(pool)
    await visibility.look(pool)
    scheme, jobs, sandbox = SchemeFacts(pool, store), Jobs(pool), Sandbox()
    flow = FlowLogs(pool, settings.data_dir / "flow")
    runs = BatchRuns(store, OPERATIONS)
    return Service(
        settings=settings,
        pool=pool,
        store=store,
        record=store.reader,
        visibility=visibility,
        scheme=scheme,
        person=Callers(tokens, people, ApiKeys(pool, store)).person,
        people=people,
        texts=texts,
        known=scheme.known,
        running=Running(),
        importer=Importer(pool, store, visibility, flow, sandbox),
        redact=DisclosureFilter(pool, SealedFields(EVENTS), Exemptions(pool, visibility), texts, PERMISSIONS),
        tiles=Tiles(pool),
        limits=RateLimits(settings.requests_a_minute),
        jobs=jobs,
        batches=Batches(runs, BatchJobs(runs, jobs, Locks(pool), sandbox), sandbox),
        taking=Taking(pool),
        sandbox=sandbox,
        flow=flow,
        forecasts=ForecastRecords(pool, _live_log(scheme, flow, visibility)),
        facts=facts_for(single_administrator=settings.single_administrator),
    )
