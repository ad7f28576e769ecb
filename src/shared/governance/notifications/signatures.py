"""Standard Webhooks: the exact bytes sent are signed, by every live secret, with the time of sending."""

from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID

from standardwebhooks.webhooks import Webhook


def message_name(message_id: UUID) -> str:
    """Return the id that a receiver tells repeats by."""
    return f"msg_{message_id.hex}"


def signed_headers(message_id: UUID, body: bytes, secrets: Iterable[str], at: datetime) -> dict[str, str]:
    """Return the three headers; a retry keeps id and body, and takes a new time."""
    name, text, sent_at = message_name(message_id), body.decode(), at.astimezone(UTC)
    signatures = [Webhook(secret).sign(name, sent_at, text) for secret in secrets]
    return {
        "webhook-id": name,
        "webhook-timestamp": str(int(sent_at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
