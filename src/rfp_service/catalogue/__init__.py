"""The catalogue: what can be had without an RFP, and the looks into it that are kept as evidence."""
