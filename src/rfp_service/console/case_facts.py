"""What forms say of the RFP, contract or project that is decided on."""

from rfp_service.console.administration_facts import FactsSaid, Said
from rfp_service.console.words import day, name_of, words
from shared.kernel.wording import pounds


def rfp_facts(rfp: Said) -> FactsSaid:
    """Return what an RFP is worth, who asks for it, and on whom it waits."""
    found = [("Asked for by", name_of(rfp["raised_by"]))]
    if rfp["estimate_pence"] is not None:
        found.insert(0, ("Estimate", f"{pounds(rfp['estimate_pence'])} without VAT"))
    if rfp["approval_waits_for"]:
        found.append(("Waits for", words(rfp["approval_waits_for"])))
    if rfp["due_on"]:
        found.append(("Due", day(rfp["due_on"])))
    return found


def contract_facts(contract: Said) -> FactsSaid:
    """Return with whom a contract is, when it ends, and what it is worth."""
    dates = contract["dates"]
    found = [
        ("Supplier", contract["supplier"]),
        ("Ends", day(dates["current_end"]) if dates["current_end"] else "Not known"),
    ]
    if dates["last_safe"]:
        found.append(("Last safe date for notice", day(dates["last_safe"])))
    if contract["value_pence"] is not None:
        found.append(("Value", pounds(contract["value_pence"])))
    return found


def forecast_words(project: Said) -> str:
    """Return when a project is forecast to end, and by when with its contingency, where it has any."""
    end, latest = project["forecast_end"], project["latest_end"]
    later = f", or by {day(latest)} with its contingency" if latest and latest != end else ""
    return f"{day(end)}{later}"


def project_facts(project: Said) -> FactsSaid:
    """Return how far a project is, who answers for it, and what it costs."""
    found = [("Stage", words(project["stage"]))]
    if project["owner"]:
        found.append(("Owner", name_of(project["owner"])))
    if project["forecast_end"]:
        found.append(("Forecast to end", forecast_words(project)))
    if project["cost_pence"] is not None:
        found.append(("Cost", pounds(project["cost_pence"])))
    return found
