"""Whom or what a case waits for, as a sentence names it."""

from shared.governance.audit.replay.states import words
from shared.kernel.wording import in_sentence

WHOM = {
    "advisory_body": "an advisory body",
    "approver": "an approver",
    "evaluators": "the evaluators",
    "market": "bids to come in",
    "member": "a member of the council",
    "nobody": "nobody",
    "outgoing_supplier": "the outgoing supplier",
    "requester": "the requester",
    "statutory_clock": "days that the law asks for",
}


def whom(party: str) -> str:
    """Return whom or what is waited for."""
    return WHOM.get(party) or in_sentence(words(party))
