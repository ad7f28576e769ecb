"""Retention: how long each kind of record keeps what is personal, what is due, and its disposal."""
