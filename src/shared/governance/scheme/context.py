"""What the scheme offers the roof."""

from shared.governance.scheme.domain import Scheme
from shared.governance.scheme.waiting_things import SCHEME_WAITING
from shared.web.context import Context, NotificationSubject

SCHEME = Context(
    waiting=(SCHEME_WAITING,),
    subjects=(
        NotificationSubject(
            Scheme.kind, "/v1/scheme", Scheme(), lambda _: "", page="/console/scheme", among_others=True
        ),
    ),
    routes=("shared.governance.scheme.api:router",),
    tags={"scheme": "What the council itself decides: tiers, limits, closed days."},
    seen_with={"scheme": "read-scheme"},
)
