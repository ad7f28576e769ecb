"""Whom a decision names must be somebody: who has not signed in yet is invited first."""

from typing import Any

import pytest

from rfp_service.rfps.commands.participants import AppointEvaluator, ReassignLead, ReplaceRequester
from rfp_service.rfps.commands.procurement import SelectRoute
from rfp_service.rfps.domain.routes import Regime, Route
from shared.governance.people.commands import InvitePerson
from shared.governance.people.domain import (
    AlreadyErased,
    Directory,
    KnownAlready,
    PersonErased,
    PersonInvited,
)
from shared.kernel.named_people import NoSuchPerson
from tests.rfps import way
from tests.rfps.examples import ABSENT, IN_BUSINESS_CASE, IN_TRIAGE
from tests.rfps.way import OFFICER
from tests.support.specs import given

SELECT = SelectRoute(regime=Regime.BELOW_THRESHOLD, route=Route.QUOTATIONS, lead="zoe")


@pytest.mark.parametrize(
    ("history", "command"),
    [
        (IN_TRIAGE, SELECT),
        (IN_BUSINESS_CASE, ReassignLead(lead="zoe", reason="She has left.")),
        (IN_BUSINESS_CASE, ReplaceRequester(requester="zoe", reason="She has left.")),
        (IN_BUSINESS_CASE, AppointEvaluator(evaluator="zoe")),
    ],
)
def test_nobody_unknown_takes_a_part(history: Any, command: Any) -> None:
    given(ABSENT, *history).when(command, people=["ann"], **OFFICER).refused(NoSuchPerson, person="zoe")
    assert given(ABSENT, *history).when(command, people=["zoe"], **OFFICER).events()


def test_nobody_unknown_has_a_conflict() -> None:
    waiver = way.WAIVER.model_copy(update={"conflicted": ["ann", "zoe"]})
    given(ABSENT, *IN_BUSINESS_CASE).when(waiver, people=["ann"]).refused(NoSuchPerson, person="zoe")


def test_somebody_is_invited_once_and_never_who_was_erased() -> None:
    invite = InvitePerson(person="zoe")
    given(Directory()).when(invite, people=[]).then(PersonInvited(person="zoe"))
    given(Directory()).when(invite, people=["zoe"]).refused(KnownAlready, person="zoe")
    given(Directory(), PersonInvited(person="zoe")).when(invite, people=[]).refused(KnownAlready)
    erased = PersonErased(person="zoe", ids=("zoe",), ground="Left.")
    given(Directory(), erased).when(invite, people=["zoe"]).refused(AlreadyErased, person="zoe")
