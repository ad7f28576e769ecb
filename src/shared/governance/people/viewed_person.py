"""Whom it is asked about what may be decided next: decisions on the directory name a person themselves."""

from shared.kernel.messages import Stamp

ASKED_ABOUT = "asked_about"


def viewed_person(stamp: Stamp) -> str | None:
    """Return the person that somebody looks at; nobody if a decision is taken, which names its own."""
    found = stamp.known.facts.get(ASKED_ABOUT)
    return found if isinstance(found, str) else None
