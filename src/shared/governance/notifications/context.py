"""What notifications offer the roof."""

from shared.governance.notifications.api import router
from shared.governance.notifications.choices_api import choice_router
from shared.governance.notifications.delivery_log import log_router
from shared.governance.notifications.domain import WebhookEndpoint
from shared.governance.notifications.outbox import ORDER_DELIVERIES, TELL_OF_ENDPOINTS
from shared.governance.notifications.views import WEBHOOK_ENDPOINTS
from shared.web.context import Context, NotificationSubject

NOTIFICATIONS = Context(
    views=(WEBHOOK_ENDPOINTS,),
    routers=(router, log_router, choice_router),
    reactions=(TELL_OF_ENDPOINTS, ORDER_DELIVERIES),
    subjects=(
        NotificationSubject(
            WebhookEndpoint.kind, "/v1/webhook-endpoints", WebhookEndpoint(), lambda _: "", lambda s: s.owner
        ),
    ),
)
