"""Taking a contract into the register by itself, once the RFP that it came from has concluded it."""

from collections.abc import Sequence

from rfp_service.contracts.commands.registration import registered
from rfp_service.contracts.commands.terms import TermsSaid
from rfp_service.contracts.domain.contract import Contract
from rfp_service.contracts.domain.events import ContractEvent
from shared.kernel.messages import Stamp
from shared.kernel.suppliers import Supplier
from shared.record.deadlines.deadline import DeadlineCommand


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
        said = {
            **known,
            "supplier": Supplier.model_validate(known["supplier"]),
            "kpis": tuple(str(kpi) for kpi in known["kpis"]),  # type: ignore[union-attr]  # a list of texts
        }
        return registered(said, terms.stated(), signed_on, contract, stamp)
