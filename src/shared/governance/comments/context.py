"""What comments offer the roof."""

from shared.governance.comments.commands import MakeComment
from shared.governance.comments.reactions import NOTIFY_MENTIONED
from shared.governance.comments.views import COMMENTS_VIEW
from shared.governance.people.facts import facts_of_people
from shared.web.context import Context

COMMENTS = Context(
    facts={MakeComment: facts_of_people("mentions")},
    views=(COMMENTS_VIEW,),
    reactions=(NOTIFY_MENTIONED,),
    routes=("shared.governance.comments.api:router",),
    tags={"comments": "What people say of a case to one another."},
    seen_with={"comment": "read-comments"},
)
