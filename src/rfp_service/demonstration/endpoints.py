"""Programs that are told of approvals: one that is paused while it is moved, and one that was switched off.

Both are fictional, at addresses of this machine where nothing listens: what the log of deliveries says of
them is written as if it had been sent, and nothing is sent to them from here on.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID, uuid5

from rfp_service.demonstration.storyboard import DEMONSTRATION, Storyboard, working_day
from rfp_service.rfps.domain.approval_events import ApprovalRequested
from rfp_service.rfps.reactions import TELL_OF_APPROVALS
from rfp_service.rooms import SUBJECTS
from rfp_service.service import Service
from shared.governance.notifications.commands import PauseEndpoint, RegisterEndpoint
from shared.governance.notifications.domain import EndpointDisabled, WebhookEndpoint
from shared.governance.notifications.notification_types import NotificationType
from shared.governance.notifications.outbox import TELL_OF_ENDPOINTS
from shared.governance.notifications.payloads import payload
from shared.governance.notifications.sender import SAID_GONE
from shared.governance.notifications.sender_commands import GiveEndpointUp, VerifyEndpoint
from shared.kernel.messages import Command, Recorded
from shared.kernel.system_actors import SENDER
from shared.record.database import Connection
from shared.record.projecting.views import STILL_VALID

ADA, LOOPBACK = "ada-admin", "127.0.0.1"
ASKED = NotificationType.APPROVAL_REQUESTED
SOON, TAKEN = timedelta(seconds=1), 200
LISTENED, LONG_AGO = timedelta(days=60), timedelta(days=21)

POSITIONS = "SELECT notification_id FROM stored_events WHERE topic = 'ApprovalRequested'"
EXEMPT = "SELECT matter_id FROM exemptions WHERE valid_to = $1 AND status = 'in_force'"
NOTIFIED = """
INSERT INTO notifications (message_id, position, type, case_kind, case_id, sequence, tier, told_tier, people,
    caused_by, happened_at, body, written_at, spread_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13)
ON CONFLICT (message_id) DO UPDATE SET position = excluded.position RETURNING id
"""
MADE = """
INSERT INTO deliveries (notification_id, target, target_kind, status, attempts, tries, due_at, made_at,
    settled_at)
VALUES ($1, $2, 'webhook', $3, $4, $4, $5, $5, $6) RETURNING id
"""
ATTEMPTED = """
INSERT INTO delivery_attempts (delivery_id, number, started_at, answered_at, status_code, answer, fault,
    outcome)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
FAILED_LAST = """
INSERT INTO target_health (target, failures, failing_since, spaced_failures, last_spaced_at, last_failure_at)
VALUES ($1, $2, $3, 1, $3, $4)
"""


class Attempt(NamedTuple):
    """One attempt at a delivery: how long after it was made, and what came back."""

    after: timedelta
    status: int | None
    answer: str = ""
    fault: str = ""


AT_ONCE = (Attempt(SOON, 200, "{}"),)
AT_LAST = (
    Attempt(SOON, 503, "Busy: try again later."),
    Attempt(timedelta(seconds=6), None, fault="ReadTimeout"),
    Attempt(timedelta(minutes=5), 200, "{}"),
)
NEVER = (
    Attempt(SOON, None, fault="ConnectError"),
    Attempt(timedelta(seconds=7), None, fault="ConnectError"),
    Attempt(timedelta(minutes=5), 503, "Being switched off."),
    Attempt(timedelta(minutes=36), 410, "Switched off for good."),
)


class Listener(NamedTuple):
    """A program that is told: where, and how one delivery went that did not go as the others."""

    name: str
    port: int
    number: int  # of that delivery, of those before it was stopped; the first is its challenge
    attempts: Sequence[Attempt]

    @property
    def id(self) -> UUID:
        """Return the id of its endpoint."""
        return uuid5(DEMONSTRATION, f"endpoint {self.name}")


DESK = Listener("Service desk", 8200, 1, AT_LAST)
WAREHOUSE = Listener("Data warehouse", 8201, -1, NEVER)


def tell_of_endpoints(stage: Storyboard) -> None:
    """Let both be registered and answer; the one is paused, the other says that it is gone."""
    now = stage.now
    pause = PauseEndpoint(reason="Its server is being moved; the service desk says when it is back.")
    _registered(stage, DESK, now - LISTENED, pause, ADA, _morning(now - timedelta(days=4)))
    asked = [s.at for s in stage.scenes if isinstance(s.event, ApprovalRequested) and s.at < now - LONG_AGO]
    if asked:
        gone = max(asked)
        give_up = GiveEndpointUp(reason=SAID_GONE, failing_since=gone + 2 * SOON, failures=len(NEVER))
        _registered(stage, WAREHOUSE, gone - LISTENED, give_up, SENDER, gone + 3 * SOON + NEVER[-1].after)


def _morning(day: datetime) -> datetime:
    return working_day(day.replace(hour=9, minute=40, second=0, microsecond=0))


def _registered(
    stage: Storyboard,
    listener: Listener,
    day: datetime,
    stop: Command[WebhookEndpoint],
    stopped_by: str,
    stopped_at: datetime,
) -> None:
    endpoint, at = stage.thing(f"endpoint {listener.name}", WebhookEndpoint()), _morning(day)
    register = RegisterEndpoint(
        name=listener.name,
        owner=ADA,
        host=LOOPBACK,
        url=f"http://{LOOPBACK}:{listener.port}/rfp",
        types=[ASKED.value],
    )
    secret = str(uuid5(DEMONSTRATION, f"secret {listener.name}"))  # kept by nobody
    stage.decide(endpoint, register, ADA, at, allowed=True, secret_id=secret)
    stage.decide(endpoint, VerifyEndpoint(), SENDER, at + 3 * SOON)
    stage.decide(endpoint, stop, stopped_by, stopped_at)


async def write_deliveries(connection: Connection, service: Service) -> None:
    """Write what both were told, every attempt at it, and what is held for them since."""
    positions = [row["notification_id"] for row in await connection.fetch(POSITIONS)]
    asked = sorted(await service.record.at(positions), key=lambda each: each.happened_at)
    exempt = {row["matter_id"] for row in await connection.fetch(EXEMPT, STILL_VALID)}
    for listener in (DESK, WAREHOUSE):
        history = await service.record.stream(listener.id)
        if not history:  # the year was too short
            continue
        told = [history[0], *(each for each in asked if each.happened_at > history[1].happened_at)]
        async with connection.transaction():
            for recorded, attempts in _courses(listener, told, history[-1].happened_at):
                row = _notified(recorded, service.settings.public_url, withheld=recorded.stream_id in exempt)
                if row:
                    await _write(connection, listener, row, recorded.happened_at + SOON, attempts)
            if isinstance(given_up := history[-1].event, EndpointDisabled):
                since, last = given_up.failing_since, history[-1].happened_at
                await connection.execute(FAILED_LAST, str(listener.id), given_up.failures, since, last)


def _courses(
    listener: Listener, told: Sequence[Recorded], stopped_at: datetime
) -> Iterator[tuple[Recorded, Sequence[Attempt]]]:
    """Yield what was told with every attempt at it; with none, what is held since it was stopped."""
    sent = [each for each in told if each.happened_at < stopped_at]
    unlike = sent[listener.number] if len(sent) > 1 else None
    for each in told:
        attempts = listener.attempts if each is unlike else AT_ONCE
        yield each, attempts if each.happened_at < stopped_at else ()


def _notified(recorded: Recorded, url: str, *, withheld: bool) -> list[object]:
    """Return what is told of an event as it is kept, with its body; nothing if nobody is told of it."""
    rows = [*TELL_OF_ENDPOINTS.rows(recorded), *TELL_OF_APPROVALS.rows(recorded)]
    row = next((row for row in rows if row["type"] in (ASKED, NotificationType.ENDPOINT_CHALLENGE)), None)
    if row is None:
        return []
    where = SUBJECTS[recorded.event.kind].where(recorded.stream_id)
    body = payload({**row, "wait": ""}, *where, url, withheld=withheld, challenge="")
    return [*row.values(), body]


async def _write(
    connection: Connection, listener: Listener, row: list[object], made: datetime, attempts: Sequence[Attempt]
) -> None:
    """Write one delivery, and what became of it."""
    notified = await connection.fetchval(NOTIFIED, *row, made)
    became = "held" if not attempts else "delivered" if attempts[-1].status == TAKEN else "failed"
    settled = made + attempts[-1].after + SOON / 2 if attempts else None
    delivery = await connection.fetchval(
        MADE, notified, str(listener.id), became, len(attempts), made, settled
    )
    for number, (after, status, answer, fault) in enumerate(attempts, start=1):
        at, outcome = made + after, "delivered" if status == TAKEN else "failed"
        answered = at + SOON / 2
        await connection.execute(ATTEMPTED, delivery, number, at, answered, status, answer, fault, outcome)
