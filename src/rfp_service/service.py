"""The composition root: every part of the service is made and joined here, and only here."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from projects.api.past import Past
from projects.context import OPERATIONS, PROJECTS
from rfp_service.access import new_person_id, personal_secret, trusted_tokens
from rfp_service.catalogue.context import CATALOGUE
from rfp_service.dependencies.context import DEPENDENCIES
from rfp_service.events import EVENTS
from rfp_service.handover.context import HAND_OVERS
from rfp_service.permissions import PERMISSIONS
from rfp_service.policies import FACTS
from rfp_service.rfps.context import RFPS
from shared.access.callers import Callers
from shared.access.permissions import Permissions
from shared.access.tokens import Person
from shared.accounts.context import ACCOUNTS
from shared.accounts.keys import ApiKeys
from shared.audit.context import AUDIT
from shared.audit.log.tiles import Tiles
from shared.bulk.answering import Batches
from shared.context import AwaitedThings, Context
from shared.database import connected, stop
from shared.disclosure.context import DISCLOSURE
from shared.disclosure.kept import Exemptions
from shared.disclosure.sealing import Seals
from shared.disclosure.veil import Veil
from shared.eventstore.encoding import Topics
from shared.eventstore.ownership import must_own_nothing
from shared.eventstore.reading import Reader
from shared.eventstore.sealing import PersonalTexts
from shared.eventstore.store import EventStore
from shared.flow.context import FLOW
from shared.http.deciding import FactFinder, Running
from shared.http.limiting import Limits
from shared.imports.context import IMPORTS
from shared.imports.running import Importer
from shared.jobs.context import JOBS
from shared.jobs.keeping import Jobs
from shared.locks import Locks
from shared.messages import Command, Known
from shared.notices.context import NOTICES
from shared.people.context import PEOPLE
from shared.people.directory import People
from shared.projecting.views import View
from shared.projecting.visibility import Visibility
from shared.retention.context import RETENTION
from shared.retention.facts import carry_out_disposals
from shared.sandbox.children import Sandbox
from shared.scheme.context import SCHEME
from shared.scheme.facts import SchemeFacts
from shared.settings import Profile, Settings

CONTEXTS: tuple[Context, ...] = (
    FLOW,
    RFPS,
    CATALOGUE,
    SCHEME,
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
    DEPENDENCIES,
)

VIEWS = tuple(view for context in CONTEXTS for view in context.views)
REACTIONS = tuple(reaction for context in CONTEXTS for reaction in context.reactions)
DEADLINES = tuple(deadline for context in CONTEXTS for deadline in context.deadlines)


AWAITED = {things.kind: things for context in CONTEXTS for things in context.awaited}


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
    veil: Veil
    tiles: Tiles
    limits: Limits
    texts: PersonalTexts
    jobs: Jobs
    batches: Batches
    sandbox: Sandbox
    views: tuple[View, ...] = VIEWS
    slips: Past = field(default_factory=Past)
    permissions: Permissions = PERMISSIONS
    awaited: Mapping[str, AwaitedThings] = field(default_factory=lambda: AWAITED)
    facts: Mapping[type[Command[Any]], FactFinder] = field(default_factory=lambda: FACTS)


@asynccontextmanager
async def opened(settings: Settings, database_url: str) -> AsyncIterator[Service]:
    """Open the service on a database, and close it again."""
    async with (
        connected(database_url, settings.database_pool) as pool,
        trusted_tokens(settings) as tokens,
    ):
        if settings.profile is Profile.PRODUCTION:
            await must_own_nothing(pool)
        texts = PersonalTexts(pool, personal_secret(settings))
        store = EventStore(pool, Topics(EVENTS), texts)
        people = People(pool, store, texts, new_person_id(settings))
        await people.carry_out_erasures()  # a restored backup knows nothing of later ones
        await carry_out_disposals(pool, texts)
        visibility = Visibility(pool)
        await visibility.look(pool)
        scheme = SchemeFacts(pool, store)
        sandbox = Sandbox()
        importer = Importer(pool, store, sandbox)
        jobs = Jobs(pool)
        batches = Batches(store, jobs, Locks(pool), OPERATIONS, sandbox)
        following = asyncio.create_task(visibility.follow())
        try:
            yield Service(
                settings=settings, pool=pool, store=store, record=store.reader,
                visibility=visibility, scheme=scheme,
                person=Callers(tokens, people, ApiKeys(pool, store)).person,
                people=people, texts=texts, known=scheme.known,
                running=Running(),
                importer=importer,
                veil=Veil(pool, Seals(EVENTS), Exemptions(pool, visibility), texts, PERMISSIONS),
                tiles=Tiles(pool),
                limits=Limits(settings.requests_a_minute),
                jobs=jobs, batches=batches, sandbox=sandbox,
            )  # fmt: skip
        finally:
            await batches.close()
            await importer.close()
            await stop(following)
