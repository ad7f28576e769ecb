"""The register of contracts: its fields under the Transparency Code's headings and their usual variations."""

from operator import methodcaller

from rfp_service.contracts.api.register_headings import HEADINGS
from rfp_service.contracts.api.register_patterns import RegisterPatterns
from rfp_service.contracts.commands.register_rows import ImportContract
from rfp_service.contracts.domain.contract import Contract, LedgerDate, contract_id
from rfp_service.contracts.views.register import contracts
from shared.web.registers.hand_ins import LinkReference
from shared.web.registers.mappings import saving
from shared.web.registers.register import Kind, Register, RegisterField

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
    RegisterField("initial_end", Kind.DAY, END, withdrawable=True, not_before="start"),
    RegisterField("review_on", Kind.DAY, withdrawable=True),
    RegisterField("tendered", Kind.YES_OR_NO),
    RegisterField("service_area", Kind.LINE),
    RegisterField("owner", Kind.PERSON),
)


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
    link=LinkContractReference,
    survey=RegisterPatterns,
)
