"""Figures that one room may show of another: each is asked of the room that knows it."""
