"""What the people directory offers the roof."""

from shared.web.context import Context

PEOPLE = Context(routes=("shared.governance.people.api:router",))
