"""Outcomes, their milestones, promises and papers."""
