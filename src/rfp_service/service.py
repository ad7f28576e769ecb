"""The composition root: every part of the service is made and joined here, and only here."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

import asyncpg
import structlog

from projects.api.slip_history import SlipHistories
from rfp_service.access import new_person_id, personal_secrets, trusted_tokens
from rfp_service.costs import COSTS
from rfp_service.events import EVENTS
from rfp_service.measures.kept_figures import kept
from rfp_service.measures.room_figures import MEASURES
from rfp_service.permissions import PERMISSIONS
from rfp_service.policies import facts_for
from rfp_service.rfps.api.flow_cases import LIVE_CASES
from rfp_service.rfps.api.notice_recipients import notified
from rfp_service.rfps.api.rfp_parts import RfpsAtHand
from rfp_service.rooms import (
    FACTS,
    OPERATIONS,
    PREREQUISITES,
    REACTIONS,
    READY,
    REPORT_CASES,
    REPORT_DECISIONS,
    SEEN_WITH,
    TAGGED,
    VIEWS,
    WAITING,
)
from rfp_service.slow_cases import SlowCases
from shared.flow.cases import LiveCases
from shared.flow.forecast_records import ForecastRecords, LiveLogAt
from shared.flow.imports.importer import Importer
from shared.flow.log import FlowLog
from shared.flow.sources import FlowLogs
from shared.governance.accounts.keys import ApiKeys
from shared.governance.disclosure.disclosure_filter import DisclosureFilter
from shared.governance.disclosure.exemptions import Exemptions
from shared.governance.disclosure.sealed_fields import SealedFields
from shared.governance.notices.notice_service import Notified
from shared.governance.notifications.addresses import AllowList
from shared.governance.notifications.ended_jobs import tell_of_ended_job
from shared.governance.notifications.endpoint_secrets import EndpointSecrets
from shared.governance.notifications.first_looks import FirstLooks
from shared.governance.people.directory import People
from shared.governance.retention.facts import carry_out_disposals
from shared.governance.scheme.facts import SchemeFacts
from shared.kernel.calendar import WorkingTime
from shared.kernel.messages import Known
from shared.kernel.person import Person
from shared.ledger.tiles import Tiles
from shared.record.connection_needs import needs_sentence, warn_of_needs
from shared.record.database import Pool, connected, stop
from shared.record.database_health import WriteProbe, watched
from shared.record.eventstore.encoding import Topics
from shared.record.eventstore.ownership import must_own_nothing
from shared.record.eventstore.personal_texts import PersonalTexts
from shared.record.eventstore.reader import Reader
from shared.record.eventstore.store import EventStore
from shared.record.eventstore.unread import EventUnread
from shared.record.locks import Locks
from shared.record.poolers import must_keep_sessions
from shared.record.projecting.kept_rows import KeptRows
from shared.record.projecting.reactions import introduce
from shared.record.projecting.views import View
from shared.record.projecting.visibility import Visibility
from shared.settings import NotConfigured, Profile, Settings
from shared.web.access.callers import Callers
from shared.web.access.permissions import Permissions
from shared.web.access.tokens import Tokens
from shared.web.bulk.batch_jobs import BatchJobs
from shared.web.bulk.batch_runs import BatchRuns
from shared.web.bulk.responses import Batches
from shared.web.decisions.decisions_at_hand import DecisionsAtHand
from shared.web.jobs.table import Jobs
from shared.web.limits.rate_limits import RateLimits
from shared.web.limits.requests_in_progress import RequestsInProgress
from shared.web.offers.facts import FactFinders
from shared.web.offers.measures import MeasureOffered
from shared.web.offers.prerequisites import Prerequisites
from shared.web.offers.readiness import ReadinessOffered
from shared.web.offers.report_cases import CasesOffered
from shared.web.offers.report_decisions import DecisionsOffered
from shared.web.offers.tagged_things import TaggedThings
from shared.web.reads.waiting_things import WaitingThings
from shared.web.sandbox.children import Sandbox
from shared.web.security.security_log import SecurityLog


@dataclass(frozen=True)
class Service:
    """What every door needs: the record, the views, and who may do what."""

    settings: Settings
    pool: Pool
    store: EventStore
    record: Reader
    visibility: Visibility
    scheme: SchemeFacts
    person: Callable[[str], Awaitable[Person]]
    people: People
    known: Callable[[Person], Awaitable[Known]]
    running: RequestsInProgress
    importer: Importer
    redact: DisclosureFilter
    kept: KeptRows
    tiles: Tiles
    limits: RateLimits
    security: SecurityLog
    texts: PersonalTexts
    jobs: Jobs
    batches: Batches
    write_probe: WriteProbe
    issuer_fault: Callable[[], Awaitable[str]]
    sandbox: Sandbox
    flow: FlowLogs
    endpoint_secrets: EndpointSecrets
    receivers: AllowList
    first_looks: FirstLooks
    forecasts: ForecastRecords
    slow_cases: SlowCases
    facts: FactFinders
    live_cases: LiveCases = LIVE_CASES
    notified: Notified = notified
    seen_with: Mapping[str, str] = field(default_factory=lambda: SEEN_WITH)
    views: tuple[View, ...] = VIEWS
    waiting: tuple[WaitingThings, ...] = WAITING
    readiness: tuple[ReadinessOffered, ...] = READY
    rfps_at_hand: RfpsAtHand = field(default_factory=RfpsAtHand)
    decisions_at_hand: DecisionsAtHand = field(default_factory=DecisionsAtHand)
    slips: SlipHistories = field(default_factory=SlipHistories)
    permissions: Permissions = PERMISSIONS
    prerequisites: Mapping[str, Prerequisites] = field(default_factory=lambda: PREREQUISITES)
    tagged: Mapping[str, TaggedThings] = field(default_factory=lambda: TAGGED)
    report_cases: Sequence[CasesOffered] = REPORT_CASES
    report_decisions: Sequence[DecisionsOffered] = REPORT_DECISIONS
    measures: Mapping[str, MeasureOffered] = field(
        default_factory=lambda: {name: kept(offered) for name, offered in MEASURES.items()}
    )
    opened_at: float = field(default_factory=time.monotonic)


async def _carry_out_erasures(people: People) -> None:
    """Carry out erasures on the record; without a directory that can be read nobody is let in anyway."""
    try:
        await people.carry_out_erasures()
    except EventUnread as unread:
        log = structlog.get_logger(__name__)
        log.warning("the directory of people can't be read", **unread.facts)


@asynccontextmanager
async def _connections(settings: Settings, url: str, *, held: bool) -> AsyncIterator[Pool]:
    """Open the pool; say in a sentence what is needed where the database has no room for all of it."""
    async with AsyncExitStack() as stack:
        try:
            made = connected(url, settings.database_pool, writes=True, held=held)
            pool = await stack.enter_async_context(made)
        except asyncpg.TooManyConnectionsError:
            raise NotConfigured(f"The database has no connection left. {needs_sentence(settings)}") from None
        await must_keep_sessions(pool, url)
        if held:
            await warn_of_needs(pool, settings)
        yield pool


@asynccontextmanager
async def opened(settings: Settings, database_url: str, *, held: bool = False) -> AsyncIterator[Service]:
    """Open the service on a database, and close it again; held, with all its connections from the start."""
    async with (
        _connections(settings, database_url, held=held) as pool,
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

    async def live_log() -> tuple[FlowLog, WorkingTime, int] | None:
        await scheme.refresh()
        return await flow.live_log(visibility.position, scheme.scheme.closed_days())

    return live_log


async def _carry_out(pool: Pool, people: People, texts: PersonalTexts) -> None:
    """Do what the record owes before it is asked: a restored backup knows nothing of later erasures."""
    if not await texts.fits():
        raise NotConfigured(
            "Keys of personal texts in this database are wrapped under another PERSONAL_SECRET. Where it is"
            " being changed, it holds the old one as well until `rewrap` is done."
        )
    await people.details.encrypt_plain_names()
    await people.carry_out_invitations()
    await _carry_out_erasures(people)
    await carry_out_disposals(pool, texts)
    await introduce(pool, (reaction.name for reaction in REACTIONS))


def _redact(pool: Pool, store: EventStore, exemptions: Exemptions, texts: PersonalTexts) -> DisclosureFilter:
    """Return what takes out of all that is read what its reader may not see."""
    return DisclosureFilter(pool, store.changes, SealedFields(EVENTS), exemptions, texts, PERMISSIONS)


async def _visibility(pool: Pool) -> Visibility:
    """Return what knows how far the views have come, once it has looked."""
    visibility = Visibility(pool)
    await visibility.look(pool)
    return visibility


async def _made(settings: Settings, pool: Pool, tokens: Tokens) -> Service:
    """Make every part, and join them."""
    texts = PersonalTexts(pool, *personal_secrets(settings))
    store = EventStore(pool, Topics(EVENTS), texts)
    people = People(pool, store, texts, new_person_id(settings))
    await _carry_out(pool, people, texts)
    visibility = await _visibility(pool)
    scheme, jobs, sandbox = SchemeFacts(store), Jobs(pool, tell_of_ended_job), Sandbox()
    flow, security = FlowLogs(pool, settings.data_dir / "flow"), SecurityLog()
    runs, live_log = BatchRuns(store, OPERATIONS, security), _live_log(scheme, flow, visibility)
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
        running=RequestsInProgress(),
        importer=Importer(pool, store, people.details, visibility, flow, sandbox),
        redact=_redact(pool, store, Exemptions(pool, visibility), texts),
        kept=KeptRows(pool, store.changes),
        tiles=Tiles(pool),
        limits=RateLimits(settings.requests_a_minute, costs=COSTS),
        security=security,
        jobs=jobs,
        batches=Batches(runs, BatchJobs(runs, jobs, Locks(pool), sandbox), sandbox),
        write_probe=WriteProbe(pool),
        issuer_fault=tokens.fault,
        sandbox=sandbox,
        flow=flow,
        endpoint_secrets=EndpointSecrets(pool, *personal_secrets(settings)),
        first_looks=FirstLooks(pool),
        receivers=AllowList(settings.webhook_receivers, loopback=settings.webhook_loopback),
        forecasts=ForecastRecords(pool, live_log),
        slow_cases=SlowCases(pool, live_log),
        facts=facts_for(FACTS, single_administrator=settings.single_administrator),
    )
