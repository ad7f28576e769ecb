"""Notifications: what is told to whom, on which way, with the proof that it was."""
