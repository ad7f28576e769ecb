"""Four eyes over service accounts, their keys and links of accounts: one proposes, another confirms."""

from datetime import timedelta
from typing import Any

from shared.governance.accounts.commands import (
    AccountDecision,
    CloseServiceAccount,
    ConfirmApiKey,
    ConfirmServiceAccount,
    IssueApiKey,
    OpenServiceAccount,
    RevokeApiKey,
    RotateApiKey,
)
from shared.governance.accounts.domain import (
    AccountEvent,
    AccountStatus,
    ApiKeyConfirmed,
    ApiKeyIssued,
    ApiKeyProposed,
    NoSuchKey,
    NotConfirmedYet,
    ServiceAccount,
    ServiceAccountClosed,
    ServiceAccountConfirmed,
    ServiceAccountOpened,
    ServiceAccountProposed,
)
from shared.governance.people.commands import ConfirmLink, LinkPersons, UnlinkPerson, WithdrawLink
from shared.governance.people.domain import (
    Directory,
    LinkConfirmed,
    LinkProposalWithdrawn,
    LinkProposed,
    PersonsLinked,
    YourOwnAccounts,
)
from shared.kernel.errors import Refused
from shared.kernel.four_eyes import FACT, NotProposed, ProposedByYou, YouGain
from shared.kernel.messages import Command
from shared.kernel.personal import text_about
from shared.web.access.claims import Scope
from shared.web.decisions.next_decisions import commands_in
from tests.support.specs import NOW, given, stamp

FOUR: dict[str, Any] = {FACT: "four"}
ADA: dict[str, Any] = {"by": "ada", "roles": ["administrator"], **FOUR}
LARS: dict[str, Any] = {"by": "lars", "roles": ["legal"], **FOUR}
OPEN = OpenServiceAccount(name="Intranet", owner="olga", scopes=[Scope.READ])
PROPOSED = ServiceAccountProposed(name="Intranet", owner="olga", scopes=("rfp.read",), proposed_by="ada")
OPENED = ServiceAccountOpened(name="Intranet", owner="olga", scopes=("rfp.read",))
ONE = ApiKeyIssued(key_name="one", secret_hash="1", expires_at=NOW + timedelta(days=90))
KEY = ApiKeyProposed(
    key_name="two",
    secret_hash="2",
    expires_at=NOW + timedelta(days=90),
    replaces="",
    overlap_hours=0,
    proposed_by="ada",
)
CONFIRM_KEY = ConfirmApiKey(key_name="two")
WHY = "She signed in twice."
LINK = LinkProposed(person="robin", same_as="rita", reason=text_about(["robin"], WHY), proposed_by="ada")
PEOPLE: dict[str, Any] = {"people": ["robin", "rita"]}


def test_an_account_is_proposed_and_opened_by_another_who_does_not_answer_for_it() -> None:
    given(ServiceAccount()).when(OPEN, **ADA).then(PROPOSED)
    spec = given(ServiceAccount(), PROPOSED)
    spec.when(ConfirmServiceAccount(), **LARS).then(
        ServiceAccountConfirmed(proposed_by="ada", confirmed_by="lars")
    )
    spec.when(ConfirmServiceAccount(), **LARS).leads_to(status=AccountStatus.OPEN)
    spec.when(ConfirmServiceAccount(), **ADA).refused(ProposedByYou)
    spec.when(ConfirmServiceAccount(), **{**ADA, "by": "olga"}).refused(YouGain, person="olga")
    given(ServiceAccount(), OPENED).when(ConfirmServiceAccount(), **LARS).refused(NotProposed)


def test_an_account_that_waits_takes_no_key_and_is_closed_at_once() -> None:
    spec = given(ServiceAccount(), PROPOSED)
    spec.when(IssueApiKey(key_name="one"), secret_hash="1", **ADA).refused(NotConfirmedYet)
    spec.when(CloseServiceAccount(reason="No."), **ADA).leads_to(status=AccountStatus.CLOSED)


def offered(*history: AccountEvent, days: int = 0) -> list[str]:
    """Return the decisions on an account that `next` would offer somebody, after so many days."""
    case: Any = given(ServiceAccount(), *history)
    who = stamp("lars", at=NOW + timedelta(days=days), roles=["legal"], **FOUR)

    def is_allowed(command: type[Command[ServiceAccount]]) -> bool:
        try:
            command.guard(case.state, who)
        except Refused:
            return False
        return True

    return [command.__name__ for command in commands_in(AccountDecision) if is_allowed(command)]


def test_what_may_be_done_next_is_what_would_be_taken() -> None:
    keys = ["IssueApiKey", "RotateApiKey", "RevokeApiKey"]
    assert offered(PROPOSED) == ["ConfirmServiceAccount", "CloseServiceAccount"]
    assert offered(OPENED) == ["IssueApiKey", "CloseServiceAccount"]
    assert offered(OPENED, KEY) == ["IssueApiKey", "ConfirmApiKey", "RevokeApiKey", "CloseServiceAccount"]
    assert offered(OPENED, ONE) == [*keys, "CloseServiceAccount"]
    assert offered(OPENED, ONE, days=90) == ["IssueApiKey", "CloseServiceAccount"]
    four = [ONE.model_copy(update={"key_name": name}) for name in ("one", "two", "three", "four")]
    assert offered(OPENED, *four) == ["RevokeApiKey", "CloseServiceAccount"]
    assert offered(OPENED, ServiceAccountClosed(reason="No.")) == []


def test_a_key_opens_nothing_before_another_confirms_it() -> None:
    issue = IssueApiKey(key_name="two", days=90)
    given(ServiceAccount(), OPENED).when(issue, secret_hash="2", **ADA).then(KEY)
    waiting: Any = given(ServiceAccount(), OPENED, KEY)
    assert waiting.state.live(NOW) == []
    waiting.when(CONFIRM_KEY, **ADA).refused(ProposedByYou)
    waiting.when(CONFIRM_KEY, **{**ADA, "by": "olga"}).refused(YouGain)
    [confirmed] = waiting.when(CONFIRM_KEY, **LARS).events()
    assert confirmed.apply(waiting.state).live(NOW) == ["two"]
    again = given(ServiceAccount(), OPENED, KEY, confirmed)
    again.when(CONFIRM_KEY, **LARS).refused(NotProposed)
    waiting.when(ConfirmApiKey(key_name="none"), **LARS).refused(NoSuchKey)
    waiting.when(CONFIRM_KEY, **LARS, at=NOW + timedelta(days=91)).refused(NoSuchKey)


def test_a_key_that_waits_is_revoked_at_once() -> None:
    revoke = RevokeApiKey(key_name="two", reason="Lost.")
    [revoked] = given(ServiceAccount(), OPENED, KEY).when(revoke, **ADA).events()
    given(ServiceAccount(), OPENED, KEY, revoked).when(CONFIRM_KEY, **LARS).refused(NoSuchKey)


def test_a_key_to_be_replaced_goes_on_until_the_new_one_is_confirmed() -> None:
    rotate = RotateApiKey(replaces="one", key_name="two", days=90, overlap_hours=24)
    spec = given(ServiceAccount(), OPENED, ONE)
    [proposed] = spec.when(rotate, secret_hash="2", **ADA).events()
    later = NOW + timedelta(days=3)
    waiting: Any = given(ServiceAccount(), OPENED, ONE, proposed)
    assert waiting.state.live(later) == ["one"]
    waiting.when(CONFIRM_KEY, **LARS, at=later).then(
        ApiKeyConfirmed(
            key_name="two",
            proposed_by="ada",
            confirmed_by="lars",
            replaces="one",
            old_expires_at=later + timedelta(hours=24),
        )
    )
    [confirmed] = waiting.when(CONFIRM_KEY, **LARS, at=later).events()
    both = confirmed.apply(waiting.state)
    assert both.live(later) == ["one", "two"]
    assert both.live(later + timedelta(hours=25)) == ["two"]


def test_a_single_administrators_keys_say_that_they_are_unconfirmed() -> None:
    alone: dict[str, Any] = {"by": "ada", FACT: "two"}
    given(ServiceAccount()).when(OPEN, **alone).then(OPENED.model_copy(update={"unconfirmed": True}))
    issue = IssueApiKey(key_name="one", days=90)
    given(ServiceAccount(), OPENED).when(issue, secret_hash="1", **alone).then(
        ONE.model_copy(update={"unconfirmed": True})
    )


def test_two_people_link_accounts_and_neither_is_one_of_them() -> None:
    link = LinkPersons(person="robin", same_as="rita", reason=WHY)
    given(Directory()).when(link, **ADA, **PEOPLE).then(LINK)
    waiting: Any = given(Directory(), LINK)
    assert waiting.state.same("rita") == ("rita",)
    confirm = ConfirmLink(person="robin")
    waiting.when(confirm, **LARS).then(
        LinkConfirmed(person="robin", same_as="rita", proposed_by="ada", confirmed_by="lars")
    )
    waiting.when(confirm, **ADA).refused(ProposedByYou)
    for own in ("rita", "robin"):
        waiting.when(confirm, **{**LARS, "by": own}).refused(YourOwnAccounts)
    [confirmed] = waiting.when(confirm, **LARS).events()
    linked = given(Directory(), LINK, confirmed)
    state: Any = linked.state
    assert (state.same("rita"), dict(state.proposed)) == (("rita", "robin"), {})
    linked.when(confirm, **LARS).refused(NotProposed)
    assert linked.when(UnlinkPerson(person="robin", reason=WHY), **ADA, **PEOPLE).events()


def test_a_proposed_link_is_taken_back_at_once() -> None:
    withdraw = WithdrawLink(person="robin", reason=WHY)
    spec = given(Directory(), LINK)
    spec.when(withdraw, **ADA).then(
        LinkProposalWithdrawn(person="robin", same_as="rita", reason=text_about(["robin"], WHY))
    )
    [gone] = spec.when(withdraw, **ADA).events()
    given(Directory(), LINK, gone).when(ConfirmLink(person="robin"), **LARS).refused(NotProposed)


def test_a_single_administrators_link_says_that_it_is_unconfirmed() -> None:
    link = LinkPersons(person="robin", same_as="rita", reason=WHY)
    given(Directory()).when(link, by="ada", **{FACT: "two"}, **PEOPLE).then(
        PersonsLinked(person="robin", same_as="rita", reason=text_about(["robin"], WHY), unconfirmed=True)
    )
