"""The catalogue: what can be had without an RFP."""
