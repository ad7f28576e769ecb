"""Outcomes of the programme: milestones, measures and the committee's paper."""
