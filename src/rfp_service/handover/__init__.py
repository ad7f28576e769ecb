"""Leavers: all that somebody had in hand is handed to somebody else, in one decision."""
