"""Deadlines: what happens by itself when a time has come, exactly once, even after the service was away."""
