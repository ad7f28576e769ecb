"""What exemptions offer the roof."""

from shared.governance.disclosure.commands import DeclareExempt
from shared.governance.disclosure.domain import Exemption
from shared.governance.disclosure.facts import exemptible_facts
from shared.governance.disclosure.views import EXEMPTIONS
from shared.governance.disclosure.waiting_things import EXEMPTIONS_WAITING
from shared.web.context import Context, NotificationSubject

DISCLOSURE = Context(
    waiting=(EXEMPTIONS_WAITING,),
    subjects=(
        NotificationSubject(Exemption.kind, "/v1/exemptions", Exemption(), lambda _: "", page="/console"),
    ),
    facts={DeclareExempt: exemptible_facts},
    views=(EXEMPTIONS,),
    routes=("shared.governance.disclosure.api:router",),
    tags={"exemptions": "What is exempt from being shown, and until when."},
    seen_with={"exemption": "read-exemptions"},
)
