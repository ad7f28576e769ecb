"""What somebody wants a bundle of."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class BundleRequest:
    """What a bundle is to hold: one case, or what was recorded in a period, perhaps of one body of work."""

    case: UUID | None = None
    start: datetime | None = None
    end: datetime | None = None
    body_of_work: str = ""
    last_size: int | None = None
    last_origin: str = ""  # of another log, where a restore came between
    until: int | None = None

    def filters(self) -> dict[str, str]:
        """Return it as the manifest says it."""
        known = {} if self.until is None else {"until_entry": str(self.until)}
        if self.case is not None:
            return {"case": str(self.case), **known}
        assert self.start is not None, "a period has a beginning"
        assert self.end is not None, "a period has an end"
        filters = {"from": _text(self.start), "to": _text(self.end), **known}
        return {**filters, "body_of_work": self.body_of_work} if self.body_of_work else filters


def _text(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
