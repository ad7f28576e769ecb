"""What columns of a register are usually called: by councils, and by the Transparency Code."""

HEADINGS = """
reference: ref; reference number; contract number; contract no; contract id; unique reference number;
    reference no; ref no; urn; agreement number; contract register number; contract register ref
title: title of agreement; title of contract; name of contract; contract; agreement; name;
    title of the agreement; title of the contract
department: department responsible; local authority department; local authority department responsible;
    responsible department; directorate; service department; council department; directorate department;
    service directorate; local authority department responsible for the contract
description: description of the goods and or services being provided; description of goods and or services;
    description of goods and services; goods services description; details; brief description;
    description of goods services; description of contract; description of goods and services being provided
supplier: supplier name; contractor; contractor name; provider; name of supplier; supplier name and details;
    vendor; vendor name; suppliers; provider name; contracted supplier; supplier details; name of contractor;
    awarded supplier; current supplier; company name
supplier_number: supplier company number; company number; company registration number;
    supplier registration number; registration number; companies house number; charity number;
    company or charity number; company reg no; company registration no; charity or company number;
    registration no; registered number; relevant registration number; companies house registration number;
    supplier company registration number; supplier s company registration number;
    supplier s registration number
small_or_medium: sme; supplier type sme; small or medium enterprise; is sme; small medium enterprise;
    sme status; small or medium sized enterprise; small and medium sized enterprise;
    small medium sized enterprise
voluntary_or_community: vcse; voluntary or community sector; vcs; is vcse;
    voluntary community social enterprise; vcse organisation; voluntary and community sector; vcse status;
    vcs organisation; voluntary or community sector organisation; voluntary and community sector organisation
value_pence: total value; value; sum to be paid; total contract value; value of contract; contract sum;
    estimated value; total value of contract; award value; estimated contract value; lifetime value;
    whole life value; total estimated value; value of the contract;
    sum to be paid over the length of the contract;
    total contract sum;
    sum to be paid over the length of the contract or the estimated annual spending or budget for the contract
irrecoverable_vat_pence: irrecoverable vat; vat that cannot be recovered; vat not recoverable;
    irrecoverable vat amount; non recoverable vat; vat that can t be recovered;
    value added tax that cannot be recovered; vat irrecoverable
start: start date; commencement date; from; date of commencement; commencement; start of contract;
    date of start
initial_end: end date; end; expiry date; expiry; to; date of expiry; current end date; completion date;
    finish date; end of contract; expiration date; current expiry date; expires
review_on: review date; date of review; review; next review date; renewal date; date for review; next review
tendered: invitation to tender; invitation to quote; itt; result of invitation to tender;
    result of an invitation to quote or tender; competitively tendered; invitation to quote or tender;
    tender process; was tendered; publicised invitation to tender;
    whether or not the contract was the result of an invitation to quote;
    whether or not the contract was the result of an invitation to quote or a published invitation to tender;
    published invitation to tender; invitation to quote or published invitation to tender
service_area: service; team; business area; service unit
owner: contract manager; responsible officer; lead officer
"""
