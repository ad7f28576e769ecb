"""Exemptions: declared of what was said, reviewed ahead of time, released once."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from shared.governance.disclosure.commands import DeclareExempt, ReleaseExemption, ReviewExemption
from shared.governance.disclosure.domain import (
    Exemption,
    ExemptionDeclared,
    ExemptionReleased,
    ExemptionReviewed,
    ExemptionStatus,
    NoSuchMatter,
    NotInForce,
    NotToBeWithheld,
    ReviewNotAhead,
)
from tests.support.specs import given

RFP = UUID("0f0f0f0f-0000-4000-8000-000000000001")
MATTER: dict[str, Any] = {"kind": "rfp", "fields": ["description", "estimate_pence"]}
DECLARE = DeclareExempt(
    matter_id=RFP,
    fields=["estimate_pence"],
    paragraph=3,
    reason="It shows our ceiling.",
    public_interest="A better price.",
    review_on=date(2026, 9, 1),
)
DECLARED = ExemptionDeclared(
    matter_id=RFP,
    matter_kind="rfp",
    matter_version=0,
    fields=("estimate_pence",),
    paragraph=3,
    reason="It shows our ceiling.",
    public_interest="A better price.",
    review_on=date(2026, 9, 1),
    declared_by="lars",
)
RELEASED = ExemptionReleased(reason="The contract is signed.")
REVIEW = ReviewExemption(review_on=date(2027, 3, 1), reason="Bids are still open.")
RELEASE = ReleaseExemption(reason="The contract is signed.")


def test_what_was_said_may_be_exempt_with_paragraph_reason_and_review() -> None:
    given(Exemption()).when(DECLARE, by="lars", matter=MATTER).then(DECLARED)


def test_there_must_be_such_a_thing() -> None:
    given(Exemption()).when(DECLARE, by="lars").refused(NoSuchMatter)


def test_what_happened_when_and_by_whom_stays_in_sight() -> None:
    hiding = DECLARE.model_copy(update={"fields": ["estimate_pence", "stage"]})
    given(Exemption()).when(hiding, by="lars", matter=MATTER).refused(NotToBeWithheld, fields=["stage"])


def test_a_review_lies_ahead_within_two_years() -> None:
    for day in (date(2026, 3, 2), date(2025, 1, 1), date(2028, 3, 3)):
        late = DECLARE.model_copy(update={"review_on": day})
        given(Exemption()).when(late, by="lars", matter=MATTER).refused(ReviewNotAhead)
    tomorrow = DECLARE.model_copy(update={"review_on": date(2026, 3, 3)})
    given(Exemption()).when(tomorrow, by="lars", matter=MATTER).leads_to(status=ExemptionStatus.IN_FORCE)


def test_after_midnight_in_london_a_review_today_is_not_ahead() -> None:
    today = DECLARE.model_copy(update={"review_on": date(2026, 7, 15)})
    past_midnight = datetime(2026, 7, 14, 23, 30, tzinfo=UTC)
    given(Exemption()).when(today, by="lars", at=past_midnight, matter=MATTER).refused(ReviewNotAhead)


def test_a_review_keeps_it_exempt_until_the_next() -> None:
    reviewed = ExemptionReviewed(review_on=date(2027, 3, 1), reason="Bids are still open.")
    given(Exemption(), DECLARED).when(REVIEW, by="lars").then(reviewed)
    given(Exemption(), DECLARED).when(REVIEW, by="lars").leads_to(review_on=date(2027, 3, 1))


def test_it_is_released_once() -> None:
    given(Exemption(), DECLARED).when(RELEASE, by="lars").then(RELEASED)
    given(Exemption(), DECLARED, RELEASED).when(RELEASE, by="lars").refused(NotInForce)
    given(Exemption(), DECLARED, RELEASED).when(REVIEW, by="lars").refused(NotInForce)
