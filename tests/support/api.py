"""The whole service in one process, spoken to over HTTP as its users do."""

import asyncio
import base64
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from fastapi import FastAPI
from pydantic import SecretStr

from rfp_service.app import Opening, create_app
from rfp_service.databases import Database
from rfp_service.service import Service
from rfp_service.serving import with_worker
from shared.settings import Settings
from shared.web.access.issuer import demonstration_token
from tests.support.patience import LEASE_SECONDS, PatientInside
from tests.support.people import ADA, HANA, LARS, PRIYA, RITA, SCHEME, Who
from tests.support.postgres import Base

Json = Mapping[str, Any]
SECRET = SecretStr(base64.b64encode(bytes(32)).decode())  # the same at each start on a database


@lru_cache(maxsize=256)
def _token(folder: Path, who: Who, _second: int) -> str:
    """Sign once in a second what is good from that second on."""
    areas = None if who.areas is None else list(who.areas)
    return demonstration_token(folder, who.id, list(who.roles), areas)


@dataclass
class Api:
    """A client that asks as whoever is wanted, and insists on the status it expects."""

    app: FastAPI
    client: httpx.AsyncClient
    folder: Path
    position: int = 0

    @property
    def service(self) -> Service:
        service: Service = self.app.state.service
        return service

    def token(self, who: Who) -> str:
        return _token(self.folder, who, int(time.time()))

    def headers(self, who: Who | None, **more: str | None) -> dict[str, str]:
        headers = {"Authorization": f"Bearer {self.token(who)}"} if who else {}
        return headers | {name.replace("_", "-"): value for name, value in more.items() if value is not None}

    async def get(
        self,
        path: str,
        who: Who | None = RITA,
        expect: int = 200,
        headers: Mapping[str, str] | None = None,
        **query: Any,
    ) -> httpx.Response:
        """Read; by default, what has been decided through this client so far."""
        if "after" not in query and "as_of" not in query and path.startswith("/v1"):
            query["after"] = self.position
        wanted = {name.rstrip("_"): value for name, value in query.items() if value is not None}
        response = await self.client.get(path, params=wanted, headers=self.headers(who) | dict(headers or {}))
        assert response.status_code == expect, response.text
        return response

    async def post(
        self,
        path: str,
        body: Any,
        who: Who | None = RITA,
        expect: int | None = None,
        version: int | None = None,
        key: str | None = None,
    ) -> httpx.Response:
        """Ask for a change."""
        if_match = None if version is None else f'"{version}"'
        response = await self.client.post(
            path, json=body, headers=self.headers(who, If_Match=if_match, Idempotency_Key=key)
        )
        if expect is None:
            assert response.is_success, response.text
        else:
            assert response.status_code == expect, response.text
        if response.is_success and "position" in response.json():
            self.position = max(self.position, response.json()["position"])
        return response

    async def decide(
        self,
        rfp: str,
        decision: str,
        who: Who = RITA,
        expect: int | None = None,
        key: str | None = None,
        **fields: Any,
    ) -> httpx.Response:
        """Decide on an RFP as it stands now."""
        version = (await self.get(f"/v1/rfps/{rfp}", who)).json()["version"]
        body = {"decision": decision, **fields}
        return await self.post(f"/v1/rfps/{rfp}/decisions", body, who, expect, version, key)

    async def meets(self, *people: Who) -> None:
        """Let people sign in, so that decisions may name them."""
        for who in people:
            await self.get("/v1/rfps", who, limit=1)

    async def catch_up(self) -> None:
        """Read from now on all that is on the record, as after waiting for what a clock decides.

        One thing is read as it is, and may be ahead of the lists: what was seen of it may not be in them yet.
        """
        self.position = max(self.position, await self.service.record.head())

    async def have_addresses(self, *people: str) -> None:
        """Let people who have signed in before be reached by mail."""
        details = self.service.people.details
        known = await details.of(people)
        reached = {each: known[each]._replace(email=f"{each}@council.example") for each in people}
        await details.write(reached)

    async def adopt_scheme(self) -> None:
        await self.adopts(SCHEME)

    async def adopts(self, scheme: Json, version: int = 0) -> None:
        """Let one person propose a scheme, and another confirm it: two versions each time."""
        await self.post("/v1/scheme/decisions", scheme, ADA, version=version)
        body = {"decision": "confirm", "proposal": version // 2 + 1}
        await self.post("/v1/scheme/decisions", body, LARS, version=version + 1)

    async def raised(self, who: Who = RITA, title: str = "Laptops") -> str:
        """Raise an RFP."""
        body = {"title": title, "description": "Forty of them.", "service_area": "Registrars"}
        identity: str = (await self.post("/v1/rfps", body, who)).json()["id"]
        return identity

    async def in_approval(self, estimate_pence: int = 2_000_000, *, adopt: bool = True) -> str:
        """Bring an RFP of Rita's as far as its approval."""
        rfp = await self.in_business_case(estimate_pence, adopt=adopt)
        await self.decide(
            rfp, "request-approval", budget_code="IT-1", options_considered="None", conflicts="None"
        )
        return rfp

    async def in_business_case(self, estimate_pence: int = 2_000_000, *, adopt: bool = True) -> str:
        """Bring an RFP of Rita's so far that she may ask for approval, or for a waiver."""
        if adopt:
            await self.adopt_scheme()
        rfp = await self.raised()
        await self.decide(
            rfp,
            "amend",
            cost_centre="CC-1",
            needed_by="2027-01-01",
            estimate_pence=estimate_pence,
            estimate_with_vat_pence=estimate_pence * 12 // 10,
        )
        check = await self.post("/v1/catalogue-checks", {"query": "laptop"})
        await self.decide(rfp, "check-catalogue", check_id=check.json()["id"])
        await self.decide(rfp, "confirm-no-match")
        await self.decide(rfp, "submit")
        await self.decide(rfp, "accept", PRIYA)
        await self.decide(
            rfp, "select-route", PRIYA, regime="procurement_act_2023", route="open_tender", lead="priya"
        )
        return rfp

    async def approved(self) -> str:
        """Bring an RFP of Rita's through a one-tier approval."""
        rfp = await self.in_approval()
        await self.decide(rfp, "approve", HANA, reason="In budget.")
        return rfp


@cache
def app_at_rest() -> FastAPI:
    """Return an app that nobody has opened, for what needs its routes alone."""
    return create_app()


class Door:
    """An app that opens one service after another: building its routes takes longer than most tests."""

    def __init__(self, origins: tuple[str, ...]) -> None:
        self.app = create_app(self._open, origins=origins)
        self.opening: Opening

    def _open(self) -> AbstractAsyncContextManager[Service]:
        return self.opening()


_shut: dict[tuple[str, ...], list[Door]] = {}


def sending_here(base: Base, folder: Path) -> Settings:
    """Return the settings of a service that may send to this machine."""
    return Settings(
        data_dir=folder, database_url=base.service, webhook_loopback=True, webhook_lease_seconds=LEASE_SECONDS
    )


@asynccontextmanager
async def running_api(
    base: Base, *, worker: bool = True, settings: Settings | None = None
) -> AsyncIterator[Api]:
    """Run the service on a database, with its background work beside it."""
    with TemporaryDirectory() as folder:
        own = Settings(data_dir=Path(folder), database_url=base.service, personal_secret=SECRET)
        settings = settings or own
        database = Database(base.service, base.owner)
        shut = _shut.setdefault(tuple(settings.origins), [])
        door = shut.pop() if shut else Door(tuple(settings.origins))
        door.opening = lambda: with_worker(settings, database, worker=worker)
        transport = PatientInside(door.app, raise_app_exceptions=False)
        async with (
            door.app.router.lifespan_context(door.app),
            httpx.AsyncClient(transport=transport, base_url="http://service") as client,
        ):
            yield Api(door.app, client, settings.data_dir)
            await asyncio.sleep(0)
        shut.append(door)
