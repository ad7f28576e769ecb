"""What may be done with a thing just now, as buttons; what may not, as the rules' own sentences."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rfp_service.console.decided_thing import DecidedThing
from rfp_service.console.forms import decisions
from rfp_service.console.words import label

# Refusals that say no more than that the thing is elsewhere: nobody looks for such a decision now.
NOT_NOW = frozenset(
    {
        "wrong-stage",
        "wrong-project-stage",
        "wrong-contract-stage",
        "on-hold",
        "not-on-hold",
        "no-such-hold",
        "no-advice-asked",
        "not-found",
        "not-conflicted",
        "not-paused",
        "not-flagged",
        "no-such-milestone",
        "milestone-not-met",
        "milestone-not-under-way",
        "waits-for-nothing-of-that-kind",
        "no-such-dependency",
        "no-action-plan",
        "not-proposed",
        "not-linked",
        "not-absent",
        "no-such-body",
        "round-not-closed",
        "novation-not-so-far",
        "no-notice-sent",
        "no-such-decision",
        "not-ahead",
        "endpoint-verified-already",
        "endpoint-not-stopped",
        "wrong-status",
    }
)


@dataclass(frozen=True, slots=True)
class AvailableDecisions:
    """What is offered to somebody on a thing's page."""

    buttons: list[str]
    more: list[str]
    why_not: list[dict[str, Any]]


def offers(offered: Iterable[Mapping[str, Any]] | None, thing: DecidedThing) -> AvailableDecisions:
    """Return what `next` says of a thing, for its page."""
    said = list(offered or ())
    forms = thing.forms
    return AvailableDecisions(
        decisions.buttons(said, forms), decisions.more(said, forms), why_not(said, thing.path)
    )


def why_not(offered: Iterable[Mapping[str, Any]], of: str) -> list[dict[str, Any]]:
    """Return the rules that say no to what somebody might look for now, each with all it says no to."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for each in offered:
        no = each.get("why_not")
        if no is not None and no["type"].rpartition("/")[2] not in NOT_NOW:
            found[no["title"], str(each.get("from", ""))].append(label(each["decision"], of))
    return [{"sentence": no, "from": begins, "decisions": those} for (no, begins), those in found.items()]
