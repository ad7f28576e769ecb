"""Which rule let somebody decide, in sentences: role, limits, tier, delegation, second person."""

from datetime import UTC, datetime
from typing import Any

import pytest

from rfp_service.console.words import name_of
from rfp_service.permissions import PERMISSIONS
from shared.governance.audit.replay.authority import authority_in_words
from shared.kernel.messages import Tier
from shared.kernel.system_actors import AUTHORITY_OF, stamp_of

HEAD = Tier(name="head of service", up_to_pence=2_500_000)
CABINET = Tier(name="cabinet", up_to_pence=500_000_000, elected_post=True)
DELEGATED = {
    "delegator": "dev",
    "delegate": "dora",
    "limit_pence": 10_000_000,
    "first_day": "2026-03-01",
    "last_day": "2026-03-31",
    "tiers": ["director"],
}


def sentence(rule: str, authority: str, *, said: Any = None, acting_for: str = "", **known: Any) -> str:
    """Return what is said of a decision of the fourth of March."""
    tiers = [tier.model_dump(mode="json") for tier in (HEAD, CABINET)]
    line = {
        "by": "dora",
        "acting_for": acting_for,
        "authority": authority,
        "decision": rule,
        "happened_at": datetime(2026, 3, 4, 9, 0, tzinfo=UTC),
        "known": {"tiers": tiers, **known},
        "said": said or {},
    }
    return authority_in_words(line, rule, PERMISSIONS)


def test_a_role_is_told_with_what_limits_it() -> None:
    assert sentence("SubmitRfp", "requester") == (
        "A requester may take this decision, for their own service areas and on what they raised themselves."
    )
    assert sentence("AcceptRfp", "procurement_officer") == (
        "A procurement officer may take this decision, but never on what they raised or lead themselves."
    )
    assert sentence("ConcludeContract", "legal") == (
        "Legal may take this decision, but never on what they raised or lead themselves."
    )
    assert sentence("IssuePaper", "programme_officer") == "A programme officer may take this decision."
    assert sentence("ChooseNotifications", "auditor") == "Everybody who has signed in may decide this."


@pytest.mark.parametrize(
    ("tier", "told"),
    [
        ("head of service", "head of service, which decides on up to £25,000."),
        ("cabinet", "cabinet, an elected post, which decides on up to £5,000,000."),
    ],
)
def test_an_approver_is_told_with_the_tier_that_they_stood_on(tier: str, told: str) -> None:
    named = sentence("Approve", "approver", said={"tier": tier}, own_tiers=["head of service", "cabinet"])
    assert named.endswith(f"never on what is theirs. They stood on the tier {told}")


def test_whoever_decides_on_no_tier_in_particular_is_told_with_their_own() -> None:
    assert "on the tier cabinet" in sentence("ExtendTarget", "approver", own_tiers=["cabinet"])


@pytest.mark.parametrize("actor", AUTHORITY_OF)
def test_a_part_of_the_service_decides_as_nobody(actor: str) -> None:
    stamp = stamp_of(actor, datetime(2026, 3, 4, 9, 0, tzinfo=UTC))
    assert sentence("SubmitRfp", stamp.authority).startswith("Nobody had to decide this: ")
    assert name_of(stamp.by) in {"the clock", "the service itself"}


def test_a_stand_in_is_told_with_what_was_delegated_to_them_on_that_day() -> None:
    others = [
        {**DELEGATED, "delegate": "dan", "limit_pence": 90_000_000},
        {**DELEGATED, "first_day": "2026-03-05", "limit_pence": 90_000_000},
        {**DELEGATED, "last_day": "2026-03-03", "limit_pence": 90_000_000},
    ]
    given = {"delegations": [*others, DELEGATED]}
    assert sentence("Approve", "approver", acting_for="dev", facts=given).endswith(
        " They stood in for somebody on the tier director, who had delegated decisions on up to £100,000 to"
        " them, from 1 March 2026 to 31 March 2026."
    )
    another_account = {**DELEGATED, "delegate": "dora-2"}
    given = {"delegations": [another_account]}
    same = [["dora", "dora-2"]]
    assert "up to £100,000" in sentence("Approve", "approver", acting_for="dev", facts=given, same=same)
    assert sentence("Approve", "approver", acting_for="dev").endswith("They stood in for somebody else.")


def test_a_value_is_told_with_the_tiers_that_it_needs_and_not_where_it_is_exempt() -> None:
    tiers = ["head of service", "cabinet"]
    asked = {"value_pence": 40_000_000, "tiers": tiers}
    told = "needs the approval of: head of service, then cabinet."
    assert sentence("RequestApproval", "requester", said=asked).endswith(
        f" By the scheme, £400,000 without VAT {told}"
    )
    waived = {"value_pence": 1_800_000, "tiers": tiers}  # of a need for more: its tiers are the estimate's
    assert sentence("GrantWaiver", "approver", said=waived).endswith(
        f" By the scheme, what the case as a whole is worth {told}"
    )
    exempt = {"value_pence": "[exempt: paragraph 3 of Schedule 12A]", "tiers": tiers}
    assert sentence("RequestApproval", "requester", said=exempt).endswith(
        f" By the scheme, this value {told}"
    )
    hidden = {"value_pence": 40_000_000, "tiers": "[sealed]"}
    assert "By the scheme" not in sentence("RequestApproval", "requester", said=hidden)


def test_what_takes_a_second_person_says_so() -> None:
    four, alone = {"four_eyes": "four"}, {"four_eyes": "two"}
    assert sentence("SchemeProposed", "administrator", facts=four) == (
        "It counts for nothing until a second person, who gains nothing by it, confirms it."
    )
    assert sentence("SchemeConfirmed", "legal", facts=four) == (
        "Whoever confirms it must be another person than proposed it, and gain nothing by it."
    )
    assert sentence("SchemeAdopted", "administrator", said={"unconfirmed": True}, facts=alone) == (
        "No second person confirmed it, for there was a single administrator."
    )


def test_what_nobody_decides_is_told_as_such() -> None:
    assert sentence("ExpireStandstill", "deadline").startswith("Nobody had to decide this: a day")
    assert sentence("GiveEndpointUp", "sender").startswith("Nobody had to decide this: it follows")
    assert "command line" in sentence("AdoptScheme", "operator")
