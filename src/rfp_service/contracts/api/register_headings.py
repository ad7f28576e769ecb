"""What columns of a register are usually called: by councils, and by the Transparency Code."""

HEADINGS = """
reference: reference number; contract number; agreement number; contract id; unique reference number; urn;
    contract register number; contract register reference
title: name; contract; agreement
department: directorate; responsible department; local authority department; service department;
    local authority department responsible; council department; directorate department; service directorate
description: details; brief description; description of goods and services;
    description of goods and services being provided
supplier: supplier name; supplier details; supplier name and details; suppliers; contracted supplier;
    awarded supplier; current supplier; contractor; contractor name; provider; provider name; vendor;
    vendor name; company name
supplier_number: company number; supplier company number; company registration number; registration number;
    supplier registration number; supplier company registration number; relevant registration number;
    registered number; companies house number; companies house registration number; charity number;
    company or charity number
small_or_medium: sme; supplier type sme; sme status; small or medium enterprise;
    small or medium sized enterprise
voluntary_or_community: vcse; vcs; vcse status; vcse organisation; vcs organisation;
    voluntary or community sector; voluntary or community sector organisation;
    voluntary community social enterprise
value_pence: value; total value; estimated value; total estimated value; award value; lifetime value;
    whole life value; contract sum; total contract sum; sum to be paid; sum to be paid over the length;
    sum to be paid over the length or the estimated annual spending or budget
irrecoverable_vat_pence: irrecoverable vat; irrecoverable vat amount; vat not recoverable;
    non recoverable vat; vat that cannot be recovered; vat that can't be recovered;
    value added tax that cannot be recovered
start: start date; commencement; commencement date; from
initial_end: end; end date; current end; current end date; expiry; expiry date; current expiry;
    current expiry date; expires;
    expiration date; completion date; finish date; to
review_on: review; review date; next review; next review date; renewal date
tendered: itt; invitation to tender; invitation to quote; invitation to quote or tender; tender process;
    published invitation to tender; publicised invitation to tender; competitively tendered; was tendered;
    invitation to quote or published invitation to tender; result of invitation to tender;
    result of an invitation to quote or tender;
    whether or not the contract was the result of an invitation to quote;
    whether or not the contract was the result of an invitation to quote or a published invitation to tender
service_area: service; team; business area; service unit
owner: contract manager; responsible officer; lead officer
"""
