"""What the scheme offers the roof."""

from shared.governance.scheme.waiting_things import SCHEME_WAITING
from shared.web.context import Context

SCHEME = Context(
    waiting=(SCHEME_WAITING,),
    routes=("shared.governance.scheme.api:router",),
    tags={"scheme": "What the council itself decides: tiers, limits, closed days."},
    seen_with={"scheme": "read-scheme"},
)
