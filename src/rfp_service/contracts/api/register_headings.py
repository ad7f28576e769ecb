"""What else the fields of a register are called: in the Transparency Code's own words, and by councils."""

from collections.abc import Mapping

INVITED = "whether or not the contract was the result of an invitation to quote"
LENGTH = "sum to be paid over the length of the contract"

# As words in small letters, without signs.
ALSO_CALLED: Mapping[str, tuple[str, ...]] = {
    "reference": ("agreement ref", "agreement number", "contract register number", "contract register ref"),
    "title": ("title of the agreement", "agreement name", "title of the contract"),
    "department": (
        "directorate department",
        "service directorate",
        "local authority department responsible for the contract",
    ),
    "description": ("description of goods and services being provided",),
    "supplier": (
        "supplier details",
        "name of contractor",
        "awarded supplier",
        "current supplier",
        "company name",
    ),
    "supplier_number": (
        "registration no",
        "registered number",
        "relevant registration number",
        "companies house registration number",
        "supplier company registration number",
        "supplier s company registration number",
        "supplier s registration number",
    ),
    "small_or_medium": (
        "small or medium sized enterprise",
        "small and medium sized enterprise",
        "small medium sized enterprise",
    ),
    "voluntary_or_community": (
        "vcse y n",
        "vcs y n",
        "vcs yes no",
        "voluntary or community sector organisation",
        "voluntary and community sector organisation",
    ),
    "value_pence": (
        LENGTH,
        f"{LENGTH} or the estimated annual spending or budget for the contract",
        "total contract value gbp",
        "total value gbp",
        "total contract sum",
        "value of contract gbp",
        "contract value excluding vat",
        "total value excluding vat",
        "contract value ex vat",
        "total value ex vat",
    ),
    "irrecoverable_vat_pence": ("value added tax that cannot be recovered", "vat irrecoverable"),
    "start": ("contract commencement date", "start of contract", "date of start"),
    "initial_end": (
        "contract finish date",
        "finish date",
        "end of contract",
        "expiration date",
        "contract expiry",
        "current expiry date",
        "expires",
    ),
    "review_on": ("date for review", "next review"),
    "tendered": (
        INVITED,
        f"{INVITED} or a published invitation to tender",
        "published invitation to tender",
        "invitation to quote or published invitation to tender",
        "tendered y n",
        "tendered yes no",
        "competitively tendered y n",
    ),
}
