"""Who is told by mail: whoever can act, nobody who can't, and whoever was told hears when it is done."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from aiosmtpd.smtp import SMTP

from rfp_service.events import EVENTS
from rfp_service.rooms import DEADLINES
from rfp_service.slow_cases import SlowCases
from rfp_service.waiting_turns import WaitingTurns
from shared.flow.log import FlowLog
from shared.governance.audit.replay.notification_proofs import ANSWERS
from shared.governance.notifications.notification_types import SUBJECTS, WAITS, NotificationType
from shared.kernel.calendar import LONDON, WorkingTime
from shared.kernel.roles import Role
from shared.record.database import connected
from shared.record.deadlines.firing import Firing
from shared.settings import Settings
from shared.web.jobs.table import JobStatus, KeptWork
from tests.shared.flow.test_stuck import AS_OF, WORKING, log_of
from tests.support.api import Api, running_api
from tests.support.days import in_days
from tests.support.deliveries import let_be_due, one_has_failed
from tests.support.patience import until_true
from tests.support.people import ADA, DEREK, HANA, LARS, LEO, PIA, PRIYA, RITA, SAM, Who
from tests.support.postgres import Base

PATIENCE_SECONDS = 90.0
OF_LARS = "SELECT count(*) FROM deliveries WHERE target = 'digest:lars' AND status = 'pending'"
OF_TURNS = {
    SUBJECTS[NotificationType.TURN_BEGAN],
    SUBJECTS[NotificationType.TURN_ENDED],
    *(subject for subject, _ in WAITS.values()),
}
HUGO = Who("hugo", (Role.APPROVER,))
CORA = Who("cora", (Role.CONTRACT_MANAGER,))
SCHEME_VALUES = {
    "effective_from": "2020-01-01",
    "tiers": [
        {"name": "head", "up_to_pence": 2_500_000, "approvers": ["hana", "hugo", "rita"]},
        {"name": "director", "up_to_pence": 25_000_000, "approvers": ["derek"]},
    ],
}
SCHEME = {"decision": "adopt", "values": SCHEME_VALUES, "reason": "First scheme."}


@dataclass
class Sink:
    """A mail server that keeps what it takes."""

    mails: list[EmailMessage] = field(default_factory=list)
    turns: list[EmailMessage] = field(default_factory=list)  # of parties, and those of the inbox
    refuse_once: bool = False
    port: int = 0

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  # its own name
        if self.refuse_once:
            self.refuse_once = False
            return "451 Later"
        mail: EmailMessage = message_from_bytes(envelope.content, policy=policy.default)  # type: ignore[arg-type]  # a policy of mails
        subject = mail["Subject"].partition(" (")[0]
        (self.turns if subject in OF_TURNS else self.mails).append(mail)
        return "250 OK"

    async def have(self, number: int) -> list[tuple[str, str]]:
        """Wait for so many mails; return who was told what, in order."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                if len(self.mails) >= number:
                    break
                await asyncio.sleep(0.02)
        return sorted(
            (mail["To"].partition("@")[0], mail["Subject"].partition(" (")[0]) for mail in self.mails
        )


@asynccontextmanager
async def listening() -> AsyncIterator[Sink]:
    """Lend a mail server."""
    sink = Sink()
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(sink), "127.0.0.1", 0)
    sink.port = server.sockets[0].getsockname()[1]
    try:
        yield sink
    finally:
        server.close()
        await server.wait_closed()


@pytest.fixture
async def sink() -> AsyncIterator[Sink]:
    async with listening() as made:
        yield made


@pytest.fixture
async def api(base: Base, tmp_path: Path, sink: Sink) -> AsyncIterator[Api]:
    settings = Settings(
        data_dir=tmp_path,
        database_url=base.service,
        smtp_host="127.0.0.1",
        smtp_port=sink.port,
        smtp_security="none",
        mail_from="rfp@council.example",
    )
    async with running_api(base, settings=settings) as running:
        await running.meets(RITA, HANA, HUGO, DEREK, LEO)
        await running.have_addresses("rita", "hana", "hugo", "derek", "leo")
        await running.adopts(SCHEME)
        yield running


@pytest.mark.slow
async def test_whoever_can_act_is_told_and_told_again_when_another_has_decided(api: Api, sink: Sink) -> None:
    sink.refuse_once = True
    rfp = await api.in_approval(20_000_000, adopt=False)
    # Rita stands on the tier and can't approve her own request.
    asked = "Your approval is asked for"
    assert set(await sink.have(1)) <= {("hana", asked), ("hugo", asked)}
    await until_true(lambda: one_has_failed(api.service.pool))
    await let_be_due(api.service.pool)
    assert await sink.have(2) == [("hana", asked), ("hugo", asked)]
    mail = sink.mails[0]
    assert mail["References"] == f"<{rfp}@council.example>"
    assert mail["List-Id"] == "rfp-service <rfp-service.council.example>"
    for part in mail.iter_parts():
        assert f"/console/rfps/{rfp}" in part.get_content()
        assert "Laptops" not in part.get_content()
    sink.mails.clear()
    await api.decide(rfp, "approve", HANA, reason="In budget.")
    assert await sink.have(2) == [("derek", asked), ("hugo", "Done: somebody else has decided")]
    sink.mails.clear()
    await api.decide(rfp, "refuse", DEREK, reason="Too dear.")
    assert await sink.have(1) == [("rita", "Your request has come to its end")]


@pytest.mark.slow
async def test_a_stand_in_is_told_and_the_absent_one_is_not(api: Api, sink: Sink) -> None:
    today = datetime.now(UTC).date()
    for delegator, delegate, limit in ((HANA, "derek", 2_500_000), (HUGO, "leo", 1_999_999)):
        body = {
            "delegate": delegate,
            "limit_pence": limit,
            "first_day": str(today),
            "last_day": str(date.fromordinal(today.toordinal() + 7)),
            "reason": "Leave.",
        }
        await api.post("/v1/delegations", body, delegator)
    await api.in_approval(adopt=False)
    asked = "Your approval is asked for"
    assert await sink.have(2) == [("derek", asked), ("hugo", asked)]  # Leo's limit is below it
    assert len(sink.mails) == 2


# The database's own clock does not go ahead with this one, and it lets nothing be settled before its time.
SETTLED_AHEAD = """
CREATE OR REPLACE FUNCTION settle_deadline(deadline bigint, became text)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE deadlines SET settled_at = clock_timestamp(), outcome = became, leased_until = NULL
    WHERE id = deadline
$$
"""


@pytest.mark.slow
async def test_when_nobody_answers_stand_ins_are_told_and_then_the_tier_above(
    api: Api, sink: Sink, base: Base
) -> None:
    clocks = {"answer_working_days": 2, "stand_in_working_days": 3, "next_tier_working_days": 4}
    from_today = {"effective_from": str(datetime.now(LONDON).date()), "approval_clocks": clocks}
    await api.adopts({**SCHEME, "values": {**SCHEME_VALUES, **from_today}}, version=2)
    rfp = await api.in_approval(adopt=False)
    assert len(await sink.have(2)) == 2
    sink.mails.clear()
    later = datetime.now(UTC) + timedelta(days=21)
    body = {
        "delegate": "leo",
        "limit_pence": 2_500_000,
        "first_day": str(datetime.now(UTC).date()),
        "last_day": str(later.date() + timedelta(days=1)),
        "reason": "Ill.",
    }
    await api.post("/v1/delegations", body, HANA)  # once she had been told
    service = api.service
    await api.get("/v1/delegations", HANA)
    async with connected(base.admin, 1) as owner:
        await owner.execute(SETTLED_AHEAD)
    firing = Firing(service.pool, service.store, service.known, DEADLINES)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while len(sink.mails) < 4:  # the turn's own clocks are set by the worker first
            await firing.fire(later)
            await asyncio.sleep(0.05)
    assert await sink.have(4) == [
        ("derek", "Nobody has answered: please do"),
        ("hugo", "Your answer is overdue"),
        ("leo", "Nobody has answered: please do"),
        ("leo", "Your answer is overdue"),
    ]
    sink.mails.clear()
    await api.decide(rfp, "approve", HUGO, reason="In budget.")
    assert {person for person, _ in await sink.have(3)} == {"derek", "hana", "leo"}


async def test_whoever_wants_no_mail_gets_none_and_quiet_hours_are_waited_for(api: Api, sink: Sink) -> None:
    path = "/v1/notification-choice"
    await api.post(f"{path}/decisions", {"decision": "choose", "mail": False}, HANA, version=0)
    now = datetime.now(LONDON)
    begins, ends = now - timedelta(minutes=2), now + timedelta(hours=2)
    quiet = {"quiet_from": f"{begins:%H:%M}", "quiet_until": f"{ends:%H:%M}"}
    await api.post(f"{path}/decisions", {"decision": "choose", **quiet}, HUGO, version=0)
    assert (await api.get(path, HUGO)).json() == {
        "version": 1,
        "mail": True,
        "teams": False,
        "working_days_only": False,
        "digest_at": None,
        **quiet,
    }
    rfp = await api.in_approval(adopt=False)
    due = """
    SELECT target, due_at > now() + interval '1 hour' AS later FROM deliveries WHERE target = 'mail:hugo'
    """
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            rows = await api.service.pool.fetch(due)
            if rows:
                break
            await asyncio.sleep(0.02)
    assert [tuple(row) for row in rows] == [("mail:hugo", True)]
    await api.decide(rfp, "approve", HANA, reason="In budget.")
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            rows = await api.service.pool.fetch("SELECT status FROM deliveries WHERE target = 'mail:hugo'")
            if rows[0]["status"] == "dropped":
                break
            await asyncio.sleep(0.02)
    assert len(rows) == 1  # nor is he told that it is done
    assert sink.mails == []


async def digest_holds(api: Api, items: int) -> None:
    """Wait until what is kept for a digest is so many things."""
    pool = api.service.pool
    waiting = "SELECT count(*) FROM deliveries WHERE target = 'digest:hugo' AND status = 'pending'"
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            if await pool.fetchval(waiting) == items:
                break
            await asyncio.sleep(0.02)


async def digest_is_due(api: Api, items: int) -> None:
    """Let the time of a digest come, once it holds so many things."""
    pool = api.service.pool
    await digest_holds(api, items)
    later = (
        "SELECT bool_and(due_at > now()) FROM deliveries WHERE target_kind = 'digest' AND status = 'pending'"
    )
    assert await pool.fetchval(later)
    await let_be_due(pool, "digest:hugo")


async def chosen_daily(api: Api) -> None:
    """Let Hana want no mail, and Hugo one a day, later on."""
    path, none = "/v1/notification-choice/decisions", {"decision": "choose", "mail": False}
    await api.post(path, none, HANA, version=0)
    await api.post(path, {**none, "digest_at": "07:30"}, HUGO, expect=409, version=0)
    soon = datetime.now(LONDON) + timedelta(hours=2)
    await api.post(path, {"decision": "choose", "digest_at": f"{soon:%H:%M}"}, HUGO, version=0)


@pytest.mark.slow
async def test_one_mail_a_day_lists_what_still_waits(api: Api, sink: Sink) -> None:
    await chosen_daily(api)
    done, waits, ended = [await api.in_approval(adopt=False) for _ in range(3)]
    await digest_holds(api, 3)  # on the way there it held one as well
    await api.decide(done, "approve", HANA, reason="In budget.")
    await api.decide(ended, "withdraw", RITA, reason="No need.")
    await digest_is_due(api, 1)
    assert await sink.have(1) == [("hugo", "Your day: 1 thing waits for you")]
    for part in sink.mails[0].iter_parts():
        said = part.get_content()
        assert f"/console/rfps/{waits}" in said
        assert done not in said
        assert ended not in said
    await api.decide(waits, "approve", HANA, reason="In budget.")
    await digest_is_due(api, 1)
    assert ("hugo", "Your day: nothing waits for you, 1 done") in await sink.have(2)
    assert sink.mails[0]["Message-ID"] != sink.mails[1]["Message-ID"]
    told = await tellings(api, waits, 2)
    accepted = [each["way"] for each in told if each["person"] == "hugo" and each["accepted_at"]]
    assert accepted == ["digest", "digest"]


@pytest.mark.slow
async def test_a_turn_of_the_inbox_is_in_a_digest_and_no_longer_once_it_is_over(api: Api, sink: Sink) -> None:
    pool = api.service.pool
    await api.meets(LARS)
    await api.have_addresses("lars")
    soon = datetime.now(LONDON) + timedelta(hours=2)
    chosen = {"decision": "choose", "digest_at": f"{soon:%H:%M}"}
    await api.post("/v1/notification-choice/decisions", chosen, LARS, version=0)

    async def waits_for_lars(number: int) -> None:
        async def so() -> bool:
            return int(await pool.fetchval(OF_LARS)) == number

        await until_true(so)

    proposed = {**SCHEME, "values": {**SCHEME_VALUES, "effective_from": in_days(1)}}
    await api.post("/v1/scheme/decisions", proposed, ADA, version=2)
    await waits_for_lars(1)
    taken_back = {"decision": "withdraw", "proposal": 2, "reason": "Not yet."}
    await api.post("/v1/scheme/decisions", taken_back, ADA, version=3)
    await waits_for_lars(0)
    await api.post("/v1/scheme/decisions", proposed, ADA, version=4)
    await waits_for_lars(1)
    await let_be_due(pool, "digest:lars")
    assert await sink.have(1) == [("lars", "Your day: 1 thing waits for you")]
    for part in sink.mails[0].iter_parts():
        assert "A scheme waits for you to confirm it" in part.get_content()
        assert "/console/scheme" in part.get_content()


@pytest.mark.slow
async def test_whoever_is_told_much_at_once_has_one_mail_for_it(api: Api, sink: Sink) -> None:
    await api.meets(LARS)
    pool, service = api.service.pool, api.service
    await api.have_addresses("lars")
    for number in range(7):
        ended = {"title": f"Project {number}", "origin": "other", "owner": "lars", "forecast_end": in_days(0)}
        await api.post("/v1/projects", ended, PIA, 201)
    await api.get("/v1/rfps", limit=1)
    noon = datetime.now(LONDON).replace(hour=12)  # a working day will have begun in a week, whatever today is
    await WaitingTurns(service).look(noon + timedelta(days=7))
    assert await sink.have(1) == [("lars", "Your day: 7 things wait for you")]
    assert sink.turns == []
    mails = """SELECT count(*) FROM deliveries d JOIN notifications n ON n.id = d.notification_id
               WHERE d.target_kind = 'mail' AND n.case_kind = 'project'"""
    assert await pool.fetchval(mails) == 0


async def test_a_party_whose_turn_it_is_is_told(api: Api, sink: Sink) -> None:
    rfp = await api.in_approval(adopt=False)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            if sink.turns:
                break
            await asyncio.sleep(0.02)
    assert {mail["To"].partition("@")[0] for mail in sink.turns} == {"rita"}
    assert rfp[:8] in sink.turns[0]["Subject"]


async def test_a_role_s_people_hear_of_their_turn_and_an_order_s_tier_of_its_own(
    api: Api, sink: Sink
) -> None:
    await api.meets(CORA, PRIYA)
    await api.have_addresses("cora", "priya")
    await api.post("/v1/renewal-rounds", {"month": f"{datetime.now(LONDON):%Y-%m}"}, PRIYA)
    assert await sink.have(1) == [("cora", "A round of contract reviews is open")]
    sink.mails.clear()
    item = {"name": "Laptop", "description": "14-inch.", "category": "Devices", "price_pence": 74_900}
    more = {"lead_time_days": 10, "approval_above_pence": 100_000}
    laptop = (await api.post("/v1/catalogue-items", item | more, PRIYA)).json()["id"]
    await api.get("/v1/catalogue-items")
    body = {"item_id": laptop, "quantity": 2, "service_area": "Registrars", "cost_centre": "CC-1"}
    order = (await api.post("/v1/catalogue-orders", body, LEO)).json()["id"]
    asked = "Your approval is asked for"
    assert await sink.have(3) == [("hana", asked), ("hugo", asked), ("rita", asked)]
    sink.mails.clear()
    version = (await api.get(f"/v1/catalogue-orders/{order}", LEO)).json()["version"]
    approve = {"decision": "approve-order", "reason": "Yes."}
    await api.post(f"/v1/catalogue-orders/{order}/decisions", approve, HANA, version=version)
    done = "Done: somebody else has decided"
    assert await sink.have(2) == [("hugo", done), ("rita", done)]

    async def buyers_are_told() -> bool:
        return [mail["To"] for mail in sink.turns if order[:8] in mail["Subject"]] == [
            "priya@council.example"
        ]

    await until_true(buyers_are_told)


@pytest.mark.slow
async def test_who_can_act_is_told_once_that_a_case_waits_for_unusually_long(api: Api, sink: Sink) -> None:
    slow = await api.in_approval(adopt=False)
    await sink.have(2)
    sink.mails.clear()
    rows = [(slow, 0.0, "approval", "approver")]
    for n in range(40):  # forty others took up to four days
        rows += [(f"c{n}", -30.0, "approval", "approver"), (f"c{n}", -30.0 + n % 4 + 1, "over", "nobody")]

    async def live() -> tuple[FlowLog, WorkingTime, int]:
        return log_of(rows), WORKING, await api.service.record.head()

    async def behind() -> None:
        return None

    assert await SlowCases(api.service.pool, behind).look(AS_OF) == 0
    for _ in range(2):
        assert await SlowCases(api.service.pool, live).look(AS_OF) == 1
    said = "It has waited for unusually long"
    assert await sink.have(2) == [("hana", said), ("hugo", said)]
    assert await api.service.pool.fetchval("SELECT count(*) FROM notifications WHERE type = 'case.slow'") == 1


async def test_whoever_handed_a_bulk_job_in_is_told_once_that_it_has_ended(api: Api, sink: Sink) -> None:
    jobs, job = api.service.jobs, uuid4()
    await jobs.begin(KeptWork(job, "hugo", "categorise", 1, {}), [])
    await jobs.end(job, JobStatus.DONE)
    await jobs.end(job, JobStatus.FAILED)  # it is over already
    assert await sink.have(1) == [("hugo", "Your bulk job has ended")]
    assert f"/v1/jobs/{job}" in next(sink.mails[0].iter_parts()).get_content()
    assert (await jobs.see(job, "hugo")).status is JobStatus.DONE


@pytest.mark.slow
async def test_the_story_says_who_was_told_when_they_first_looked_and_when_they_decided(
    api: Api, sink: Sink
) -> None:
    rfp = await api.in_approval(adopt=False)
    await sink.have(2)
    told = await tellings(api, rfp, 2)
    assert [(each["person"], each["way"], each["first_looked_at"]) for each in told] == [
        ("hana", "mail", None),
        ("hugo", "mail", None),
    ]
    await api.get(f"/v1/rfps/{rfp}", SAM)  # who was told nothing
    await api.get(f"/v1/rfps/{rfp}", HANA)
    await api.get(f"/v1/rfps/{rfp}/history", HANA)
    await api.decide(rfp, "approve", HUGO, reason="In budget.")
    hana, hugo, *_ = await tellings(api, rfp, 3)
    assert None not in (hana["accepted_at"], hana["first_looked_at"])
    assert hana["decided_at"] is None
    looked = hugo["first_looked_at"]  # deciding begins with a look
    assert None not in (hugo["accepted_at"], looked, hugo["decided_at"])
    assert hugo["sentence"].startswith("hugo was told on ")
    assert " by mail (approval requested), first looked at it on " in hugo["sentence"]
    rows = await api.service.pool.fetch("SELECT count(*) AS n, person FROM first_looks GROUP BY person")
    looks = {row["person"]: row["n"] for row in rows if row["person"] != "priya"}  # whose turn it had been
    assert looks == {"hana": 1, "hugo": 1}


@pytest.mark.slow
async def test_scrutiny_counts_who_decided_without_having_been_told(api: Api, sink: Sink) -> None:
    rfp = await api.in_approval(20_000_000, adopt=False)
    await sink.have(2)
    await tellings(api, rfp, 2)
    await api.decide(rfp, "approve", HANA, reason="In budget.")
    body = {"decision": "choose", "mail": False}
    await api.post("/v1/notification-choice/decisions", body, DEREK, version=0)
    held = await api.decide(rfp, "hold", DEREK, waiting_on="finance", reason="Is there money?")
    untold = await api.in_approval(20_000_000, adopt=False)
    await api.decide(untold, "approve", HANA, reason="In budget.")
    made = await api.decide(untold, "approve", DEREK, reason="In budget.")
    year = datetime.now(UTC).year
    period = {"from_": f"{year}-01-01T00:00Z", "to": f"{year + 1}-01-01T00:00Z"}
    seen = (await api.get("/v1/audit/periods", SAM, **period)).json()
    assert made.json()["position"] in seen["recorded_now"]["told_late"]["positions"]
    assert held.json()["position"] not in seen["recorded_now"]["told_late"]["positions"]
    assert seen["recorded_now"]["told_late"]["n"] < seen["recorded_now"]["by_kind"]["ApprovalGranted"]


class Behind(datetime):
    """A clock that has stepped back."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> "Behind":
        return cls.fromtimestamp(datetime.now(tz).timestamp() - 50, tz)


def test_what_answers_a_turn_are_events_that_end_one() -> None:
    assert {event.__name__ for event in EVENTS} >= set(ANSWERS)


@pytest.mark.slow
async def test_who_was_told_before_deciding_is_so_though_a_clock_has_stepped_back(
    api: Api, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    rfp = await api.in_approval(adopt=False)
    await sink.have(2)
    [hana, _] = await tellings(api, rfp, 2)
    monkeypatch.setattr("shared.web.decisions.commands.datetime", Behind)
    made = (await api.decide(rfp, "approve", HANA, reason="In budget.")).json()
    [decided, *_] = (await api.get("/v1/audit/decisions", SAM)).json()["items"]
    assert decided["position"] == made["position"]
    assert decided["happened_at"] < hana["accepted_at"] < decided["recorded_at"]
    period = {"from_": hana["happened_at"], "to": in_days(1) + "T00:00Z"}
    seen = (await api.get("/v1/audit/periods", SAM, **period)).json()
    assert seen["recorded_now"]["told_late"] == {"n": 0, "positions": []}


async def tellings(api: Api, rfp: str, accepted: int) -> list[dict[str, Any]]:
    """Return who was told of a case, once so many tellings have been accepted."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            story = (await api.get(f"/v1/audit/streams/{rfp}", SAM)).json()
            told = [each for each in story["tellings"] if each["about"] != "turn.began"]
            if sum(each["accepted_at"] is not None for each in told) >= accepted:
                return told
            await asyncio.sleep(0.05)
