"""A scheme that was adopted is taken back by one person, at once, as long as it has not taken effect."""

from datetime import timedelta

from shared.governance.scheme.commands import NotAhead, WithdrawAdoptedScheme
from shared.governance.scheme.domain import Scheme, SchemeAdopted
from shared.governance.scheme.proposals import AdoptedSchemeWithdrawn, ahead
from tests.shared.governance.scheme.test_proposing import IN_FORCE, TODAY, WHY, scheme, values
from tests.support.specs import NOW, given

NEXT = SchemeAdopted(values=values(TODAY + timedelta(2), head=["zoe"]), reason=WHY)
WITHDRAW = WithdrawAdoptedScheme(scheme_version=2, reason=WHY)
WITHDRAWN = AdoptedSchemeWithdrawn(scheme_version=2, reason=WHY)


def test_it_never_comes_into_force_and_what_is_in_force_stays() -> None:
    given(Scheme(), IN_FORCE, NEXT).when(WITHDRAW, by="lars").then(WITHDRAWN)
    before, after = scheme(IN_FORCE, NEXT), scheme(IN_FORCE, NEXT, WITHDRAWN)
    later = TODAY + timedelta(3)
    assert (before.in_force(later).number, after.in_force(later).number) == (2, 1)
    assert after.standing_on("head", later) == ["head"]
    assert ([v.number for v in ahead(before, TODAY)], ahead(after, TODAY)) == ([2], [])


def test_its_number_is_nobody_elses() -> None:
    again = scheme(IN_FORCE, NEXT, WITHDRAWN, NEXT)
    assert again.in_force(TODAY + timedelta(2)).number == 3


def test_what_is_in_force_or_was_withdrawn_is_not_withdrawn() -> None:
    spec = given(Scheme(), IN_FORCE, NEXT)
    spec.when(WITHDRAW.model_copy(update={"scheme_version": 1}), by="lars").refused(NotAhead, ahead=[2])
    spec.when(WITHDRAW.model_copy(update={"scheme_version": 3}), by="lars").refused(NotAhead)
    spec.when(WITHDRAW, by="lars", at=NOW + timedelta(days=2)).refused(NotAhead, ahead=[])
    given(Scheme(), IN_FORCE, NEXT, WITHDRAWN).when(WITHDRAW, by="lars").refused(NotAhead, ahead=[])
