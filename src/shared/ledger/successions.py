"""When a log goes on under another name after a restore, and what of the old one is lost."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from shared.ledger.checkpoints import Checkpoint


class Succession(NamedTuple):
    """One log that succeeded another: the last checkpoint of the old one, and how much of it was kept."""

    old_origin: str
    old_size: int
    old_root: str
    kept: int
    new_origin: str

    def text(self) -> str:
        """Return the statement that the new log's keys sign, and the old one's where it is at hand."""
        lines = (
            f"{self.new_origin}/succession",
            self.old_origin,
            str(self.old_size),
            self.old_root,
            str(self.kept),
        )
        return "".join(f"{line}\n" for line in lines)


class LostRange(NamedTuple):
    """Entries of an old log that the record no longer has: from the first to the last of them."""

    kept: int
    last: int


def since(origin: str, successions: Sequence[Succession], now: str) -> list[Succession]:
    """Return what led from one log to another, in order; nothing if nothing did."""
    by_old: Mapping[str, Succession] = {each.old_origin: each for each in successions}
    led: list[Succession] = []
    while origin != now and origin in by_old and len(led) < len(successions):
        led.append(by_old[origin])
        origin = by_old[origin].new_origin
    return led if origin == now else []


def lost_of(checkpoint: Checkpoint, led: Sequence[Succession]) -> LostRange | None:
    """Return which entries under an old checkpoint are lost by now; none if all of them are kept."""
    kept = min([checkpoint.size, *(each.kept for each in led)])
    return LostRange(kept, checkpoint.size) if kept < checkpoint.size else None
