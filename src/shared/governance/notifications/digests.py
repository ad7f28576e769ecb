"""The digest: one mail a day with what somebody is to be told since the last, less what no longer waits."""

from collections.abc import Iterable, Mapping, Sequence
from email.message import EmailMessage
from html import escape
from typing import Any
from uuid import UUID, uuid5

import asyncpg
import orjson

from shared.governance.notifications import claims
from shared.governance.notifications.later_releases import LOOK_AGAIN_SECONDS, OF_A_LATER_RELEASE
from shared.governance.notifications.mail import NO_ANSWERS, addressed, opened_at
from shared.governance.notifications.notification_types import NotificationType, words_of
from shared.governance.notifications.recipients import OVER
from shared.record.eventstore.store import EventStore
from shared.web.context import NotificationSubject

DIGESTS = UUID("2f8e1d6a-93c4-4c5b-8b1e-7d0a6c3e9f52")
NEWS = OVER | {NotificationType.REQUEST_ENDED, NotificationType.JOB_ENDED}  # which wait for nothing
WAITING, DONE = "Waiting for you", "Done"

DUE = f"""
SELECT d.id, d.attempts, n.type, n.case_kind, n.case_id, n.told_tier, n.wait, EXISTS (
    SELECT FROM told_waits w WHERE w.thing = n.case_id AND w.wait = n.wait AND w.turn = n.wait_turn
      AND w.person = split_part(d.target, ':', 2)
) AS still_told
FROM deliveries d
JOIN notifications n ON n.id = d.notification_id
WHERE {claims.OF_PERSONS} AND d.target_kind = 'digest' AND {claims.DUE}
"""
DROP = """
UPDATE deliveries SET status = 'dropped', settled_at = clock_timestamp()
WHERE id = ANY ($1) AND status = 'pending' AND attempts = 0
"""

PUT_OFF = """
UPDATE deliveries SET due_at = clock_timestamp() + $2 * interval '1 second'
WHERE id = ANY ($1) AND status = 'pending' AND attempts = 0
"""


async def drop_what_no_longer_waits(
    pool: asyncpg.Pool, store: EventStore, subjects: Mapping[str, NotificationSubject]
) -> list[int]:
    """Leave out of digests that are due what has been done since; return what may be sent in them.

    News of what was told is left in, and what was tried before, for it may have come. What becomes due
    meanwhile waits for the next look, and so does, put off, what this release can't read.
    """
    over: list[int] = []
    looked_at: list[int] = []
    unread: list[int] = []
    for row in await pool.fetch(DUE):
        news = row["type"] in NEWS or row["attempts"]
        try:
            waits = news or await _waits(row, store, subjects)
        except OF_A_LATER_RELEASE:
            unread.append(row["id"])
        else:
            (looked_at if waits else over).append(row["id"])
    if unread:  # it would be due again at once, and the sender never rest
        await pool.execute(PUT_OFF, unread, LOOK_AGAIN_SECONDS)
    if over:
        await pool.execute(DROP, over)
    return looked_at


async def _waits(row: asyncpg.Record, store: EventStore, subjects: Mapping[str, NotificationSubject]) -> bool:
    """Say whether what somebody was to be told still waits for them."""
    if row["wait"]:
        return bool(row["still_told"])
    subject = subjects[row["case_kind"]]
    state = (await store.load(row["case_id"], subject.blank)).state
    return subject.waits(state, row["type"], row["told_tier"])


def digest_message(bodies: Sequence[bytes], ids: Iterable[UUID], address: str, sender: str) -> EmailMessage:
    """Return the mail that tells somebody of all of these events: what waits first, and what is done."""
    events: list[Mapping[str, Any]] = [orjson.loads(body) for body in bodies]
    waiting = [event for event in events if event["type"] not in NEWS]
    done = [event for event in events if event["type"] in NEWS]
    groups = [(heading, group) for heading, group in ((WAITING, waiting), (DONE, done)) if group]
    message = addressed(address, sender, max(event["time"] for event in events))
    name = uuid5(DIGESTS, " ".join(sorted(each.hex for each in ids)))
    message["Subject"] = _subject(len(waiting), len(done))
    message["Message-ID"] = f"<digest_{name.hex}@{sender.rpartition('@')[2]}>"
    message.set_content(_text(groups))
    message.add_alternative(_html(str(message["Subject"]), groups), subtype="html")
    return message


def _subject(waiting: int, done: int) -> str:
    if not waiting:
        return f"Your day: nothing waits for you, {done} done"
    things = "1 thing waits" if waiting == 1 else f"{waiting} things wait"
    return f"Your day: {things} for you"


def _line(event: Mapping[str, Any]) -> tuple[str, str]:
    """Return what is said of an event, and where to look."""
    case = event["data"]["case"]
    said = f"{words_of(event)[0]} ({case['kind']} {case['id'][:8]})"
    return said, opened_at(case)


def _text(groups: Sequence[tuple[str, Sequence[Mapping[str, Any]]]]) -> str:
    parts = []
    for heading, events in groups:
        lines = (f"- {said}\n  {link}" for said, link in map(_line, events))
        parts.append("\n".join((heading, *lines)))
    return "\n\n".join((*parts, NO_ANSWERS)) + "\n"


def _html(subject: str, groups: Sequence[tuple[str, Sequence[Mapping[str, Any]]]]) -> str:
    parts = [f'<!doctype html><html lang="en-GB"><meta charset="utf-8"><title>{escape(subject)}</title>']
    for heading, events in groups:
        lines = (f'<li><a href="{escape(link)}">{escape(said)}</a></li>' for said, link in map(_line, events))
        parts.append(f"<h1>{heading}</h1><ul>{''.join(lines)}</ul>")
    return "".join((*parts, f"<p>{NO_ANSWERS}</p></html>"))
