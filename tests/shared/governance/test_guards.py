"""What `next` allows on delegations, exemptions, the scheme, endpoints and accounts is accepted.

What is refused for how they stand, or for who decides, is refused by guards.
"""

from collections.abc import Mapping
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

from shared.governance.accounts import domain as accounts
from shared.governance.accounts.api import DECISIONS as ACCOUNT_DECISIONS
from shared.governance.accounts.domain import ServiceAccount
from shared.governance.delegations import domain as delegations
from shared.governance.delegations.api import DECISIONS as DELEGATION_DECISIONS
from shared.governance.delegations.domain import Delegation, DelegationGiven, DelegationProposed
from shared.governance.disclosure.api import DECISIONS as EXEMPTION_DECISIONS
from shared.governance.disclosure.domain import Exemption, ExemptionDeclared, NotInForce
from shared.governance.notifications import domain as endpoints
from shared.governance.notifications.api import DECISIONS as ENDPOINT_DECISIONS
from shared.governance.notifications.domain import EndpointRegistered, EndpointVerified, WebhookEndpoint
from shared.governance.scheme.api import DECISIONS as SCHEME_DECISIONS
from shared.governance.scheme.commands import NotAhead
from shared.governance.scheme.domain import Scheme
from shared.governance.scheme.proposals import ahead
from shared.kernel import four_eyes
from shared.kernel.messages import Stamp
from shared.kernel.personal import text_about
from tests.support.guards import Body, Tries
from tests.support.specs import NOW, SCHEME, stamp

TODAY = NOW.date()
REASON: dict[str, Any] = {"reason": "R."}
PEOPLE = ("ada", "lars", "olga")
BY_ANOTHER = (four_eyes.ProposedByYou, four_eyes.YouGain, four_eyes.NotProposed)
FACTS: dict[str, Any] = {four_eyes.FACT: "four", "secret_hash": "ab" * 32, "secret_id": str(UUID(int=9))}


def _who(turn: int) -> str:
    """Return whose turn it is: whoever sees a thing knows who they are."""
    return PEOPLE[turn * 7 % len(PEOPLE)]


def _decides(_: Random, turn: int) -> Stamp:
    roles = ("administrator",) if _who(turn) != "olga" else ()
    return stamp(_who(turn), at=NOW + timedelta(hours=turn), roles=roles, has_delivery=True, **FACTS)


def _delegated(dice: Random) -> Delegation:
    """Return a delegation that somebody gave, or one that was proposed for them."""
    about = text_about(["olga", "dora"], "Leave.")
    said: dict[str, Any] = {
        "delegator": "olga",
        "delegate": "dora",
        "limit_pence": 100,
        "first_day": TODAY,
        "last_day": TODAY + timedelta(days=1),
        "reason": about,
    }
    if dice.random() < 1 / 4:
        return DelegationGiven(**said).apply(Delegation())
    return DelegationProposed(**said, proposed_by=dice.choice(("ada", "lars"))).apply(Delegation())


def test_what_is_allowed_on_a_delegation_is_accepted_and_guards_refuse_the_rest() -> None:
    refused = (*BY_ANOTHER, delegations.DelegationOver, delegations.NotYoursToDelegate)
    tries = Tries(DELEGATION_DECISIONS, {}, refused)
    tries.walk(_delegated, _decides, turns=12, onward=("confirm",), endings=frozenset({"end"}))
    tries.must_agree()
    assert {"ProposedByYou", "DelegationOver", "NotProposed"} <= tries.by_guards.keys()


DECLARED = ExemptionDeclared(
    matter_id=UUID(int=1),
    matter_kind="rfp",
    matter_version=0,
    fields=("title",),
    paragraph=3,
    reason="It would tell.",
    public_interest="Less.",
    review_on=TODAY,
    declared_by="lars",
)
OF_EXEMPTIONS: Mapping[str, Body[Exemption]] = {
    "review": lambda _, turn: {"review_on": TODAY + timedelta(days=90 + turn), **REASON}
}


def test_what_is_allowed_on_an_exemption_is_accepted_and_guards_refuse_the_rest() -> None:
    tries = Tries(EXEMPTION_DECISIONS, OF_EXEMPTIONS, (NotInForce,))
    tries.walk(lambda _: DECLARED.apply(Exemption()), _decides, turns=6, onward=("review",) * 4)
    tries.must_agree()


def _scheme_from(turn: int) -> dict[str, Any]:
    begins = TODAY + timedelta(days=2 + turn)
    return {"values": SCHEME.model_copy(update={"effective_from": begins}), **REASON}


def _of_somebody_else(scheme: Scheme, turn: int) -> dict[str, Any]:
    numbers = [each.number for each in scheme.proposals if each.proposed_by != _who(turn)]
    return {"proposal": next(iter(numbers), 1)}


def _ahead(scheme: Scheme, turn: int) -> dict[str, Any]:
    numbers = [each.number for each in ahead(scheme, (NOW + timedelta(hours=turn)).date())]
    return {"scheme_version": next(iter(numbers), 1), **REASON}


OF_SCHEMES: Mapping[str, Body[Scheme]] = {
    "adopt": lambda _, turn: _scheme_from(turn),
    "confirm": _of_somebody_else,
    "withdraw": lambda scheme, _: {"proposal": next((p.number for p in scheme.proposals), 1), **REASON},
    "withdraw-adopted": _ahead,
}


def test_what_is_allowed_on_the_scheme_is_accepted_and_guards_refuse_the_rest() -> None:
    tries = Tries(SCHEME_DECISIONS, OF_SCHEMES, (*BY_ANOTHER, NotAhead))
    tries.walk(lambda _: Scheme(), _decides, seeds=20, turns=20)
    tries.must_agree()
    assert {"ProposedByYou", "NotProposed", "NotAhead"} <= tries.by_guards.keys()


def _registered(dice: Random) -> WebhookEndpoint:
    """Return an endpoint that was registered just now, or one that has answered, too."""
    endpoint = EndpointRegistered(
        target=dice.choice([*endpoints.TargetKind]),
        name="Desk",
        owner="ada",
        host="hooks.example",
        url="https://hooks.example/",
        address_id=None,
        secret_id=UUID(int=1),
        types=(),
        people=(),
        teams=(),
        areas=(),
        in_order=False,
    ).apply(WebhookEndpoint())
    return endpoint if dice.random() < 1 / 4 else EndpointVerified().apply(endpoint)


OF_ENDPOINTS: Mapping[str, Body[WebhookEndpoint]] = {
    "change-filters": lambda _, __: {"areas": ["Registrars"]},
    "resend": lambda _, turn: {"delivery_id": turn + 1},
    "recover": lambda _, turn: {"since": NOW, "until": NOW + timedelta(hours=turn + 1)},
}


def test_what_is_allowed_on_an_endpoint_is_accepted_and_guards_refuse_the_rest() -> None:
    refused = (
        endpoints.EndpointNotVerified,
        endpoints.EndpointGone,
        endpoints.EndpointNotInUse,
        endpoints.EndpointNotStopped,
        endpoints.EndpointVerifiedAlready,
        endpoints.SignedOtherwise,
    )
    tries = Tries(ENDPOINT_DECISIONS, OF_ENDPOINTS, refused)
    tries.walk(_registered, _decides, onward=("resume",) * 3, endings=frozenset({"delete"}))
    tries.must_agree()
    assert {each.__name__ for each in refused} == tries.by_guards.keys()


def _account(dice: Random) -> ServiceAccount:
    said: dict[str, Any] = {"name": "Intranet", "owner": "olga", "scopes": ("rfp.read",)}
    if dice.random() < 1 / 3:
        return accounts.ServiceAccountOpened(**said).apply(ServiceAccount())
    proposed = accounts.ServiceAccountProposed(**said, proposed_by=dice.choice(("ada", "lars")))
    return proposed.apply(ServiceAccount())


def _usable(account: ServiceAccount, turn: int, *, waits_for: str = "") -> str:
    """Return a key that is in use; or one that waits for whoever it is."""
    names = account.usable(NOW + timedelta(hours=turn))
    if waits_for:
        waiting = (n for n in names if account.keys[n].proposed_by not in ("", waits_for))
        return next(waiting, next(iter(names), "k"))
    return next(iter(names), "k")


def _live(account: ServiceAccount, turn: int) -> str:
    return next(iter(account.live(NOW + timedelta(hours=turn))), "k")


OF_ACCOUNTS: Mapping[str, Body[ServiceAccount]] = {
    "issue-key": lambda _, turn: {"key_name": f"k{turn}"},
    "rotate-key": lambda account, turn: {"replaces": _live(account, turn), "key_name": f"r{turn}"},
    "confirm-key": lambda account, turn: {"key_name": _usable(account, turn, waits_for=_who(turn))},
    "revoke-key": lambda account, turn: {"key_name": _usable(account, turn), **REASON},
}


def test_what_is_allowed_on_a_service_account_is_accepted_and_guards_refuse_the_rest() -> None:
    refused = (*BY_ANOTHER, accounts.AccountClosed, accounts.NotConfirmedYet, accounts.TooManyKeys)
    tries = Tries(ACCOUNT_DECISIONS, OF_ACCOUNTS, (*refused, accounts.NoSuchKey))
    onward = ("confirm", "issue-key", "confirm-key", "confirm-key")
    tries.walk(_account, _decides, onward=onward, endings=frozenset({"close"}))
    tries.must_agree()
    assert {"ProposedByYou", "YouGain", "TooManyKeys"} <= tries.by_guards.keys()
