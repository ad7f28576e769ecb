"""The scheme: what the council itself decides and may change, by decisions, effective from a day."""
