"""What the inbox offers the roof."""

from shared.web.context import Context

INBOX = Context(
    routes=("rfp_service.inbox.api:router",), tags={"inbox": "What waits for whoever asks, of every kind."}
)
