"""Whoever the service says was told has been: random people decide, and what came in is compared with that.

Only `make prove` runs this: receivers fail at random meanwhile, and the courier is killed.
"""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid5

import pytest

from shared.governance.notifications.digests import DIGESTS
from shared.settings import Settings
from tests.service.test_inbox_and_guards import PEOPLE, Walk
from tests.service.test_mail import HUGO, SCHEME, Sink, listening
from tests.service.test_webhooks import couriers, registered
from tests.shared.governance.notifications.receiver import Got, polite, receiving
from tests.support.api import Api, running_api
from tests.support.people import SAM
from tests.support.postgres import Base

DECISIONS = int(os.environ.get("TOLD_DECISIONS", "100"))
EACH = 16  # decisions on one RFP at most, so that there are many
SECONDS_LIMIT = 3_600
LATER = (
    "UPDATE deliveries SET due_at = now() WHERE status = 'pending' AND leased_until IS NULL",
    "UPDATE target_health SET open_until = now() - interval '1 second' WHERE open_until > now()",
)
LEFT = """
SELECT (SELECT count(*) FROM deliveries WHERE status = 'pending')
    + (SELECT count(*) FROM notifications WHERE spread_at IS NULL)
"""
ATTEMPTS = """
SELECT n.message_id, n.case_id, d.target, a.outcome, a.started_at FROM deliveries d
JOIN notifications n ON n.id = d.notification_id JOIN delivery_attempts a ON a.delivery_id = d.id
ORDER BY a.id
"""
TOGETHER = timedelta(milliseconds=50)  # attempts at one digest begin in one statement

Entry = tuple[str, str]  # to whom, and which message


class Unreliable:
    """A receiver and a mail server that take most of what comes, and remember what they took."""

    def __init__(self, sink: Sink, dice: Random) -> None:
        self.sink = sink
        self.dice = dice
        self.posted = Counter[str]()

    def post(self, got: Got) -> Any:
        self.sink.refuse_once = self.dice.random() < 0.2
        if got.event["type"] != "endpoint.challenge" and self.dice.random() < 0.2:
            return 503, {}, b""
        self.posted[got.id] += 1
        return polite(got)

    def entries(self, endpoint: str, digests: Mapping[str, Sequence[Entry]]) -> Counter[Entry]:
        """Return how often each was taken, of digests all that was in them."""
        found = Counter({(endpoint, name): times for name, times in self.posted.items()})
        for mail in (*self.sink.mails, *self.sink.turns):
            name, person = mail["Message-ID"].strip("<").partition("@")[0], mail["To"].partition("@")[0]
            found.update(digests[name] if name.startswith("digest_") else [(f"mail:{person}", name)])
        return found


@pytest.fixture
async def sink() -> AsyncIterator[Sink]:
    async with listening() as made:
        yield made


@pytest.fixture
async def api(base: Base, tmp_path: Path, sink: Sink) -> AsyncIterator[Api]:
    settings = Settings(
        data_dir=tmp_path,
        database_url=base.service,
        webhook_loopback=True,
        webhook_seconds=3,
        webhook_lease_seconds=13,
        smtp_host="127.0.0.1",
        smtp_port=sink.port,
        smtp_security="none",
    )
    async with running_api(base, settings=settings) as running:
        yield running


async def time_passes(api: Api, dice: Random) -> None:
    """Make due what waits to be tried again; kill the courier now and then."""
    while True:
        for said in LATER:
            await api.service.pool.execute(said)
        if dice.random() < 0.1:
            for courier in await asyncio.to_thread(couriers):
                os.kill(courier, signal.SIGKILL)
        await asyncio.sleep(1)


async def decided_at_random(api: Api, dice: Random) -> list[str]:
    """Let people decide so often; return the RFPs."""
    walk, rfps = Walk(api, dice), list[str]()
    while sum(walk.done.values()) < DECISIONS:
        taken = Counter(thing for thing, _ in walk.done.elements())
        walk.things["rfps"] = [each for each in walk.things["rfps"] if taken[each] < EACH]
        if len(walk.things["rfps"]) < 4:
            made = await api.in_approval(dice.choice((2_000_000, 9_000_000)), adopt=False)
            walk.things["rfps"].append(made)
            rfps.append(made)
        await walk.step()
    return rfps


async def nothing_is_left(api: Api) -> None:
    async with asyncio.timeout(SECONDS_LIMIT):
        while True:
            position = await api.service.pool.fetchval("SELECT min(position) FROM reactions")
            if position >= await api.service.record.head() and not await api.service.pool.fetchval(LEFT):
                return
            await asyncio.sleep(0.2)


async def test_whoever_is_said_to_be_told_has_been(api: Api, sink: Sink) -> None:
    dice = Random(17)
    await api.meets(*PEOPLE, HUGO)
    await api.have_addresses(*(who.id for who in (*PEOPLE, HUGO)))
    await api.adopts(SCHEME)
    once_a_day = {"decision": "choose", "digest_at": "07:30"}
    await api.post("/v1/notification-choice/decisions", once_a_day, HUGO, version=0)
    async with receiving() as receiver:
        unreliable = Unreliable(sink, dice)
        receiver.answer = unreliable.post
        endpoint, _ = await registered(api, receiver)
        passing = asyncio.create_task(time_passes(api, Random(5)))
        rfps = await decided_at_random(api, dice)
        await nothing_is_left(api)
        passing.cancel()
        await asyncio.gather(passing, return_exceptions=True)
        by_mail = await compared(api, unreliable, endpoint)
        await the_story_agrees(api, rfps, by_mail)


def entry_of(row: Any) -> Entry:
    """Return to whom an attempt was, and at which message."""
    return row["target"], f"msg_{row['message_id'].hex}"


def digests_of(attempts: Iterable[Any]) -> Mapping[str, Sequence[Entry]]:
    """Return what was in each digest, by the name of its mail."""
    found: dict[str, list[Any]] = {}
    for row in attempts:
        if row["target"].startswith("digest:"):
            found.setdefault(row["target"], []).append(row)
    digests = {}
    for rows in found.values():
        breaks = [
            n for n, row in enumerate(rows) if n and row["started_at"] - rows[n - 1]["started_at"] > TOGETHER
        ]
        for first, last in pairwise((0, *breaks, len(rows))):
            ids = sorted(row["message_id"].hex for row in rows[first:last])
            digests[f"digest_{uuid5(DIGESTS, ' '.join(ids)).hex}"] = [*map(entry_of, rows[first:last])]
    return digests


async def compared(api: Api, unreliable: Unreliable, endpoint: str) -> Counter[str]:
    """Expect an entry for each that was told, and no more others than attempts of unknown outcome.

    Return how often somebody was told of each case by mail.
    """
    told, unknown, by_mail = set[Entry](), Counter[Entry](), Counter[str]()
    attempts = await api.service.pool.fetch(ATTEMPTS)
    digests = digests_of(attempts)
    entries = unreliable.entries(endpoint, digests)
    for row in attempts:
        entry = entry_of(row)
        unknown[entry] += row["outcome"] == "unknown"
        if row["outcome"] == "delivered":
            told.add(entry)
            by_mail[str(row["case_id"])] += row["target"].startswith(("mail:", "digest:"))
    assert len(told) > DECISIONS
    assert told <= entries.keys(), "said to be told, and was not"
    for entry, times in entries.items():
        assert times - (entry in told) <= unknown[entry], entry
    print(f"{len(told)} told, {len(digests)} digests, {entries.total()} entries, {unknown.total()} unknown")
    return by_mail


async def the_story_agrees(api: Api, rfps: list[str], by_mail: Counter[str]) -> None:
    """Expect that every story names as told by mail whoever was, and nobody else."""
    assert by_mail.total() > 0
    for rfp in rfps:
        story = (await api.get(f"/v1/audit/streams/{rfp}", SAM)).json()["tellings"]
        accepted = [each for each in story if each["way"] in ("mail", "digest") and each["accepted_at"]]
        assert len(accepted) == by_mail[rfp], rfp
        assert all(each["accepted_at"] >= each["happened_at"] for each in accepted)
