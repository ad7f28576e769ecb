"""What delegations offer the roof."""

from shared.governance.delegations.commands import GiveDelegation
from shared.governance.delegations.facts import delegator_facts
from shared.governance.delegations.views import DELEGATIONS as VIEW
from shared.governance.delegations.waiting_things import DELEGATIONS_WAITING
from shared.web.context import Context

DELEGATIONS = Context(
    facts={GiveDelegation: delegator_facts},
    waiting=(DELEGATIONS_WAITING,),
    views=(VIEW,),
    routes=("shared.governance.delegations.api:router",),
    seen_with={"delegation": "read-scheme"},
)
