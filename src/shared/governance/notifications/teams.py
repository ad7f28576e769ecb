"""Teams: a workflow's address takes an Adaptive Card with a link, and nothing to decide with.

Whoever knows the address may write there: it is a secret, a channel's as well as a person's own.
"""

from collections.abc import Mapping
from typing import Any

import asyncpg
import orjson

from shared.governance.notifications.choices import NotificationChoice, choice_of
from shared.governance.notifications.endpoint_secrets import EndpointSecrets
from shared.governance.notifications.notification_types import words_of
from shared.record.eventstore.store import EventStore

CARD = "application/vnd.microsoft.card.adaptive"
SCHEMA = "http://adaptivecards.io/schemas/adaptive-card.json"
VERSION = "1.4"
STILL_THERE = "SELECT EXISTS (SELECT FROM people WHERE id = $1 AND erased_at IS NULL)"


def adaptive_card(event: Mapping[str, Any]) -> bytes:
    """Return what is posted to a workflow of an event: what kind of thing it is, and where to look."""
    case = event["data"]["case"]
    subject, meaning = words_of(event)
    content = {
        "$schema": SCHEMA,
        "type": "AdaptiveCard",
        "version": VERSION,
        "body": [
            {"type": "TextBlock", "size": "Medium", "weight": "Bolder", "wrap": True, "text": subject},
            {"type": "TextBlock", "wrap": True, "text": meaning},
            {"type": "TextBlock", "wrap": True, "isSubtle": True, "text": f"{case['kind']} {case['id'][:8]}"},
        ],
        "actions": [{"type": "Action.OpenUrl", "title": "Open", "url": case.get("page") or case["link"]}],
    }
    attachment = {"contentType": CARD, "contentUrl": None, "content": content}
    return orjson.dumps({"type": "message", "attachments": [attachment]})


class PersonalWorkflows:
    """Finds the workflow that a person has chosen to be told by."""

    def __init__(self, pool: asyncpg.Pool, store: EventStore, secrets: EndpointSecrets) -> None:
        """Open addresses with these secrets."""
        self._pool = pool
        self._store = store
        self._secrets = secrets

    async def address_of(self, person: str) -> str:
        """Return a person's address; blank if they have none any more."""
        choice = (await self._store.load(choice_of(person), NotificationChoice())).state
        if choice.teams_address_id is None or not await self._pool.fetchval(STILL_THERE, person):
            return ""
        opened = await self._secrets.opened([choice.teams_address_id])
        return opened.get(choice.teams_address_id, "")
