"""`worker` and `courier`: what works behind the scenes, and answers nobody."""

import asyncio

import uvloop

from rfp_service import logs
from rfp_service.databases import Database, database
from rfp_service.memory import give_memory_back
from rfp_service.operator.configuration import configured, traced
from rfp_service.service import opened
from rfp_service.temporary_files import own_temporary_folder
from rfp_service.worker import work
from shared.governance.notifications.courier import serve_at
from shared.ledger.log_keys import log_keys
from shared.settings import NotConfigured, Settings
from shared.web.monitoring.metrics_server import metrics_shown


def worker() -> None:
    settings = configured()
    log_keys(settings)  # without them there is no point in beginning

    give_memory_back()

    async def run(base: Database) -> None:
        async with opened(settings, base.service, held=True) as service, metrics_shown(service):
            await work(service)

    with own_temporary_folder(), database(settings) as base, traced(settings):
        uvloop.run(run(base))


def courier() -> None:
    settings = Settings().checked_for_courier()
    logs.configure(settings.log_level)
    if settings.webhook_courier is None:
        raise NotConfigured("`courier` needs WEBHOOK_COURIER, the path at which its worker finds it.")
    asyncio.run(serve_at(settings, settings.webhook_courier))
