"""Contracts and rounds over HTTP."""
