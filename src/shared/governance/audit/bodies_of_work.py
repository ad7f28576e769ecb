"""Which body of work a decision belongs to, by the kind of thing that it is about."""

from functools import cache

# Rows of a historic log are somebody else's decisions, taken before this record began; nobody decides to
# index the record.
NOT_DECISIONS = frozenset({"historic-case", "record-index"})

# Which body of work a kind of thing belongs to, by how the kind's name begins.
BODIES = {
    "rfp": "rfps",
    "catalogue": "rfps",
    "project": "projects",
    "contract": "contracts",
    "renewal": "contracts",
    "review": "contracts",
    "outcome": "outcomes",
    "milestone": "outcomes",
    "dependency": "outcomes",
}
ELSE = "administration"


@cache
def body_of_work(kind: str) -> str:
    """Return the body of work that a kind of thing belongs to."""
    return next((body for start, body in BODIES.items() if kind.startswith(start)), ELSE)


def indexed_body_of_work(kind: str) -> str:
    """Return the body of work that the index counts a kind of thing to; blank where it is no decision's."""
    return "" if kind in NOT_DECISIONS else body_of_work(kind)
