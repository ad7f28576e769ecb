"""Who is a party: the council, and the suppliers of its awards; each by an id of this process."""

import re
from typing import Any

from rfp_service.open_contracting.public_facts import OF_CHARITY, OF_NUMBER, OF_SIZE, OF_SUPPLIER, PublicFacts

COUNCIL_ID = "GB-LAE-LAN"
COUNCIL_NAME = "Lancashire County Council"
COUNCIL: dict[str, Any] = {
    "id": COUNCIL_ID,
    "name": COUNCIL_NAME,
    "identifier": {"scheme": "GB-LAE", "id": "LAN", "legalName": COUNCIL_NAME},
    "roles": ["buyer", "procuringEntity"],
}
BUYER = {"id": COUNCIL_ID, "name": COUNCIL_NAME}

# Registers of companies and charities of England and Wales, by the form of their numbers. A spreadsheet
# takes the leading nought off a company's: it has the form of a charity's then.
COMPANIES = ("GB-COH", re.compile(r"[A-Z0-9]{2}[0-9]{6}"))
CHARITIES = ("GB-CHC", re.compile(r"[0-9]{6,7}"))
UNKNOWN_SIZE: dict[str, bool | None] = {"small_or_medium": None, "voluntary_or_community": None}


def supplier_id(award: int) -> str:
    """Return the id of the supplier of an award within its process: it stays whatever is corrected."""
    return f"supplier-{award}"


def supplier_reference(facts: PublicFacts, award: int, name: str) -> list[dict[str, Any]]:
    """Return how an award names its supplier; nothing if that may not be told."""
    told = facts.told(name, *OF_SUPPLIER)
    return [{"id": supplier_id(award), "name": told}] if told else []


def supplier_party(
    facts: PublicFacts, award: int, name: str, number: str, size: dict[str, bool | None]
) -> dict[str, Any] | None:
    """Return a supplier as a party, with what the Transparency Code asks of it."""
    told = facts.told(name, *OF_SUPPLIER)
    if not told:
        return None
    small = facts.told(size["small_or_medium"], *OF_SIZE)
    charity = facts.told(size["voluntary_or_community"], *OF_CHARITY)
    return {
        "id": supplier_id(award),
        "name": told,
        "identifier": _identifier(facts.told(number, *OF_NUMBER) or "", told, may_be_charity=charity is True),
        "roles": ["supplier"],
        "details": {"scale": {True: "sme", False: "large", None: None}[small], "vcse": charity},
    }


def _identifier(number: str, name: str, *, may_be_charity: bool) -> dict[str, str] | None:
    """Return a number with the register that it is of; nothing if its form tells of none."""
    plain = number.upper().replace(" ", "")
    registers = (COMPANIES, CHARITIES) if may_be_charity else (COMPANIES,)
    scheme = next((scheme for scheme, form in registers if form.fullmatch(plain)), None)
    return {"scheme": scheme, "id": plain, "legalName": name} if scheme else None
