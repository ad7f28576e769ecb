"""Deadlines: what happens by itself when a time has come, exactly once, also after the service was away."""
