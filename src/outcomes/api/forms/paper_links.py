"""Where the cases behind an OpenDocument paper's figures are."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from outcomes.api.answers import HorizonCounts
from outcomes.api.forms.odt_parts import Linked
from outcomes.api.paper_figures import Links, decided, instant


class PaperLinks(NamedTuple):
    """Where the cases of one paper are."""

    links: Links
    programme: UUID

    def milestone(self, title: str, milestone: UUID) -> Linked:
        """Return a milestone's title, linked to it."""
        return Linked(title, self.links.to(f"/v1/milestones/{milestone}"))

    def of_programme(self, text: str, path: str) -> Linked:
        """Return a text, linked to all that a programme has of a kind."""
        return Linked(text, self.links.to(path, programme=self.programme))

    def comparison(self, text: str, since: datetime | None) -> Linked:
        """Return a text on the promises, linked to the comparison that it is of."""
        asked = {"programme": self.programme, "since": since and instant(since)}
        return Linked(text, self.links.to("/v1/outcomes/commitments", None, **asked))

    def decided(
        self, count: int, since: datetime | None, body_of_work: str, kind: str | None = None
    ) -> Linked:
        """Return a number of decisions of a period, linked to them."""
        return Linked(str(count), decided(self.links, self.programme, since, body_of_work, kind))

    def counts(self, counts: HorizonCounts, outcome: int) -> tuple[Linked, ...]:
        """Return how many of an outcome's milestones are achieved, next, overdue and later."""
        return (
            self.number(counts.achieved, outcome, horizon="achieved"),
            self.number(counts.next_6_months, outcome, horizon="next_6_months"),
            self.number(counts.overdue, outcome, overdue="true"),
            self.number(counts.later + counts.undated, outcome, horizon=["6_months_plus", "undated"]),
        )

    def number(
        self, count: int, outcome: int | None, horizon: object = None, overdue: object = None
    ) -> Linked:
        """Return a number of milestones, linked to them."""
        asked = {"programme": self.programme, "horizon": horizon, "overdue": overdue}
        return Linked(str(count), self.links.to("/v1/milestones", None, **asked, outcome_number=outcome))
