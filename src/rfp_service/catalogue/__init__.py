"""The catalogue: what is available without an RFP, and the searches of it that are kept as evidence."""
