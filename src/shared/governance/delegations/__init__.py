"""Delegations: somebody may decide for somebody else."""
