"""Outcomes and their milestones as tables, as of any position."""
