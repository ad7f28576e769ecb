"""Taking a contract into the register by itself, once the RFP that it came from has concluded it."""

from collections.abc import Iterator, Sequence
from datetime import date

from rfp_service.contracts.commands.registration import registered
from rfp_service.contracts.commands.terms import TermsSaid
from rfp_service.contracts.domain.contract import Contract
from rfp_service.contracts.domain.duty_events import NoticeDue, NoticePublished
from rfp_service.contracts.domain.events import ContractEvent
from shared.kernel.messages import Stamp
from shared.kernel.suppliers import Supplier
from shared.record.deadlines.deadline import DeadlineCommand

DETAILS_NOTICE = "details notice"  # as the scheme's table calls it, above a threshold and below


class RegisterConcluded(DeadlineCommand[Contract]):
    """Take a concluded contract into the register, with what its RFP knows of it."""

    by_the_contract_rules = True

    def decide(self, contract: Contract, stamp: Stamp) -> Sequence[ContractEvent]:
        """Register it where nobody has yet; what the RFP does not know is flagged."""
        found = stamp.known.facts.get("concluded")
        if not contract.is_new or not isinstance(found, dict):
            return ()
        known = dict(found)
        terms = TermsSaid.model_validate(known.pop("terms"))
        signed_on = TermsSaid.model_validate({"start": known.pop("signed_on")}).start
        notice, told_on = str(known.pop("details_notice", "")), str(known.pop("told_on", ""))
        said = {
            **known,
            "supplier": Supplier.model_validate(known["supplier"]),
            "kpis": tuple(str(kpi) for kpi in known["kpis"]),  # type: ignore[union-attr]  # a list of texts
        }
        events = registered(said, terms.stated(), signed_on, contract, stamp)
        return [*events, *_published(events, notice, date.fromisoformat(told_on))] if notice else events


def _published(events: Sequence[ContractEvent], reference: str, told_on: date) -> Iterator[NoticePublished]:
    """Yield that the contract details notice is out already: its RFP was concluded with its reference."""
    for due in events:
        if isinstance(due, NoticeDue) and due.notice.lower().endswith(DETAILS_NOTICE):
            late = due.due_on is not None and told_on > due.due_on
            yield NoticePublished(
                stage=due.stage, number=due.number, reference=reference, published_on=told_on, late=late
            )
