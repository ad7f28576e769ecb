"""What notifications offer the roof."""

from shared.governance.notifications.commands import ChangeEndpointFilters, RegisterEndpoint
from shared.governance.notifications.domain import WebhookEndpoint
from shared.governance.notifications.outbox import ORDER_DELIVERIES, TELL_OF_ENDPOINTS
from shared.governance.notifications.views import WEBHOOK_ENDPOINTS
from shared.governance.notifications.waiting_things import ENDPOINTS_WAITING
from shared.governance.people.facts import facts_of_people
from shared.web.bulk.batches import Batch
from shared.web.context import Context, NotificationSubject

NOTIFICATIONS = Context(
    facts={
        RegisterEndpoint: facts_of_people("owner", "people"),
        ChangeEndpointFilters: facts_of_people("people"),
    },
    waiting=(ENDPOINTS_WAITING,),
    views=(WEBHOOK_ENDPOINTS,),
    routes=(
        "shared.governance.notifications.api:router",
        "shared.governance.notifications.delivery_log:log_router",
        "shared.governance.notifications.choices_api:choice_router",
    ),
    reactions=(TELL_OF_ENDPOINTS, ORDER_DELIVERIES),
    subjects=(
        NotificationSubject(Batch.kind, "/v1/jobs", Batch(), lambda _: ""),
        NotificationSubject(
            WebhookEndpoint.kind, "/v1/webhook-endpoints", WebhookEndpoint(), lambda _: "", lambda s: s.owner
        ),
    ),
    tags={"notifications": "Programs that are told what happens, and what they were told."},
    seen_with={"webhook-endpoint": "read-webhook-endpoints"},
    never_told=("attempts-log", "notification-choice"),
)
