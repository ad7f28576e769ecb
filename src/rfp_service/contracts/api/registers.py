"""The register of contracts: its fields under the Transparency Code's headings and their usual variations."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import TypeAdapter, ValidationError

from rfp_service.contracts.api.register_headings import ALSO_CALLED
from rfp_service.contracts.api.register_patterns import with_patterns
from rfp_service.contracts.commands.register_rows import ImportContract
from rfp_service.contracts.domain.contract import Contract, LedgerDate, contract_id
from rfp_service.contracts.views.register import contracts
from shared.kernel.messages import Stamp
from shared.record.eventstore.store import EventStore
from shared.web.registers.hand_ins import LinkReference
from shared.web.registers.mappings import saving
from shared.web.registers.register import Kind, Register, RegisterField, RowRules, Said


def _field(
    name: str, kind: Kind, called: str, *, noun: str = "", withdrawable: bool = False
) -> RegisterField:
    known = (*called.split("; "), *ALSO_CALLED.get(name, ()))
    return RegisterField(name, kind, known, noun, withdrawable)


FIELDS = (
    _field(
        "reference",
        Kind.LINE,
        "contract reference; reference; ref; reference number; contract ref; contract reference "
        "number; contract number; contract no; contract id; agreement reference; unique reference "
        "number; reference no; ref no; contract reference no; urn",
    ),
    _field(
        "title",
        Kind.LINE,
        "title of agreement; contract title; title; agreement title; contract name; title of "
        "contract; name of contract; contract; agreement; name",
    ),
    _field(
        "department",
        Kind.LINE,
        "department; department responsible; local authority department; local authority department "
        "responsible; responsible department; directorate; service department; council department",
    ),
    _field(
        "description",
        Kind.TEXT,
        "description; description of the goods and or services being provided; description of goods "
        "and or services; contract description; description of goods and services; goods services "
        "description; details; brief description; description of goods services; description of "
        "contract",
    ),
    _field(
        "supplier",
        Kind.LINE,
        "supplier name; supplier; contractor; contractor name; provider; name of supplier; supplier "
        "name and details; vendor; vendor name; suppliers; provider name; contracted supplier",
    ),
    _field(
        "supplier_number",
        Kind.LINE,
        "supplier company number; company number; company registration number; supplier registration "
        "number; registration number; companies house number; charity number; company or charity "
        "number; company reg no; supplier number; company registration no; charity or company number",
    ),
    _field(
        "small_or_medium",
        Kind.YES_OR_NO,
        "sme; supplier type sme; small or medium enterprise; is sme; small medium enterprise; sme "
        "status; sme yes no; sme y n",
        noun="sme",
    ),
    _field(
        "voluntary_or_community",
        Kind.YES_OR_NO,
        "vcse; voluntary or community sector; vcs; is vcse; voluntary community social enterprise; "
        "vcse organisation; voluntary and community sector; vcse status; vcse yes no; vcs "
        "organisation",
        noun="vcse",
    ),
    _field(
        "value_pence",
        Kind.MONEY,
        "total value; contract value; value; sum to be paid; total contract value; value of contract; "
        "contract sum; estimated value; total value of contract; award value; contract value gbp; "
        "value gbp; estimated contract value; lifetime value; contract total value; whole life value; "
        "total estimated value; value of the contract",
    ),
    _field(
        "irrecoverable_vat_pence",
        Kind.MONEY,
        "irrecoverable vat; vat that cannot be recovered; vat not recoverable; irrecoverable vat "
        "amount; non recoverable vat; vat that can t be recovered",
    ),
    _field(
        "start",
        Kind.DAY,
        "start date; contract start date; start; commencement date; from; contract start; date of "
        "commencement; commencement; agreement start date",
        withdrawable=True,
    ),
    _field(
        "initial_end",
        Kind.DAY,
        "end date; contract end date; end; expiry date; expiry; to; contract end; date of expiry; "
        "contract expiry date; current end date; completion date; agreement end date",
        withdrawable=True,
    ),
    _field(
        "review_on",
        Kind.DAY,
        "review date; contract review date; date of review; review; next review date; renewal date; "
        "contract review",
        withdrawable=True,
    ),
    _field(
        "tendered",
        Kind.YES_OR_NO,
        "invitation to tender; tendered; invitation to quote; itt; result of invitation to tender; "
        "result of an invitation to quote or tender; competitively tendered; invitation to quote or "
        "tender; tender process; was tendered; publicised invitation to tender",
    ),
    _field("service_area", Kind.LINE, "service area; service; team; business area; service unit"),
    _field(
        "owner", Kind.PERSON, "owner; contract owner; contract manager; responsible officer; lead officer"
    ),
)
SaveContractMapping = saving(
    "SaveContractMapping", FIELDS, {"Contract no.": "reference", "Contract": "title", "Ends": "initial_end"}
)
_TYPED = {
    name: TypeAdapter(ImportContract.model_fields[name].rebuild_annotation())
    for name in ("supplier", "supplier_number", "department", "description", "service_area")
}


class LinkContractReference(LinkReference):
    """Say that a reference of a source means a contract that is known already: the two are one."""


def doubts(said: Said) -> Mapping[str, str]:
    """Return what of a row can't be taken: an end before the start, and texts that no field holds."""
    found = {name: _why_not(name, said[name]) for name in _TYPED if name in said}
    start, end = said.get("start"), said.get("initial_end")
    if isinstance(start, date) and isinstance(end, date) and end < start:
        found["initial_end"] = "is before the start|the last day"
    return {name: why for name, why in found.items() if why}


def _why_not(name: str, value: object) -> str:
    try:
        _TYPED[name].validate_python(value)
    except ValidationError as error:
        return f"can't be kept so: {error.errors()[0]['msg']}"
    return ""


async def prepared(_store: EventStore, _stamp: Stamp) -> RowRules:
    """Find nothing out: what rows need to know of the scheme stands in their stamp."""
    return RowRules(lambda _: {}, doubts)


def standing(contract: Contract) -> Mapping[str, Any]:
    """Return what holds of a contract, by field."""
    about = contract.about
    supplier = about.supplier
    plain = {field.name: getattr(about, field.name, None) for field in FIELDS}
    return plain | {
        "supplier": supplier.name if supplier else "",
        "supplier_number": supplier.number if supplier else None,
        "small_or_medium": supplier.small_or_medium if supplier else None,
        "voluntary_or_community": supplier.voluntary_or_community if supplier else None,
        "start": contract.terms.start,
        "initial_end": contract.day(LedgerDate.INITIAL_END),
        "unread": about.unread,
    }


CONTRACT_REGISTER_FORM = Register(
    name="contract-register",
    noun="contracts",
    path="/contract-registers",
    mappings="/contract-register-mappings",
    tag="contracts",
    read="read-contracts",
    blank=Contract(),
    fields=FIELDS,
    command=ImportContract,
    save=SaveContractMapping,
    thing_id=contract_id,
    is_new=lambda contract: contract.is_new,
    standing=standing,
    unread=lambda contract: dict(contract.about.unread),
    row=lambda said, _: ImportContract(**said),
    prepare=prepared,
    table=contracts,
    prefix="contract_",
    link=LinkContractReference,
    survey=with_patterns,
)
