"""What delegations offer the roof."""

from shared.governance.delegations.commands import GiveDelegation
from shared.governance.delegations.domain import Delegation
from shared.governance.delegations.facts import delegator_facts
from shared.governance.delegations.views import DELEGATIONS as VIEW
from shared.governance.delegations.waiting_things import DELEGATIONS_WAITING
from shared.web.context import Context, NotificationSubject

DELEGATIONS = Context(
    facts={GiveDelegation: delegator_facts},
    waiting=(DELEGATIONS_WAITING,),
    subjects=(
        NotificationSubject(
            Delegation.kind, "/v1/delegations", Delegation(), lambda _: "", page="/console/delegations/{id}"
        ),
    ),
    views=(VIEW,),
    routes=("shared.governance.delegations.api:router",),
    seen_with={"delegation": "read-scheme"},
)
