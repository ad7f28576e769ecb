"""The fictional people of the specifications, and the scheme they work by."""

from dataclasses import dataclass

from shared.kernel.roles import Role


@dataclass(frozen=True)
class Who:
    """Somebody with roles."""

    id: str
    roles: tuple[Role, ...]
    areas: tuple[str, ...] | None = None


RITA = Who("rita", (Role.REQUESTER,))
LEO = Who("leo", (Role.REQUESTER,))
PRIYA = Who("priya", (Role.PROCUREMENT_OFFICER,))
PAUL = Who("paul", (Role.PROCUREMENT_OFFICER,))
HANA = Who("hana", (Role.APPROVER,))
DEREK = Who("derek", (Role.APPROVER,))
ADA = Who("ada", (Role.ADMINISTRATOR,))
PIA = Who("pia", (Role.PROGRAMME_OFFICER,))
SAM = Who("sam", (Role.SCRUTINY_MEMBER,))
LARS = Who("lars", (Role.LEGAL,))

SCHEME = {
    "decision": "adopt",
    "values": {
        "effective_from": "2020-01-01",
        "tiers": [
            {"name": "head", "up_to_pence": 2_500_000, "approvers": ["hana"]},
            {"name": "director", "up_to_pence": 25_000_000, "approvers": ["derek"]},
        ],
    },
    "reason": "First scheme.",
}
