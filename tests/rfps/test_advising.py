"""Advice: a body of the scheme is asked, waited on, and answers through one who then decides nothing."""

from typing import Any

from rfp_service.rfps.commands.advice import GiveAdvice, RequestAdvice
from rfp_service.rfps.commands.holds import EndHold, StartHold
from rfp_service.rfps.domain.advice_events import AdviceGiven
from rfp_service.rfps.domain.correction_refusals import (
    AdviceAskedAlready,
    NoAdviceAsked,
    NoSuchBody,
    NotOfTheBody,
)
from rfp_service.rfps.domain.refusals import HasDecided, NoPartInIt, OwnRfp, WrongStage
from rfp_service.rfps.domain.stages import Party, Stage
from tests.rfps import way
from tests.rfps.examples import ABSENT, DRAFT, IN_APPROVAL, IN_TWO_TIER_APPROVAL
from tests.rfps.way import HEAD, OFFICER, after
from tests.support.specs import given

ASK = RequestAdvice(body="Working group", question="Does this fit the digital strategy?")
GIVE = GiveAdvice(advice="It does.")
WANDA: dict[str, Any] = {"by": "wanda", "roles": ["scrutiny_member"]}
ASKED = after(IN_APPROVAL, ASK, **OFFICER)


def test_an_rfp_waits_on_the_body_that_was_asked_and_on_its_own_party_again() -> None:
    given(ABSENT, *IN_APPROVAL).when(ASK, **OFFICER).leads_to(
        stage=Stage.APPROVAL, waiting_on=Party.ADVISORY_BODY
    )
    given(ABSENT, *ASKED).when(GIVE, **WANDA).then(
        AdviceGiven(
            stage=Stage.APPROVAL,
            waiting_on=Party.APPROVER,
            body="Working group",
            adviser="wanda",
            advice="It does.",
        )
    )
    hold = StartHold(waiting_on=Party.FINANCE, reason="Budget check.")
    ended = after(after(ASKED, hold, **OFFICER), EndHold(), **OFFICER)
    assert ended[-1].waiting_on is Party.ADVISORY_BODY


def test_what_is_decided_meanwhile_goes_on_and_a_stage_that_is_left_waits_for_no_advice() -> None:
    given(ABSENT, *ASKED).when(way.APPROVE, **HEAD).leads_to(
        stage=Stage.READY_TO_ISSUE, waiting_on=Party.PROCUREMENT, advice_from=""
    )


def test_advice_is_asked_of_a_body_of_the_scheme_once_and_where_it_helps() -> None:
    spec = given(ABSENT, *ASKED)
    spec.when(ASK, **OFFICER).refused(AdviceAskedAlready, body="Working group")
    other = ASK.model_copy(update={"body": "Reading circle"})
    given(ABSENT, *IN_APPROVAL).when(other, **OFFICER).refused(NoSuchBody, bodies=["Working group"])
    given(ABSENT, *DRAFT).when(ASK, **OFFICER).refused(WrongStage)
    given(ABSENT, *IN_APPROVAL).when(ASK, by="ben", roles=["requester"]).refused(NoPartInIt)


def test_only_a_member_without_a_part_gives_advice_that_was_asked_for() -> None:
    given(ABSENT, *ASKED).when(GIVE, by="hana").refused(NotOfTheBody)
    given(ABSENT, *IN_APPROVAL).when(GIVE, **WANDA).refused(NoAdviceAsked)
    asked = after(way.PREPARED, way.AppointEvaluator(evaluator="wanda"), **OFFICER)
    given(ABSENT, *after(asked, ASK, **OFFICER)).when(GIVE, **WANDA).refused(OwnRfp)
    granted = after(IN_TWO_TIER_APPROVAL, way.APPROVE, by="wanda", own_tiers=["head"])
    given(ABSENT, *after(granted, ASK, **OFFICER)).when(GIVE, **WANDA).refused(HasDecided)


def test_whoever_advised_decides_nothing() -> None:
    advised = after(ASKED, GIVE, **WANDA)
    given(ABSENT, *advised).when(way.APPROVE, by="wanda", own_tiers=["head"]).refused(OwnRfp, part="adviser")
