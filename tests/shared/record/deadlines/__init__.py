"""Deadlines: fired exactly once, also after downtime."""
