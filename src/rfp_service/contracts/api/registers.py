"""The register of contracts: its fields under the Transparency Code's headings and their usual variations."""

from collections.abc import Mapping
from operator import methodcaller

from rfp_service.contracts.api.register_headings import HEADINGS
from rfp_service.contracts.api.register_patterns import RegisterPatterns
from rfp_service.contracts.commands.register_rows import ImportContract, end_gone_on_to
from rfp_service.contracts.domain.contract import Contract, LedgerDate, contract_id
from rfp_service.contracts.views.register import contracts
from shared.kernel.messages import Stamp
from shared.record.eventstore.store import EventStore
from shared.web.registers.hand_ins import LinkReference
from shared.web.registers.mappings import saving
from shared.web.registers.register import Kind, Register, RegisterField, RowRules, Said
from shared.web.tabular.headings import key_words

OF_SUPPLIER = "about.supplier?.*"
END = methodcaller("day", LedgerDate.INITIAL_END)
FIELDS = (
    RegisterField("reference", Kind.LINE),
    RegisterField("title", Kind.LINE),
    RegisterField("department", Kind.LINE),
    RegisterField("description", Kind.TEXT),
    RegisterField("supplier", Kind.LINE, "about.supplier?.name"),
    RegisterField("supplier_number", Kind.LINE, "about.supplier?.number", beside="supplier"),
    RegisterField("small_or_medium", Kind.YES_OR_NO, OF_SUPPLIER, noun="sme", beside="supplier"),
    RegisterField("voluntary_or_community", Kind.YES_OR_NO, OF_SUPPLIER, noun="vcse", beside="supplier"),
    RegisterField("value_pence", Kind.MONEY),
    RegisterField("irrecoverable_vat_pence", Kind.MONEY),
    RegisterField("start", Kind.DAY, "terms.*", withdrawable=True),
    RegisterField("initial_end", Kind.DAY, END, withdrawable=True, not_before="start", ends=True),
    RegisterField("review_on", Kind.DAY, withdrawable=True),
    RegisterField("tendered", Kind.YES_OR_NO),
    RegisterField("service_area", Kind.LINE),
    RegisterField("owner", Kind.PERSON),
)


OF_THE_INITIAL_END = frozenset(("first", "initial", "original"))  # other headings may mean the current one
GONE_ON = "of a contract that was extended, or has rolled over"
NOT_THE_CURRENT_END = (
    f"is not the current end {GONE_ON}"
    "|its current end: `correct-terms` where that is wrong; an initial end goes below `initial_end`"
)
NOT_THE_INITIAL_END = f"is the current end {GONE_ON}|its initial end: `correct-terms` where that is wrong"


async def prepared(_store: EventStore, stamp: Stamp) -> RowRules:
    """Say what an end means beside a contract that has gone on beyond its initial end."""

    def of_known(contract: Contract, said: Said, columns: Mapping[str, str]) -> Mapping[str, str]:
        if (end := said.get("initial_end")) is None:
            return {}
        current = end_gone_on_to(contract, stamp, said.get("start"))
        if current in (None, END(contract)):
            return {}
        words = key_words(columns["initial_end"]).split()
        is_initial = not OF_THE_INITIAL_END.isdisjoint(words)
        if end == current:
            return {"initial_end": NOT_THE_INITIAL_END if is_initial else ""}
        may_be_initial = end == END(contract) and "current" not in words
        return {} if is_initial or may_be_initial else {"initial_end": NOT_THE_CURRENT_END}

    return RowRules(of_known=of_known)


class LinkContractReference(LinkReference):
    """Say that a reference of a source means a contract that is known already: the two are one."""


CONTRACT_REGISTER_FORM = Register(
    noun="contract",
    nouns=("agreement",),
    blank=Contract(),
    thing_id=contract_id,
    table=contracts,
    fields=FIELDS,
    headings=HEADINGS,
    command=ImportContract,
    save=saving(
        "SaveContractMapping",
        FIELDS,
        {"Contract no.": "reference", "Contract": "title", "Ends": "initial_end"},
    ),
    prepare=prepared,
    link=LinkContractReference,
    survey=RegisterPatterns,
    more_words=(("initial_end", OF_THE_INITIAL_END),),
)
