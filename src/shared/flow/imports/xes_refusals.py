"""What the service knows of reading an XES log, which a child does: it has no need of the child's library."""

from pathlib import Path

from shared.kernel.errors import Unacceptable


class HasDocumentType(Unacceptable):
    """An XES log must not declare its own document type (DTD): take the DOCTYPE line out."""


class NotXes(Unacceptable):
    """This is XML, but not an XES log: its outermost element is not a `log` of `trace` and `event`."""


def cases_beside(target: Path) -> Path:
    """Return where the cases of a converted log are."""
    return target.with_name("cases.csv")
