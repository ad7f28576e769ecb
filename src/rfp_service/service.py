"""The composition root: every part of the service is made and joined here, and only here."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import asyncpg
from joserfc.jwk import KeySet

from projects.api.past import Past
from projects.context import PROJECTS
from rfp_service.catalogue.context import CATALOGUE
from rfp_service.permissions import PERMISSIONS
from rfp_service.policies import FACTS
from rfp_service.rfps.context import RFPS
from shared.access.issuer import demonstration_tokens
from shared.access.permissions import Permissions
from shared.access.tokens import Person, Tokens
from shared.audit.context import AUDIT
from shared.bulk.answering import Batches
from shared.bulk.context import BULK
from shared.context import Context
from shared.database import connected
from shared.eventstore.encoding import Topics
from shared.eventstore.reading import Reader
from shared.eventstore.store import EventStore
from shared.flow.context import FLOW
from shared.http.deciding import FactFinder, Running
from shared.imports.context import IMPORTS
from shared.imports.running import Importer
from shared.jobs.context import JOBS
from shared.jobs.keeping import Jobs
from shared.messages import Command, Known
from shared.notices.context import NOTICES
from shared.projecting.visibility import Visibility
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
    BULK,
    JOBS,
    PROJECTS,
)
EVENTS = tuple(event for context in CONTEXTS for event in context.events)
VIEWS = tuple(view for context in CONTEXTS for view in context.views)
REACTIONS = tuple(reaction for context in CONTEXTS for reaction in context.reactions)


@dataclass(frozen=True)
class Service:
    """What every door needs: the record, the views, and who may do what."""

    settings: Settings
    pool: asyncpg.Pool
    store: EventStore
    record: Reader
    visibility: Visibility
    scheme: SchemeFacts
    tokens: Tokens
    known: Callable[[Person], Awaitable[Known]]
    running: Running
    importer: Importer
    jobs: Jobs
    batches: Batches
    slips: Past = field(default_factory=Past)
    permissions: Permissions = PERMISSIONS
    facts: Mapping[type[Command[Any]], FactFinder] = field(default_factory=lambda: FACTS)


@asynccontextmanager
async def opened(settings: Settings, database_url: str) -> AsyncIterator[Service]:
    """Open the service on a database, and close it again."""
    async with connected(database_url, settings.database_pool) as pool:
        store = EventStore(pool, Topics(EVENTS))
        visibility = Visibility(pool)
        await visibility.look(pool)
        scheme = SchemeFacts(pool, store)
        importer = Importer(pool, store)
        jobs = Jobs(pool)
        batches = Batches(pool, store, jobs)
        following = asyncio.create_task(visibility.follow())
        try:
            yield Service(
                settings=settings,
                pool=pool,
                store=store,
                record=store.reader,
                visibility=visibility,
                scheme=scheme,
                tokens=_tokens(settings),
                known=scheme.known,
                running=Running(),
                importer=importer,
                jobs=jobs,
                batches=batches,
            )
        finally:
            await batches.close()
            await importer.close()
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)


def _tokens(settings: Settings) -> Tokens:
    """Trust the council's issuer; in the demonstration profile, the issuer in the data folder."""
    if settings.profile is Profile.DEMONSTRATION:
        return demonstration_tokens(settings.data_dir)
    assert settings.token_keys is not None, "checked settings name it"
    assert settings.token_issuer is not None, "checked settings name it"
    keys = KeySet.import_key_set(json.loads(settings.token_keys.read_text()))
    return Tokens(keys, settings.token_issuer, settings.token_audience)
